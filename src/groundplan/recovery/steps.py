"""A step of a recovery, how long it takes, and where that is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from groundplan.blueprint.objectives import MeasuredTime, Objectives
from groundplan.blueprint.reliability import Reliability
from groundplan.catalog import recovery as catalog
from groundplan.units import Duration

By = Literal[
    "Route 53", "CloudWatch", "EventBridge", "Systems Manager", "the services", "a person", "the load balancer", "ECS",
    "Kubernetes", "Auto Scaling", "RDS", "ElastiCache", "S3", "AWS Backup", "KMS",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seconds:
    """A time at the least, as expected and at the most."""

    low: int
    expected: int
    high: int

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def at_least(self, other: Seconds) -> Seconds:
        """The longer of both, in each case."""
        return Seconds(max(self.low, other.low), max(self.expected, other.expected), max(self.high, other.high))

    def at_most(self, other: Seconds) -> Seconds:
        """The shorter of both, in each case."""
        return Seconds(min(self.low, other.low), min(self.expected, other.expected), min(self.high, other.high))

    def times(self, low: int, expected: int, high: int) -> Seconds:
        """So many times as long."""
        return Seconds(self.low * low, self.expected * expected, self.high * high)


NOTHING = Seconds(0, 0, 0)
MEASURED = frozenset(get_args(MeasuredTime))
"""Keys of times that a drill can measure."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. It begins when all that it comes ``after`` have ended."""

    name: str
    what: str
    by: By
    seconds: Seconds | None
    """None: a person does it, and nobody knows how long that takes."""
    after: tuple[str, ...] = ()
    waited_for: bool = True
    """Whether users wait for it."""
    sources: tuple[str, ...] = ()
    """Page and date of each figure, and what was assumed."""
    remedy: str = ""
    """What in the blueprint would spare it or make it shorter; empty: nothing that is known."""
    keys: tuple[str, ...] = ()
    """The times of the catalog that it rests on."""
    missing: str = ""
    """What the blueprint would have to say before anybody knows how long it takes; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the blueprint says of its people, and what it has measured: both go before what the catalog assumes."""

    response: Duration | None = None
    """How long people take until they act, at the most."""
    discovery: Duration | None = None
    """How long wrong data goes unnoticed, at the most."""
    measured: Mapping[str, Duration] = field(default_factory=dict)
    """Times by their key in the catalog."""
    tasks_needed: Mapping[str, int] = field(default_factory=dict)
    """How many tasks of a service carry the load, by its name."""

    @classmethod
    def by(cls, objectives: Objectives, reliability: Reliability | None = None) -> Given:
        """What a blueprint says."""
        needed = reliability.tasks_needed if reliability else {}
        measured: dict[str, Duration] = {str(key): time for key, time in objectives.measured.items()}
        return cls(objectives.response_time, objectives.discovery_time, measured, needed)

    @property
    def acting(self) -> Seconds | None:
        """Until a person acts; None where the blueprint does not say."""
        return Seconds(0, self.response.seconds, self.response.seconds) if self.response else None

    def time(self, key: str) -> Seconds:
        """How long something of the catalog takes."""
        own = self.measured.get(key)
        if own is not None:
            return Seconds(own.seconds, own.seconds, own.seconds)
        known = catalog.time(key)
        return Seconds(known.low, known.expected, known.high)

    def sources(self, *keys: str) -> tuple[str, ...]:
        """Where these times are from."""
        return tuple(self._source(key) for key in keys)

    def _source(self, key: str) -> str:
        if key in self.measured:
            return f"objectives.measured.{key}: {self.measured[key]}, measured"
        known = catalog.time(key)
        said = f"{known.source.page} ({known.source.date})"
        return f"{said}; assumed: {known.assumed}" if known.assumed else said

    def assumed(self, *keys: str) -> tuple[str, ...]:
        """What was assumed for these times, each as a sentence."""
        found = [catalog.time(key) for key in keys if key not in self.measured]
        return tuple(
            f"{known.title}: {known.assumed}" + (f" (objectives.measured.{known.key})" if known.key in MEASURED else "")
            for known in found
            if known.assumed
        )

    def step(
        self, name: str, what: str, by: By, key: str, *, after: tuple[str, ...] = (), waited_for: bool = True,
        remedy: str = "",
    ) -> Step:  # fmt: skip
        """A step that takes a time of the catalog."""
        return Step(name, what, by, self.time(key), after, waited_for, self.sources(key), remedy, (key,))

    def person(
        self, name: str, what: str, *, after: tuple[str, ...] = (), waited_for: bool = True, remedy: str = ""
    ) -> Step:
        """A step that begins when a person acts."""
        said = (f"objectives.response_time: {self.response}",) if self.response else ()
        missing = "" if self.response else "objectives.response_time, how long people take until they act, like 15m"
        return Step(name, what, "a person", self.acting, after, waited_for, said, remedy, missing=missing)


NOTHING_GIVEN = Given()
