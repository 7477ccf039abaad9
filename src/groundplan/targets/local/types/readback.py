"""What was asked, against what the API reads back.

A difference fails the resource: nothing is COMPLETE that is not there.

Only what the API itself shows can be compared: a member that the response model does not have is passed over. What the
emulator loses although the API shows it stands in the row's ``not_echoed``, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from groundplan.targets.local.types.paths import member, steps


def shape_at(path: str, shape: Shape | None) -> Shape | None:
    """The model of what stands at a path of a response."""
    for step in () if path == "@" else steps(path):
        if isinstance(step, str):
            found = isinstance(shape, StructureShape) and next(
                (inner for name, inner in shape.members.items() if name.lower() == step.lower()), None
            )
            shape = found or None
        else:
            shape = shape.member if isinstance(shape, ListShape) else None
    return shape


def differences(
    asked: Any, echoed: Any, path: str, shape: Shape | None = None, skip: Collection[str] = ()
) -> Iterator[str]:
    """Each difference as a sentence. ``skip`` holds lower-case paths that are known not to be echoed."""
    if path.lower() in skip or (_empty(asked) and _empty(echoed)):
        return
    if isinstance(echoed, dict) and "Items" in echoed and isinstance(asked, dict) and "Items" not in asked:
        echoed = echoed["Items"]
    if isinstance(asked, str) and isinstance(echoed, dict | list):
        asked = _parsed(asked)
    if isinstance(asked, dict) and isinstance(echoed, str):
        echoed = _parsed(echoed)
    if isinstance(asked, list) and len(asked) == 1 and not isinstance(echoed, list):
        asked = asked[0]
    if isinstance(asked, dict) and isinstance(echoed, dict):
        yield from _object(asked, echoed, path, shape, skip)
    elif isinstance(asked, list) and isinstance(echoed, list):
        yield from _list(asked, echoed, path, shape, skip)
    elif not _same(asked, echoed):
        yield f"{path}: asked for {_short(asked)}, the API reads back {_short(echoed)}"


def _object(
    asked: dict[str, Any], echoed: dict[str, Any], path: str, shape: Shape | None, skip: Collection[str]
) -> Iterator[str]:
    for name, item in asked.items():
        inner = shape_at(name, shape) if isinstance(shape, StructureShape) else None
        if isinstance(shape, StructureShape) and inner is None:
            continue
        yield from differences(item, member(echoed, name), f"{path}.{name}", inner, skip)


def _list(asked: list[Any], echoed: list[Any], path: str, shape: Shape | None, skip: Collection[str]) -> Iterator[str]:
    inner = shape.member if isinstance(shape, ListShape) else None
    if len(asked) == 1 == len(echoed):
        yield from differences(asked[0], echoed[0], path, inner, skip)
        return
    for item in asked:
        if not any(next(differences(item, other, path, inner, skip), None) is None for other in echoed):
            yield f"{path}: asked for {_short(item)}, the API reads back {_short(echoed)}"


def _empty(value: Any) -> bool:
    """Whether a value says nothing, or that something is off: APIs leave such out."""
    if isinstance(value, dict):
        return all(map(_empty, value.values()))
    return value == "Suspended" or value is None or value in ("", [], {}, False, 0) or str(value).lower() == "false"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _same(asked: Any, echoed: Any) -> bool:
    if isinstance(asked, str) and isinstance(echoed, str):
        one, other = asked.lower().rstrip("."), echoed.lower().rstrip(".")
        if one == other or (asked[:1] in "{[" and _parsed(asked) == _parsed(echoed)):
            return True
        return _same_resource(one, other) or _same_resource(other, one)
    try:
        if float(asked) == float(echoed):
            return True
    except (TypeError, ValueError):
        pass
    return str(asked).lower() == str(echoed).lower()


def _same_resource(arn: str, name: str) -> bool:
    """Whether one is the ARN of the other: APIs take either and show the other."""
    return arn.startswith("arn:") and bool(name) and arn.endswith((f"/{name}", f":{name}"))


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 160 else f"{text[:157]}…"
