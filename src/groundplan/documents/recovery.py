"""DISASTER_RECOVERY.md: what may happen, what then has to be done, how long it takes and what is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from groundplan.documents.naming import called, code
from groundplan.objectives.report import verdict
from groundplan.recovery import return_steps
from groundplan.recovery.wording import span, written
from groundplan.resources.governance import BackupPlan, BackupVault

if TYPE_CHECKING:
    from groundplan.documents.facts import Facts
    from groundplan.documents.templating import Row
    from groundplan.objectives import Answer
    from groundplan.objectives.recovery import Judged
    from groundplan.recovery import Point, Recovery, Seconds, Step

AFTER_RUNBOOK = frozenset({"corruption", "table", "key", "region"})
"""Disruptions after which there is something to restore."""


def chapter(facts: Facts) -> Mapping[str, object]:
    """What the template says of one environment."""
    blueprint = facts.blueprint
    people = blueprint.objectives.response_time
    return {
        "name": facts.name,
        "region": facts.architecture.region,
        "standby": facts.architecture.standby.region if facts.architecture.standby else None,
        "response_time": people,
        "summary": [_summary(item) for item in facts.recoveries],
        "recoveries": [_recovery(item) for item in facts.recoveries],
        "kept": [
            *((f"database {name}", f"any second of the last {item.backups}" if item.backups.seconds else "nothing")
              for name, item in blueprint.databases.items()),
            *((f"cache {name}", f"daily snapshots of {item.snapshots}" if item.snapshots.seconds else "nothing")
              for name, item in blueprint.caches.items()),
            *((f"bucket {name}", "every version" if item.versioning else "no versions")
              for name, item in blueprint.buckets.items()),
        ],
        "plans": _plans(facts),
        "databases": list(blueprint.databases),
        "buckets": list(blueprint.buckets),
        "runbooks": [name for item in facts.recoveries if (name := item.recovery.disruption) in AFTER_RUNBOOK],
        "way_back": return_steps(facts.architecture),
        "drills": blueprint.drills == "allowed",
        "drill_names": _drills(facts),
    }  # fmt: skip


def _summary(item: Judged) -> Row:
    recovery = item.recovery
    return (
        f"{recovery.title}{f' ({recovery.where})' if recovery.where else ''}",
        _required(item.time),
        time_of(recovery),
        _verdict(item.time),
        _required(item.point),
        loss_of(recovery),
        _verdict(item.point),
    )


def time_of(recovery: Recovery) -> str:
    """How long users wait, in words."""
    if recovery.never:
        return "never as it was"
    return (
        span(recovery.total)
        if recovery.total
        else f"at least {written(recovery.times.least)}, and as long as people take"
    )


def loss_of(recovery: Recovery) -> str:
    """How much is lost of what counts, in words."""
    fate, lost = recovery.lost
    return {"all": "everything", "unknown": "not known"}.get(fate) or ("nothing" if not lost.high else span(lost))


def _required(answer: Answer | None) -> str:
    return answer.required.text if answer else "none stated"


def _verdict(answer: Answer | None) -> str:
    return verdict(answer) if answer else ""


def _recovery(item: Judged) -> Mapping[str, object]:
    recovery = item.recovery
    return {
        "disruption": recovery.disruption,
        "title": recovery.title[0].upper() + recovery.title[1:],
        "where": recovery.where,
        "time": time_of(recovery),
        "whole": span(recovery.whole) if recovery.whole else None,
        "steps": [
            _step(number, step, recovery.times.ends[step.name]) for number, step in enumerate(recovery.steps, start=1)
        ],
        "points": [_point(point) for point in recovery.points],
        "never": recovery.never,
        "assumptions": recovery.assumptions,
        "quicker": recovery.remedies_of_time,
        "less": recovery.remedies_of_point,
    }


def _step(number: int, step: Step, ends: Seconds | None) -> Row:
    takes = span(step.seconds) if step.seconds else "as long as people take"
    return number, step.name, step.by, step.what, takes, span(ends) if ends else "", "yes" if step.waited_for else "no"


def _point(point: Point) -> Row:
    lost = {"all": "everything", "unknown": "not known"}.get(point.fate) or (
        "nothing" if not point.lost.high else span(point.lost)
    )
    return point.store, f"{lost}{'' if point.counts else ' (does not count)'}", point.how


def _plans(facts: Facts) -> list[Row]:
    architecture = facts.architecture
    return [
        (code(called(plan)), rule.schedule_expression, f"{rule.delete_after_days} days",
         ", ".join(architecture[copy.vault].region or architecture.region for copy in rule.copies) or "nowhere",
         "yes" if _locked(architecture[rule.vault]) else "no")
        for plan in architecture.of(BackupPlan)
        for rule in plan.rules
    ]  # fmt: skip


def _locked(vault: BackupVault) -> bool:
    return vault.min_retention_days is not None


def _drills(facts: Facts) -> list[str]:
    """What ``groundplan drill`` can take away here. kubectl takes pods away, and Fargate has no nodes."""
    blueprint = facts.blueprint
    found = {item.recovery.disruption for item in facts.recoveries}
    names: list[str] = []
    if "task" in found and blueprint.platform == "ecs":
        names.append("task")
    if "node" in found and (blueprint.platform == "eks" or blueprint.capacity):
        names.append("node")
    if "database" in found and blueprint.databases:
        names.append("database")
    if "zone" in found and len(blueprint.network.zones) > 1:
        names.append(f"zone-{blueprint.network.zones[0]}")
    return [*names, "region"] if facts.architecture.standby else names
