"""The properties that differ between two values in Terraform's JSON, as paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from groundplan.engines.terraform.table import ROWS
from groundplan.operations.terraform.folder import Root

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a property: names, and places in lists."""

_REPEATED = frozenset({"tags_all"})
"""Attributes that only say again what another says."""
_EMPTY: tuple[object, ...] = (None, "", [], {})


def changed(change: Mapping[str, object]) -> list[Steps]:
    """The properties that a change changes; those known only afterwards where there are no others."""
    unknown = change.get("after_unknown")
    known = _differences(change.get("before"), change.get("after"), unknown, ())
    told = [steps for steps in known if steps and steps[0] not in _REPEATED]
    return sorted(told or [steps for steps in _unknown(unknown, ()) if steps[0] not in _REPEATED], key=path)


def listed(found: Iterable[Steps]) -> str:
    """``name, rule[0].status``"""
    return ", ".join(map(path, found))


def drifted(change: Mapping[str, object], others: Sequence[str]) -> list[Steps]:
    """The properties that AWS has and the state has not so, without what is ``others``' to change.

    Providers read back as empty what was never given; that is no difference.
    """
    found = []
    for steps in changed(change):
        sides = [value_at(change.get(side), steps) for side in ("before", "after")]
        if any(side not in _EMPTY for side in sides) and not path(steps).startswith(tuple(others)):
            found.append(steps)
    return found


def left_to_others(root: Root, address: str) -> tuple[str, ...]:
    """Arguments that scaling, releases or schedules change after creation, as the rendered ``lifecycle`` says."""
    if (ref := root.ref_of(address)) is None:
        return ()
    ignored = ROWS[ref.kind].ignore_changes
    return ignored(root.architecture[ref]) if callable(ignored) else ignored


def value_at(content: object, steps: Steps) -> object:
    """What stands there; None where nothing does. A mask that says true of a whole says it of every part."""
    for step in steps:
        if content is True:
            return True
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            return None
    return content


def path(steps: Sequence[object]) -> str:
    """``("rule", 0, "status")`` as ``rule[0].status``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _differences(before: object, after: object, unknown: object, steps: Steps) -> Iterator[Steps]:
    """Where two values differ. What is unknown differs from nothing."""
    if before == after or unknown is True:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            inner = unknown.get(name) if isinstance(unknown, dict) else None
            yield from _differences(before.get(name), after.get(name), inner, (*steps, name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            inner = unknown[number] if isinstance(unknown, list) and number < len(unknown) else None
            yield from _differences(old, new, inner, (*steps, number))
    else:
        yield steps


def _unknown(content: object, steps: Steps) -> Iterator[Steps]:
    if content is True:
        yield steps
    elif isinstance(content, dict):
        for name, inner in content.items():
            yield from _unknown(inner, (*steps, name))
    elif isinstance(content, list):
        for number, inner in enumerate(content):
            yield from _unknown(inner, (*steps, number))
