"""What a deployment would change, in one shape for every engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from groundplan.operations.change_sets import Action

if TYPE_CHECKING:
    from groundplan.operations.stacks import DeployedStack

EVERYTHING = "everything in it"
NOTHING = "nothing: it is empty"
STAYS = "nothing: it stays in the account, and is no longer managed"
LAST_SNAPSHOT = "what is not in the last snapshot, which AWS takes first"


@dataclass(frozen=True)
class Change:
    """What happens to one resource."""

    action: Action
    resource: str
    """Address in the architecture, or the logical id where the architecture no longer has it."""
    type: str
    stack: str
    why: str
    holds_data: bool = False
    """Whether it holds data, which goes with it."""
    loses: str = EVERYTHING
    """What is lost where it holds data and is replaced or deleted."""
    unprotects: tuple[str, ...] = ()
    """What protects it now and will not afterwards, like ``deletion protection``."""
    monthly: Decimal | None = None
    """What the change adds to the monthly cost in USD; None: not known."""

    @property
    def endangers(self) -> bool:
        """Whether what holds data is replaced or deleted, or may be."""
        return self.holds_data and self.action in ("may replace", "replace", "delete")

    @property
    def loses_data(self) -> bool:
        """Whether data is lost with the change, or out of reach for what works with it."""
        return self.endangers and self.loses not in (NOTHING, STAYS)


@dataclass(frozen=True)
class Found:
    """What the checks found in what is deployed."""

    keys: frozenset[str] | None
    """``RULE RESOURCE`` of each finding; None: not known."""
    unknown: str = ""
    """Why not."""


@dataclass(frozen=True)
class Plan:
    """Everything that a deployment would change."""

    target: str
    changes: tuple[Change, ...]
    monthly_change: Decimal | None
    """What the changes add to the monthly cost in USD; None where the cost of what is deployed is not known."""
    notes: tuple[str, ...] = ()
    """What has to wait, or stays although the blueprint no longer asks for it."""
    offline: bool = False
    """Whether nobody was asked what exists: everything counts as new."""
    found_before: Found = field(default=Found(None, "nobody has looked"), repr=False)
    """What the checks found in what is deployed."""
    deployed: Mapping[str, DeployedStack] = field(default_factory=dict, repr=False)
    """The stacks that the plan was made against, by name."""

    @property
    def cost_change(self) -> str:
        """The sentence that says what the changes add to the monthly cost."""
        if self.monthly_change is None:
            return "Monthly cost: by how much it changes is not known; what is deployed does not say what it costs"
        return f"Monthly cost: {self.monthly_change:+.2f} USD, without what `groundplan cost` lists as not in its sum"

    @property
    def apart(self) -> tuple[Change, ...]:
        """Changes that replace or delete what holds data, or may do so."""
        return tuple(item for item in self.changes if item.endangers)

    @property
    def dangerous(self) -> tuple[Change, ...]:
        """Those of them that lose data."""
        return tuple(item for item in self.apart if item.loses_data)

    @property
    def unprotecting(self) -> tuple[Change, ...]:
        """Changes that take protection off."""
        return tuple(item for item in self.changes if item.unprotects)


def with_costs(
    changes: Iterable[Change], now: Mapping[str, Decimal], before: Mapping[str, Decimal] | None, *, fresh: bool = False
) -> list[Change]:
    """The same changes, each with what it adds to the monthly cost.

    ``now`` and ``before``: address to USD a month, of the blueprint and of what is deployed. ``before`` is None where
    that is not known; ``fresh``: nothing is deployed, everything counts as new. What an address stands for costs once,
    at its first change.
    """
    told, found = set[str](), list[Change]()
    for item in changes:
        added: Decimal | None = Decimal(0)
        if item.resource not in told:
            new = now.get(item.resource, Decimal(0)) if item.action != "delete" else Decimal(0)
            old = Decimal(0) if item.action == "create" or fresh else _of(before, item.resource)
            added = None if old is None else new - old
        told.add(item.resource)
        found.append(replace(item, monthly=added))
    return found


def _of(costs: Mapping[str, Decimal] | None, address: str) -> Decimal | None:
    return None if costs is None else costs.get(address, Decimal(0))
