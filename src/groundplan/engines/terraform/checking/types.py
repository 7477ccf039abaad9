"""Terraform's types: what an expression certainly is, and whether it fits where it stands.

A type is written as in provider schemas: ``"string"``, ``["list", "string"]``, ``["object", {"a": "bool"}]``. ``None``
is a type that is not known before a plan; it fits everywhere.

Source: https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from groundplan.engines.terraform.checking.syntax import (
    SPLAT,
    Access,
    Call,
    Conditional,
    Expression,
    For,
    ListOf,
    Literal,
    ObjectOf,
    Operation,
    Step,
    Template,
    Traversal,
    name_of,
)

Type: TypeAlias = Any
"""A type as JSON has it."""
TypeOf: TypeAlias = Callable[[Traversal], Type]
"""What a reference is."""

_PRIMITIVES = ("string", "number", "bool")
_IN_A_ROW = ("list", "set", "tuple")
_A = {
    "string": "string",
    "number": "a number",
    "bool": "a bool",
    "list": "list of",
    "set": "set of",
    "map": "map of",
}


@cache
def functions() -> Mapping[str, tuple[Type, int, int | None]]:
    """Terraform's functions: the type that each returns, and the fewest and the most arguments that it takes."""
    content: Mapping[str, tuple[Type, int, int | None]] = json.loads(
        Path(__file__).with_name("functions.json").read_text(encoding="utf-8")
    )["functions"]
    return content


def inferred(expression: Expression, type_of: TypeOf) -> Type:
    """The type of an expression, as far as it is certain."""
    match expression:
        case Literal(_, value):
            return _of_literal(value)
        case Template():
            return "string"
        case Traversal():
            return type_of(expression)
        case Access(_, source, steps):
            return at_steps(inferred(source, type_of), steps)
        case Call(_, function, _):
            return functions()[function][0] if function in functions() else None
        case ListOf(_, elements):
            return ["tuple", [inferred(element, type_of) for element in elements]]
        case ObjectOf(_, members):
            named = {str(key.value): value for key, value in members if isinstance(key, Literal)}
            if len(named) < len(members):  # a key is computed
                return ["map", None]
            return ["object", {name: inferred(value, type_of) for name, value in named.items()}]
        case Operation(_, _, truth):
            return "bool" if truth else "number"
        case Conditional(_, _, yes, no):
            first, second = inferred(yes, type_of), inferred(no, type_of)
            return first if first == second else None
        case For(_, _, _, key, _, _):
            return ["list", None] if key is None else ["map", None]
    return None


def _of_literal(value: str | int | float | bool | None) -> Type:
    match value:
        case bool():
            return "bool"
        case str():
            return "string"
        case None:
            return None
    return "number"


def at_steps(type_: Type, steps: list[Step]) -> Type:
    """What stands there; None where that is not known. Raises LookupError, with the name, where there is nothing."""
    for step in steps:
        name = name_of(step)
        match type_:
            case ["object", dict(members), *_] if name is not None:
                if name not in members:
                    raise LookupError(name)
                type_ = members[name]
            case ["list" | "set" | "map", inner] if step != SPLAT:
                type_ = inner
            case ["tuple", list(inner)] if isinstance(step, int) and step < len(inner):
                type_ = inner[step]
            case str() if type_ in _PRIMITIVES and isinstance(step, str) and step != SPLAT:
                raise LookupError(step)
            case _:
                return None
    return type_


def misfits(expression: Expression, wanted: Type, type_of: TypeOf) -> Iterator[tuple[int, str]]:
    """Where and why an expression does not fit the type that is wanted."""
    match wanted, expression:
        case ((None | "dynamic"), _):
            return
        case _, Literal(at, value) if value is not None and wanted in _PRIMITIVES:
            if not _converts(value, wanted):
                yield at, f"{_told(wanted)} is required"
        case [("list" | "set"), inner], ListOf(_, elements):
            for element in elements:
                yield from misfits(element, inner, type_of)
        case ["map", inner], ObjectOf(_, members):
            for _, member in members:
                yield from misfits(member, inner, type_of)
        case ["object", dict(attributes), *optional], ObjectOf(at, members):
            yield from _object_misfits(at, members, attributes, set(optional[0]) if optional else set(), type_of)
        case _, Conditional(_, _, yes, no):
            yield from misfits(yes, wanted, type_of)
            yield from misfits(no, wanted, type_of)
        case _:
            if not fits(inferred(expression, type_of), wanted):
                yield expression.at, f"{_told(wanted)} is required"


def _object_misfits(
    at: int,
    members: list[tuple[Expression, Expression]],
    attributes: Mapping[str, Type],
    optional: set[str],
    type_of: TypeOf,
) -> Iterator[tuple[int, str]]:
    given = {str(key.value): value for key, value in members if isinstance(key, Literal)}
    if len(given) < len(members):
        return  # a key that is computed may be any
    for name, value in given.items():
        if name in attributes:  # Terraform drops what the object does not have
            yield from misfits(value, attributes[name], type_of)
    if missing := [name for name in attributes if name not in given and name not in optional]:
        yield at, f'attribute "{missing[0]}" is required'


def fits(found: Type, wanted: Type) -> bool:
    """Whether a value of one type may become one of another."""
    if found is None or wanted is None or "dynamic" in (found, wanted):
        return True
    match found, wanted:
        case str(), str():
            return found == wanted or "string" in (found, wanted)
        case [first, inner], [second, element] if first in ("list", "set") and second in ("list", "set"):
            return fits(inner, element)
        case ["tuple", list(several)], [("list" | "set"), element]:
            return all(fits(inner, element) for inner in several)
        case [("list" | "set" | "tuple"), _], [second, *_]:
            return second in _IN_A_ROW
        case ["object", dict(members), *_], ["map", element]:
            return all(fits(inner, element) for inner in members.values())
        case [("map" | "object"), *_], [("map" | "object"), *_]:
            return True
    return False


def _converts(value: str | int | float | bool, wanted: str) -> bool:
    match wanted:
        case "bool":
            return isinstance(value, bool) or value in ("true", "false")
        case "number":
            return not isinstance(value, bool) and (not isinstance(value, str) or _is_number(value))
    return True


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text


def _told(type_: Type) -> str:
    """As Terraform's messages say it: ``list of string``."""
    if isinstance(type_, str):
        return _A.get(type_, type_)
    if type_[0] in ("object", "tuple"):
        return type_[0] if type_[0] == "tuple" else "an object"
    return f"{_A[type_[0]]} {type_[1] if isinstance(type_[1], str) else _told(type_[1])}"


def of_constraint(expression: Expression) -> Type:
    """The type that a variable's ``type = map(object({name = string}))`` names."""
    match expression:
        case Traversal(_, root, []):
            return (
                root
                if root in _PRIMITIVES
                else {"list": ["list", None], "set": ["set", None], "map": ["map", None]}.get(root)
            )
        case Call(_, ("list" | "set" | "map") as kind, [inner]):
            return [kind, of_constraint(inner)]
        case Call(_, "tuple", [ListOf(_, elements)]):
            return ["tuple", [of_constraint(element) for element in elements]]
        case Call(_, "object", [ObjectOf(_, members)]):
            types: dict[str, Type] = {}
            optional = []
            for key, value in members:
                name = str(key.value) if isinstance(key, Literal) else ""
                if isinstance(value, Call) and value.function == "optional":
                    optional.append(name)
                    value = value.arguments[0]
                types[name] = of_constraint(value)
            return ["object", types, optional] if optional else ["object", types]
    return None
