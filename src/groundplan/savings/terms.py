"""Savings Plans and reserved terms: what committing for years would save on what runs all the time.

Only terms of the price book are quoted, of the very region and size. Sources: https://aws.amazon.com/savingsplans/,
https://aws.amazon.com/ec2/pricing/reserved-instances/, https://aws.amazon.com/rds/reserved-instances/,
https://aws.amazon.com/elasticache/reserved-cache-nodes/
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from groundplan.catalog import prices, reservations
from groundplan.catalog.prices import Confidence
from groundplan.catalog.reservations import YEARS
from groundplan.cost import Line, Unpriced
from groundplan.redesign import State
from groundplan.resources import Architecture, Resource
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsService
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.scaling import ScalableTarget
from groundplan.savings.result import Term

HOURS = Decimal(730)


def terms(state: State) -> tuple[tuple[Term, ...], tuple[Unpriced, ...]]:
    """What each term of the price book saves on an environment, and what has none."""
    found: list[Term] = []
    missing: dict[Unpriced, None] = {}
    for line in state.estimate.lines:
        names = tuple(_names(line.sku))
        resource = state.architecture.at(line.resource)
        if not names or resource is None:
            continue
        region = resource.region or state.architecture.region
        if _is_discounted(line, region):
            continue
        if state.architecture.off_hours and resource.ref in state.architecture.off_hours.running:
            missing[Unpriced(line.resource, "off-hours stop it, and a term is paid for every hour")] = None
            continue
        share = _steady(line, state.architecture, resource)
        quoted = [term for years in YEARS if (term := _term(line, names, region, years, share))] if share else []
        found += quoted
        if not share:
            missing[Unpriced(line.resource, "none of it has to run all the time")] = None
        elif not quoted:
            missing[Unpriced(line.resource, _unknown(line.sku, names, region))] = None
    return tuple(sorted(found, key=lambda term: (term.years, -term.monthly, term.resource, term.what))), tuple(missing)


def _names(sku: str) -> Iterator[str]:
    """What the price book calls the terms for a sku, the closest first."""
    yield from reservations.names(sku)
    match sku.split("."):
        case ["fargate", "arm", "vcpu_hour" | "gb_hour"]:
            yield "compute_sp.fargate_arm"
        case ["fargate", *_, "vcpu_hour" | "gb_hour"]:
            yield "compute_sp.fargate"
        case ["ec2", instance_type, "hour"]:
            yield f"compute_sp.ec2_{instance_type.partition('_')[0]}"


def _unknown(sku: str, names: tuple[str, ...], region: str) -> str:
    """That no term is known, and what would change that. Nothing reads the files of Savings Plans."""
    reserved = reservations.names(sku)
    name = (reserved or names)[-1].partition(".")[2]
    said = f"no term of {name} is in the price book of {region}"
    service = sku.partition(".")[0]
    return f"{said}: groundplan prices refresh --service {service} --region {region} asks AWS" if reserved else said


def _is_discounted(line: Line, region: str) -> bool:
    """Whether it is Spot: no term holds for that."""
    price = prices.price(line.sku, region)
    return price is not None and line.unit_price < price.usd


def _steady(line: Line, architecture: Architecture, resource: Resource) -> Decimal:
    """The share that runs even when scaling has stopped all that it may."""
    least, running = Decimal(1), Decimal(1)
    if isinstance(resource, EcsService):
        running = Decimal(resource.desired_count)
        least = running
        for target in architecture.of(ScalableTarget):
            if target.service == resource.ref:
                least = Decimal(target.min_capacity)
    elif isinstance(resource, NodeGroup):
        least, running = Decimal(resource.min_size), Decimal(resource.desired_size)
    elif isinstance(resource, AutoScalingGroup):
        least, running = Decimal(resource.min_size), line.quantity / HOURS
    return min(Decimal(1), least / running) if running else Decimal(0)


def _term(line: Line, names: tuple[str, ...], region: str, years: int, share: Decimal) -> Term | None:
    for name in names:
        price = prices.price(f"savings.{name}.{years}y_no_upfront_pct", region)
        if price is None or price.confidence is Confidence.LOW:
            continue
        part = f" × {(share * 100).normalize():f} % that always run" if share < 1 else ""
        return Term(
            resource=line.resource,
            what=_plan(name, line.sku),
            years=years,
            monthly=line.monthly * share * price.usd / 100,
            formula=f"{line.formula}{part} × {_shown(price.usd)} %",
            source=price.source,
            source_date=price.source_date,
        )
    return None


_PLANS = {
    "compute_sp": "Compute Savings Plan",
    "ec2_ri_std": "EC2 Reserved Instance, standard",
    "rds_ri": "RDS Reserved Instance",
    "elasticache_rn": "ElastiCache reserved node",
}


def _plan(name: str, sku: str) -> str:
    plan = f"{_PLANS[name.partition('.')[0]]}, nothing upfront"
    closest = reservations.names(sku)[:1]
    # The two are not quite equal: of db.t4g.medium in us-east-1 28.5 % for a year, and 27.9 % of Multi-AZ.
    if closest and closest[0] == name + reservations.MULTI_AZ:
        return f"{plan}; in percent that of Single-AZ"
    return plan


def _shown(percent: Decimal) -> str:
    """Fine enough that the formula gives the amount to the cent."""
    return f"{percent.quantize(Decimal('0.0001')).normalize():f}"
