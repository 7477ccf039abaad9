"""Making what somebody changed by hand what the blueprint says.

Which key that is nobody has written down for every property: keys whose value is the deployed one are tried out, and
one counts only if the environment, designed anew with it, has exactly what is there now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass

from pydantic import BaseModel

from groundplan.blueprint.loading import LoadedEnvironment, Source
from groundplan.blueprint.tree import Steps, format_path
from groundplan.design import design
from groundplan.errors import GroundplanError
from groundplan.operations.drift import Drift
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.units import DataSize, Duration, Percentage

MOST_TRIALS = 12
"""Keys that are tried out for one property."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """A change of the blueprint that makes a drifted property what is deployed."""

    drift: Drift
    path: Steps
    before: str
    """What the blueprint says, or its default."""
    after: str
    also: tuple[str, ...] = ()
    """Addresses of other resources that the same key changes."""

    @property
    def setting(self) -> str:
        """``queues.mail.visibility=5s``"""
        return f"{format_path(self.path)}={self.after}"


@dataclass(frozen=True, slots=True)
class NotAdopted:
    """A drift that no key of the blueprint can express."""

    drift: Drift
    why: str


def adopt(
    source: Source,
    loaded: LoadedEnvironment,
    architecture: Architecture,
    drifts: Sequence[Drift],
    settings: Sequence[str] = (),
) -> tuple[Adoption | NotAdopted, ...]:
    """For each drift the change of the blueprint, or why there is none. Nothing is written.

    ``settings``: ``KEY=VALUE`` texts that ``loaded`` was read with.
    """
    search = _Search(source, loaded, architecture, tuple(settings))
    return tuple(search.of(drift) for drift in drifts)


@dataclass(frozen=True)
class _Search:
    source: Source
    loaded: LoadedEnvironment
    architecture: Architecture
    settings: tuple[str, ...]

    def of(self, drift: Drift) -> Adoption | NotAdopted:
        if drift.status == "deleted":
            return NotAdopted(drift, "it is gone: take it out of the blueprint, or bring it back with --restore")
        resource = next((item for item in self.architecture if item.address == drift.resource), None)
        if resource is None:
            return NotAdopted(drift, "the blueprint does not have it")
        field = _field_of(resource, drift)
        if field is None:
            return NotAdopted(drift, f"no key of the blueprint stands for {drift.property}")
        found: list[Adoption] = []
        for path, value, text in list(self._candidates(resource, drift))[:MOST_TRIALS]:
            also = self._tried(drift, field, path, text)
            if also == ():
                return Adoption(drift, path, str(value), text)
            if also:
                found.append(Adoption(drift, path, str(value), text, also))
        if found:
            return min(found, key=lambda item: len(item.also))
        return NotAdopted(
            drift, f"no key of the blueprint makes {drift.property} {drift.actual}: it is made from others"
        )

    def _candidates(self, resource: Resource, drift: Drift) -> Iterator[tuple[Steps, object, str]]:
        """Keys whose value is what was deployed, with what to write there; those that name the resource first."""
        found = [
            (path, value, text)
            for path, value in _leaves(self.loaded.blueprint, ())
            for text in _texts(value, drift.expected, drift.actual)
        ]
        words = resource.name.split("_")

        def rank(item: tuple[Steps, object, str]) -> tuple[int, int]:
            steps = "_".join(str(step).replace("-", "_") for step in item[0])
            named = resource.name in steps or any(word in steps.split("_") for word in words)
            alike = sum(word in _plain_name(drift.property) for word in steps.split("_") if len(word) > 2)
            return (not named, -alike)

        return iter(sorted(found, key=rank))

    def _tried(self, drift: Drift, field: str, path: Steps, text: str) -> tuple[str, ...] | None:
        """What else changes with this key. None: it does not do it."""
        try:
            setting = f"{format_path(path)}={text}"
            made = design(self.source.with_settings([*self.settings, setting]).environment(self.loaded.name))
        except GroundplanError:
            return None
        resources = {item.address: item for item in made}
        there = resources.get(drift.resource)
        if there is None or not _same(getattr(there, field), drift.actual):
            return None
        before = {item.address: item for item in self.architecture}
        return tuple(
            address
            for address in sorted(before.keys() | resources.keys())
            if address != drift.resource and _comparable(before.get(address)) != _comparable(resources.get(address))
        )


def _plain_name(written: str) -> str:
    """``VisibilityTimeout`` and ``visibility_timeout`` are the same."""
    return re.sub(r"[^a-z0-9]", "", written.lower())


def _field_of(resource: Resource, drift: Drift) -> str | None:
    """The field that stands for the property: it is called alike, and has the deployed value."""
    steps = [step for step in re.split(r"[/.]", drift.property) if step and not step.isdigit()]
    names = [_plain_name(step) for step in steps]
    alike = []
    for field in fields(resource):
        own = _plain_name(field.name)
        for name in names:
            if own == name or name.startswith(own) or name.endswith(own) or own.startswith(name) or own.endswith(name):
                alike.append((abs(len(own) - len(name)), field.name))
    chosen = [name for _, name in sorted(alike) if _same(getattr(resource, name), drift.expected)]
    return chosen[0] if chosen else None


def _same(value: object, written: str) -> bool:
    """Whether a field has the value that an engine writes as text."""
    if isinstance(value, bool):
        return written.lower() == str(value).lower()
    if isinstance(value, int | float | str):
        return written.strip('"') == str(value)
    return False


def _leaves(value: object, path: Steps) -> Iterator[tuple[Steps, object]]:
    """Every single value of a blueprint with its path, defaults included."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _leaves(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)))
    elif value is not None and not isinstance(value, list | tuple):
        yield path, value


_Unit = tuple[Callable[[int], str], int]


def _texts(value: object, expected: str, actual: str) -> Iterator[str]:
    """What to write instead of a value so that ``expected`` becomes ``actual``; nothing where it is another."""
    expected, actual = expected.strip('"'), actual.strip('"')
    if isinstance(value, bool):
        if _same(value, expected) and actual.lower() in ("true", "false"):
            yield actual.lower()
    elif isinstance(value, Duration | DataSize | Percentage | int):
        if expected.isdigit() and actual.isdigit():
            for own, write in _numbers(value):
                if own == int(expected):
                    yield write(int(actual))
    elif isinstance(value, str) and (
        # A blueprint may say 16 where the catalog has made 16.4 of it.
        value == expected or (expected.startswith(f"{value}.") and actual[:1].isdigit())
    ):
        yield actual


def _numbers(value: Duration | DataSize | Percentage | int) -> Iterator[tuple[int, Callable[[int], str]]]:
    """The numbers that AWS may know a value by, each with how another one is written."""
    match value:
        case Duration():
            for unit in (1, 60, 3600, 86400):
                if value.seconds % unit == 0:
                    yield value.seconds // unit, lambda number, unit=unit: str(Duration(number * unit))  # type: ignore[misc]  # bound at once
        case DataSize():
            yield value.mib, lambda number: f"{number} MB"
            if value.mib % 1024 == 0:
                yield value.mib // 1024, lambda number: f"{number} GB"
        case Percentage():
            text = str(value).rstrip("% ")
            if text.isdigit():
                yield int(text), lambda number: f"{number}%"
        case int():
            yield int(value), str


def _comparable(value: object) -> object:
    """Records compare by identity; this compares what is in them."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, tuple(_comparable(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        return tuple((key, _comparable(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return tuple(_comparable(item) for item in value)
    return value
