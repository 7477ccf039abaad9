"""Numbers that were written as ``true`` or ``yes``: Python takes them for 1, and nobody means that; and numbers that no
API of AWS takes."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.base import Part
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding
from groundplan.units import shown

MOST = 2**31 - 1
"""The most that an ``integer`` of AWS's APIs and of CloudFormation holds, which has 32 bits.

Source: https://smithy.io/2.0/spec/simple-types.html#integer
"""


def check_numbers(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Whole numbers that are truth values in the file, or larger than AWS takes."""
    for path, node in tree.walk():
        if not isinstance(node.value, int) or type(_at(blueprint, path)) is not int:
            continue
        if isinstance(node.value, bool):
            yield Finding(path, f"{shown(node.value)} is not a whole number")
        elif node.value > MOST:
            yield Finding(path, f"{shown(node.value)} is too much; AWS takes {MOST} at most")


def _at(value: object, path: Steps) -> object:
    """What the models made of the value at a path; None where they keep nothing under it."""
    for step in path:
        if isinstance(value, Part):
            names = {info.alias or name: name for name, info in type(value).model_fields.items()}
            value = getattr(value, names.get(str(step), ""), None)
        elif isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
