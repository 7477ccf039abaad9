"""What a stack is given: outputs of the stacks before it, and the inputs of the blueprint."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from groundplan.errors import InputError, Problem, suggestion
from groundplan.resources.architecture import Architecture
from groundplan.resources.values import InputValue
from groundplan.units import shown

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Stack


def resolve_inputs(architecture: Architecture, given: Mapping[str, str]) -> dict[str, str]:
    """The value of every input: what is given, else its default.

    Raises InputError for an input that does not exist, has no value, or a value that does not fit.
    """
    known = {item.name: item for item in architecture.inputs}
    problems = [
        Problem(f"there is no input {shown(name)}{suggestion(name, known)}") for name in given if name not in known
    ]
    values: dict[str, str] = {}
    for item in architecture.inputs:
        value = given.get(item.name, item.default)
        if value is None:
            problems.append(Problem(f"{item.description}: give it with --input {item.name}=VALUE"))
        elif item.pattern and not re.fullmatch(item.pattern, value):
            problems.append(Problem(f"input {item.name}: {shown(value)} does not fit; it takes {item.pattern_hint}"))
        else:
            values[item.name] = value
    if problems:
        raise InputError(problems)
    return values


def parse_inputs(written: list[str]) -> dict[str, str]:
    """Read ``NAME=VALUE`` pairs. Raises InputError where the equals sign is missing."""
    pairs: dict[str, str] = {}
    for item in written:
        name, sign, value = item.partition("=")
        if not sign or not name:
            raise InputError(f"--input {item}: write NAME=VALUE")
        pairs[name] = value
    return pairs


def parameters_of(
    stack: Stack, inputs: Mapping[str, str], output: Callable[[str, str], str | None]
) -> tuple[dict[str, str], list[str]]:
    """Values for a stack's parameters, and the names of those that are not known yet.

    ``output(stack, name)`` gives an upstream stack's output, or None where it does not exist (yet).
    """
    values: dict[str, str] = {}
    unknown: list[str] = []
    for name, source in stack.parameters.items():
        value = inputs[source.name] if isinstance(source, InputValue) else output(source.stack, source.output)
        if value is None:
            unknown.append(name)
        else:
            values[name] = value
    return values, unknown
