"""COST_OPTIMIZATION.md: what it costs, what keeps that low already, and what would make it lower."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from groundplan.cost import by_concern
from groundplan.documents.naming import CONCERNS
from groundplan.documents.templating import money

if TYPE_CHECKING:
    from groundplan.documents.facts import Facts
    from groundplan.documents.templating import Row
    from groundplan.savings import Saving

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
"""Days in the date of a price, which may also say in words how certain it is."""
LARGEST = 12
"""Lines of the bill that are shown."""


def chapter(facts: Facts) -> Mapping[str, object]:
    """What the template says of one environment."""
    estimate, found = facts.estimate, facts.savings
    lines = sorted(estimate.lines, key=lambda line: (-line.monthly, line.resource, line.sku))
    dates = sorted({day for line in estimate.lines for day in _DAY.findall(line.source_date)})
    best = found.combination
    return {
        "name": facts.name,
        "region": estimate.region,
        "monthly": estimate.monthly,
        "fixed": estimate.fixed,
        "usage": estimate.usage,
        "range": estimate.range,
        "forecast": estimate.forecast,
        "standby": estimate.standby,
        "off_hours": estimate.off_hours,
        "budget": estimate.budget,
        "margin": estimate.margin,
        "above_budget": [(line.resource, line.sku, money(line.monthly)) for line in estimate.above_budget],
        "dates": dates,
        "concerns": [
            (CONCERNS[concern], money(usd), f"{usd / estimate.monthly:.1%}")
            for concern, usd in sorted(by_concern(facts.architecture, estimate).items(), key=lambda item: -item[1])
        ],
        "lines": [(line.resource, line.formula, money(line.monthly)) for line in lines[:LARGEST]],
        "more": len(lines) - LARGEST,
        "measures": list(measures(facts)),
        "savings": [_saving(item) for item in found.savings],
        "best": best,
        "steps": [
            (step.change.title, money(step.monthly), ", ".join(f"`{text}`" for text in step.change.written))
            for step in best.steps
        ],
        "share": f"{best.share:.1%}",
        "refused": len(found.refused),
        "terms": [
            (term.resource, term.what, term.years, money(term.monthly), term.formula, term.source_date)
            for term in found.terms
        ],
        "without_term": [(item.resource, item.why) for item in found.without_term],
        "unpriced": [(item.resource, item.why) for item in estimate.unpriced],
        "without_price": estimate.without_price,
    }


def measures(facts: Facts) -> Iterator[Row]:
    """What the blueprint does already, and where it says so."""
    blueprint = facts.blueprint
    for name, service in blueprint.services.items():
        if service.scaling:
            said = f"{service.tasks.min} to {service.tasks.max} tasks, as many as are needed"
            yield f"`services.{name}.scaling`", said
        if service.architecture == "arm64":
            yield f"`services.{name}.architecture`", "runs on Graviton (arm64)"
    nodes = blueprint.kubernetes.nodes if blueprint.platform == "eks" else {}
    for name, group in nodes.items():
        if group.spot:
            yield f"`kubernetes.nodes.{name}.spot`", f"Spot instances, {group.min} to {group.max}"
    for name, capacity in blueprint.capacity.items():
        if capacity.spot:
            yield f"`capacity.{name}.spot`", f"Spot instances, {capacity.min} to {capacity.max}"
    if blueprint.off_hours:
        hours = blueprint.off_hours
        yield (
            "`off_hours`",
            f"stops at {hours.stop}, starts at {hours.start} ({hours.timezone}; {', '.join(hours.days)})",
        )
    for name, database in blueprint.databases.items():
        if database.storage.max:
            said = f"begins with {database.storage.size} and grows by itself up to {database.storage.max}"
            yield f"`databases.{name}.storage`", said
    for name, bucket in blueprint.buckets.items():
        if bucket.lifecycle:
            rules = ", ".join(bucket.lifecycle)
            yield f"`buckets.{name}.lifecycle`", f"older objects go to cheaper classes or expire: {rules}"
    for name, service in blueprint.services.items():
        if service.image.keep:
            yield f"`services.{name}.image.keep`", f"the repository keeps {service.image.keep} images"
    gateways = [name for name in blueprint.network.endpoints if name in {"s3", "dynamodb"}]
    if gateways and not facts.loaded.is_shared:
        yield "`network.endpoints`", f"{', '.join(gateways)} without NAT gateway, through an endpoint that is free"
    if blueprint.network.nat == "single" and not facts.loaded.is_shared:
        yield "`network.nat`", "one NAT gateway for all zones"
    if blueprint.objectives.budget and blueprint.alarms:
        who = blueprint.alarms.email or "who hears alarms"
        yield "`objectives.budget`", f"AWS Budgets tells {who} before {blueprint.objectives.budget} are spent"
    if blueprint.account and blueprint.account.anomalies:
        yield "`account.anomalies`", f"AWS Cost Anomaly Detection tells of {blueprint.account.anomalies} and more"


def _saving(saving: Saving) -> Row:
    price = [f"{item.severity} {item.rule} {item.resource}" for item in saving.findings]
    price += [f"objective {name}" for name in saving.objectives]
    price += [saving.change.note] if saving.change.note else []
    return (
        saving.change.title,
        money(saving.monthly),
        "; ".join(price) or "nothing",
        ", ".join(f"`{text}`" for text in saving.change.written),
    )
