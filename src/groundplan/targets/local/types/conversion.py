"""From CloudFormation properties to API parameters, guided by the API's own model.

Names match without regard to case, singular or plural; scalars are coerced; policy documents become JSON text; lists of
``Key``/``Value`` become maps and back; CloudFront's lists become ``{Quantity, Items}``. What fits nowhere is an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from groundplan.targets.local.types.errors import ResourceError, UnsupportedPropertyError

NAMES_OF_A_KEY = ("key", "parametername", "tagkey", "name")


def matching_member(name: str, shape: StructureShape) -> str | None:
    """The API's name of a CloudFormation property, or None where the API has none."""
    if name in shape.members:
        return name
    known = {member.lower(): member for member in shape.members}
    written = name.lower()
    for candidate in (written, written + "s", written.removesuffix("s")):
        if candidate in known:
            return known[candidate]
    return None


def convert(value: Any, shape: Shape, path: str, renames: Mapping[str, str] | None = None) -> Any:
    """A property as the parameter that ``shape`` describes.

    ``renames`` maps dotted property paths (list positions left out) to the API's name of the last part.
    Raises UnsupportedPropertyError where a part of the value has no place in the API.
    """
    match shape.type_name:
        case "structure":
            assert isinstance(shape, StructureShape)
            return _structure(value, shape, path, renames or {})
        case "list":
            assert isinstance(shape, ListShape)
            return _list(value, shape, path, renames or {})
        case "map":
            assert isinstance(shape, MapShape)
            return _map(value, shape, path, renames or {})
        case _:
            return _scalar(value, shape.type_name, path)


def _structure(value: Any, shape: StructureShape, path: str, renames: Mapping[str, str]) -> dict[str, Any]:
    members = shape.members
    if not isinstance(value, dict):
        if isinstance(value, list) and "Items" in members and "Quantity" in members:
            value = {"Quantity": len(value), "Items": value}
        elif isinstance(value, list) and len(members) == 1:
            value = {next(iter(members)): value}
        else:
            raise ResourceError(f"{path}: expected an object, got {type(value).__name__}")
    converted: dict[str, Any] = {}
    for name, item in value.items():
        if item is None:
            continue
        inner = f"{path}.{name}" if path else name
        target = matching_member(renames.get(inner, name), shape)
        if target is None:
            raise UnsupportedPropertyError(f"{inner}: the API's {shape.name} has no such parameter")
        converted[target] = convert(item, members[target], inner, renames)
    if "Items" in members and "Quantity" in members:
        converted.setdefault("Quantity", len(converted.get("Items", [])))
    for name in shape.required_members:
        wanted = members[name]
        if name not in converted and isinstance(wanted, StructureShape) and "Quantity" in wanted.members:
            converted[name] = {"Quantity": 0}
    return converted


def _list(value: Any, shape: ListShape, path: str, renames: Mapping[str, str]) -> list[Any]:
    item_shape = shape.member
    if isinstance(value, dict) and isinstance(item_shape, StructureShape):
        names = list(item_shape.members)
        key = next((name for name in names if name.lower() in NAMES_OF_A_KEY), None)
        text = next((name for name in names if "value" in name.lower()), None)
        if key and text and not any(matching_member(name, item_shape) for name in value):
            value = [{key: name, text: item} for name, item in value.items()]
    items = value if isinstance(value, list) else [value]
    return [convert(item, item_shape, path, renames) for item in items]


def _map(value: Any, shape: MapShape, path: str, renames: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(value, list):
        value = {item.get("Key", item.get("Name")): item["Value"] for item in value}
    if not isinstance(value, dict):
        raise ResourceError(f"{path}: expected a map, got {type(value).__name__}")
    return {str(key): convert(item, shape.value, f"{path}.{key}", renames) for key, item in value.items()}


def _scalar(value: Any, kind: str, path: str) -> Any:
    try:
        match kind:
            case "integer" | "long":
                return int(value)
            case "float" | "double":
                return float(value)
    except (TypeError, ValueError):
        raise ResourceError(f"{path}: {value!r} is not a number") from None
    match kind:
        case "boolean":
            return value if isinstance(value, bool) else str(value).lower() == "true"
        case "blob":
            return value.encode() if isinstance(value, str) else value
        case "string":
            if isinstance(value, bool):
                return str(value).lower()
            return json.dumps(value) if isinstance(value, dict | list) else str(value)
    return value
