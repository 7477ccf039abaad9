"""Profiles: postures for what a blueprint leaves out. Whatever is written, in base or overlay, goes before them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import get_args

from groundplan.blueprint.models import Profile
from groundplan.blueprint.overlay import fill
from groundplan.blueprint.services import Tasks
from groundplan.blueprint.tree import Node, Plain, node_of

PROFILES: tuple[str, ...] = get_args(Profile)
_FILE = Path(__file__).with_name("profiles.toml")
_SHORT_NAMES = {"dev": "development", "prod": "production"}


@cache
def posture_of(profile: str) -> Plain:
    """What a profile sets, by family; ``*`` stands for every entry, and TOML's text ``null`` for null."""
    # Only what is asked for is parsed: all of the file would take 2 ms.
    own = (f"{profile}.", f"{profile}]")
    tables = [f"[{table}" for table in _FILE.read_text(encoding="utf-8").split("\n[") if table.startswith(own)]
    return _with_nulls(tomllib.loads("\n".join(tables))[profile])


def _with_nulls(value: object) -> Plain:
    if isinstance(value, dict):
        return {str(key): _with_nulls(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_with_nulls(child) for child in value]
    if value == "null":
        return None
    if isinstance(value, str | int | float):
        return value
    raise TypeError(f"profiles.toml holds {value!r}, which no blueprint can hold")


def choose_profile(written: str | None, environment: str) -> tuple[str, str]:
    """The profile of an environment, and the layer that chose it (empty where it is written).

    ``profile:`` decides; else an environment that is called like a profile (or ``dev``, ``prod``) has that profile;
    else it is production, because too much safety costs money and too little costs data.
    """
    if written in PROFILES:
        return written, ""
    named = _SHORT_NAMES.get(environment, environment)
    if named in PROFILES:
        return named, f"default: environment {environment}"
    return "production", "default"


def with_posture(tree: Node, profile: str) -> Node:
    """What is written, over the posture of a profile. A posture applies to entries that exist and creates none.

    ``tasks`` is one decision in three numbers: where some are written, the others are stretched to fit, so that
    ``desired: 3`` under a posture of 1 to 1 means 1 to 3.
    """
    layer = f"profile {profile}"
    posture = _for_entries(posture_of(profile), tree, layer)
    return _fit_tasks(fill(tree, posture), tree, posture)


def _for_entries(posture: Plain, tree: Node, layer: str) -> Node:
    """The posture with ``*`` replaced by the entries that are written."""
    if not isinstance(posture, dict):
        return node_of(posture, layer=layer)
    children: dict[str, Node] = {}
    for key, value in posture.items():
        below = tree.step(key)
        if key == "*":
            for name, entry in tree.fields.items():
                children[name] = _for_entries(value, entry, layer)
        elif isinstance(value, dict):
            holds_entries = "*" in value
            if holds_entries and (below is None or not isinstance(below.value, dict)):
                continue  # no such family here
            children[key] = _for_entries(value, below or Node({}), layer)
        else:
            children[key] = node_of(value, layer=layer)
    return Node(children, layer=layer)


def _fit_tasks(merged: Node, tree: Node, posture: Node) -> Node:
    """Stretch the numbers of ``tasks`` that nobody wrote around those that somebody did."""
    services = merged.step("services")
    if services is None or not isinstance(services.value, dict):
        return merged
    fitted = dict(services.value)
    for name, service in services.value.items():
        written = tree.find(("services", name, "tasks"))
        numbers = _whole_numbers(written)
        if not numbers or not isinstance(service.value, dict):
            continue
        preset = Tasks.model_validate({}).model_dump() | _whole_numbers(posture.find(("services", name, "tasks")))
        low = numbers.get("min", min(preset["min"], *numbers.values()))
        high = numbers.get("max", max(preset["max"], low, *numbers.values()))
        desired = numbers.get("desired", min(max(preset["desired"], low), high))
        tasks = dict(service.value["tasks"].fields)
        for key, number in (("desired", desired), ("min", low), ("max", high)):
            if key not in numbers and (key not in tasks or tasks[key].layer.startswith("profile")):
                base = tasks[key].layer if key in tasks else "default"
                changed = number != preset[key]
                layer = f"{base}{',' if ':' in base else ':'} fitted to {_and(sorted(numbers))}" if changed else base
                tasks[key] = Node(number, layer=layer)
        fitted[name] = replace(service, value=service.value | {"tasks": replace(service.value["tasks"], value=tasks)})
    return replace(merged, value={**merged.fields, "services": replace(services, value=fitted)})


def _whole_numbers(tasks: Node | None) -> dict[str, int]:
    return {
        key: child.value
        for key, child in (tasks.fields if tasks else {}).items()
        if key in ("desired", "min", "max") and isinstance(child.value, int) and not isinstance(child.value, bool)
    }


def _and(words: list[str]) -> str:
    return " and ".join(words)
