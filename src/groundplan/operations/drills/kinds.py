"""Which drills there are, and where they may be run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from groundplan.errors import InputError, suggestion
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.experiments import ExperimentTemplate
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.values import Ref

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment

T = TypeVar("T")

Kind = Literal["task", "node", "database", "zone", "region"]


@dataclass(frozen=True)
class Drill:
    """What is taken away."""

    kind: Kind
    zone: str = ""
    """Letter of the zone, where one is taken away."""
    service: EcsService | None = None
    """Whose task, where one is stopped."""
    database: DatabaseInstance | None = None
    """Which database, where one fails over."""
    template: ExperimentTemplate | None = None
    """The experiment of AWS FIS, where one does it."""

    @property
    def name(self) -> str:
        """As people write it: ``zone-a``."""
        return f"zone-{self.zone}" if self.kind == "zone" else self.kind


def require_allowed(loaded: LoadedEnvironment) -> None:
    """Raises InputError where the environment is not marked for drills, with the place to mark it."""
    if loaded.blueprint.drills == "allowed":
        return
    written = loaded.origins.get("drills")
    place = loaded.position("drills") if written else None
    where = f"{place} says drills: forbidden" if place else "nothing in its blueprint allows them"
    at = "there" if place else f"in {loaded.source_file}, under environments.{loaded.name}"
    raise InputError(
        f"drills take something away from {loaded.name} on purpose, and {where}. "
        f"Write drills: allowed {at}, and deploy, where that is meant"
    )


def choose(architecture: Architecture, name: str, of: str | None = None) -> Drill:
    """The drill of that name: ``task``, ``node``, ``database``, ``region``, or ``zone-a``.

    ``of``: which service or database, where there are several. Raises InputError where there is no such drill, or
    nothing in the environment that it could take away.
    """
    zones = sorted(template.name[-1] for template in architecture.of(ExperimentTemplate) if _is_zone(template))
    letter = name.removeprefix("zone-") if name.startswith("zone-") else ""
    if letter:
        return _zone(architecture, letter, zones)
    if name == "task":
        return Drill("task", service=_service(architecture, of))
    if name == "database":
        return Drill("database", database=_database(architecture, of))
    if name == "node":
        return _node(architecture)
    if name == "region":
        if architecture.standby is None:
            raise InputError(f"{architecture.stage} has no standby that could take over from its region")
        return Drill("region")
    known = [kind for kind in get_args(Kind) if kind != "zone"] + [f"zone-{zone}" for zone in zones or ["a"]]
    raise InputError(f'there is no drill "{name}"{suggestion(name, known)}; there are {", ".join(known)}')


def _is_zone(template: ExperimentTemplate) -> bool:
    return template.name.startswith("zone_")


def _zone(architecture: Architecture, letter: str, zones: list[str]) -> Drill:
    if letter in zones:
        return Drill("zone", zone=letter, template=architecture[Ref(ExperimentTemplate, f"zone_{letter}")])
    if zones:
        raise InputError(f"{architecture.stage} has no zone {letter}; it has {', '.join(zones)}")
    raise InputError(
        f"{architecture.stage} has no experiment that takes a zone away: that needs two zones, and an alarm that stops "
        "it when users notice (a public service, and alarms:)"
    )


def _service(architecture: Architecture, of: str | None) -> EcsService:
    found = [item for item in architecture.of(EcsService) if item.address not in architecture.in_standby]
    if not found and architecture.workloads:
        raise InputError(
            f"{architecture.stage} runs pods: delete one with kubectl delete pod, and Kubernetes starts another; "
            "`groundplan drill node` takes a node away and measures"
        )
    return _one(architecture, found, {item.name.replace("_", "-"): item for item in found}, of, "service")


def _database(architecture: Architecture, of: str | None) -> DatabaseInstance:
    found = [
        item
        for item in architecture.of(DatabaseInstance)
        if item.address not in architecture.in_standby and item.source is None
    ]
    return _one(architecture, found, {item.name.replace("_", "-"): item for item in found}, of, "database")


def _one(architecture: Architecture, found: list[T], named: dict[str, T], of: str | None, what: str) -> T:
    if not found:
        raise InputError(f"{architecture.stage} has no {what}")
    if of is None and len(found) == 1:
        return found[0]
    if of is None:
        raise InputError(f"{architecture.stage} has several: add --of with one of {', '.join(named)}")
    if of not in named:
        raise InputError(f'{architecture.stage} has no {what} "{of}"{suggestion(of, list(named))}')
    return named[of]


def _node(architecture: Architecture) -> Drill:
    template = next((item for item in architecture.of(ExperimentTemplate) if item.name == "node"), None)
    if template is not None:
        return Drill("node", template=template)
    if any(architecture.of(AutoScalingGroup)) or any(architecture.of(NodeGroup)):
        raise InputError(
            f"{architecture.stage} has no experiment that takes a node away: that needs an alarm that stops it when "
            "users notice (a public service, and alarms:)"
        )
    raise InputError(f"{architecture.stage} has no nodes: its tasks run on Fargate. `groundplan drill task` stops one")
