"""How long AWS takes to make a resource."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Literal

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class CreationTime(Record):
    """Seconds at the least, as expected and at the most."""

    key: str
    title: str
    type: str
    """CloudFormation's; empty where it is no resource by itself, or the second shape of one."""
    low: int
    expected: int
    high: int
    assumed: str
    """What the numbers rest on."""
    source: Source
    cloudformation_waits: bool = False
    """Whether it is CloudFormation that waits: for Terraform it is one call."""


@cache
def all_creation_times() -> MappingProxyType[str, CreationTime]:
    """Every time by its key: a kind of resource, ``stack``, or ``anything`` and, with Terraform, ``call`` for
    what has no row of its own."""
    return MappingProxyType(
        {
            key: CreationTime(
                key=key,
                title=table["title"],
                type=table["type"],
                low=table["low"],
                expected=table["expected"],
                high=table["high"],
                assumed=table["assumed"],
                source=_data.source_of(table),
                cloudformation_waits=table.get("cloudformation_waits", False),
            )
            for key, table in _data.toml("creation_times")["times"].items()
        }
    )


def creation_time(key: str, engine: Literal["cloudformation", "terraform"] = "cloudformation") -> CreationTime:
    """The time of a kind like ``nat_gateway``, or that of anything."""
    times = all_creation_times()
    found = times.get(key)
    if engine == "terraform" and (found is None or found.cloudformation_waits):
        return times["call"]
    return found or times["anything"]


@cache
def usual_seconds(type: str) -> int | None:
    """How long a resource of a CloudFormation type usually takes; None: it is made at once, or nothing is known."""
    return next((time.expected for time in all_creation_times().values() if time.type == type), None)
