"""Drills: nothing is taken away where nobody would hear of it."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node
from groundplan.blueprint.validation.base import Finding


def check_drills(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Experiments need alarms that stop them."""
    if blueprint.drills == "allowed" and blueprint.alarms is None:
        yield Finding(("drills",), "experiments are stopped by alarms, and alarms: null has none; write alarms: {}")
