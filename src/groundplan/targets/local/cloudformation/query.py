"""The AWS query protocol for CloudFormation: form parameters in, XML out, both guided by botocore's model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from groundplan.targets.local.cloudformation.errors import StackError

NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


@lru_cache(maxsize=1)
def model() -> ServiceModel:
    """botocore's model of CloudFormation."""
    import botocore.session

    return botocore.session.Session().get_service_model("cloudformation")


def read_request(body: str) -> tuple[OperationModel, dict[str, Any]]:
    """The operation and its parameters. Raises StackError for anything malformed."""
    tree: dict[str, Any] = {}
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=20000)
    except ValueError as error:
        raise StackError(f"The request is malformed: {error}", "MalformedQueryString") from error
    for key, value in pairs:
        place = tree
        *outer, last = key.split(".")
        for step in outer:
            inner = place.setdefault(step, {})
            if not isinstance(inner, dict):
                raise StackError(f"The request is malformed at {key}", "MalformedQueryString")
            place = inner
        place[last] = value
    action = tree.get("Action")
    if not isinstance(action, str) or not action:
        raise StackError("The action is missing", "MissingAction")
    if action not in model().operation_names:
        raise StackError(f"Could not find operation {action}", "InvalidAction")
    operation = model().operation_model(action)
    shape = operation.input_shape
    parameters = _decode(tree, shape, "") if isinstance(shape, StructureShape) else {}
    missing = [
        name for name in (shape.required_members if isinstance(shape, StructureShape) else ()) if name not in parameters
    ]
    if missing:
        raise StackError(
            f"{len(missing)} validation error detected: Value null at '{missing[0]}' failed to satisfy constraint: "
            "Member must not be null"
        )
    return operation, parameters


def _decode(value: Any, shape: Shape, path: str) -> Any:
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            raise StackError(f"The request is malformed at {path}", "MalformedQueryString")
        known = shape.members
        return {name: _decode(item, known[name], f"{path}.{name}") for name, item in value.items() if name in known}
    if isinstance(shape, ListShape):
        return [_decode(item, shape.member, path) for item in _numbered(value, "member", path)]
    if isinstance(shape, MapShape):
        entries = _numbered(value, "entry", path)
        if not all(isinstance(entry, dict) and isinstance(entry.get("key"), str) for entry in entries):
            raise StackError(f"The request is malformed at {path}", "MalformedQueryString")
        return {entry["key"]: _decode(entry.get("value", ""), shape.value, path) for entry in entries}
    if isinstance(value, dict):
        raise StackError(f"The request is malformed at {path}", "MalformedQueryString")
    if shape.type_name == "boolean":
        return str(value).lower() == "true"
    if shape.type_name in ("integer", "long"):
        try:
            return int(value)
        except ValueError:
            raise StackError(f"{path.removeprefix('.')}: {value!r} is not a number") from None
    return value


def _numbered(value: Any, name: str, path: str) -> list[Any]:
    """The items of ``path.name.1``, ``path.name.2`` and so on."""
    if value == "":
        return []
    items = value.get(name, {}) if isinstance(value, dict) else None
    if not isinstance(items, dict) or not all(key.isascii() and key.isdigit() and len(key) < 10 for key in items):
        raise StackError(f"The request is malformed at {path}", "MalformedQueryString")
    return [items[key] for key in sorted(items, key=int)]


def response(operation: OperationModel, result: Mapping[str, Any], request_id: str) -> str:
    """The XML of a result."""
    name = operation.name
    shape = operation.output_shape
    inner = _encode(result, shape, f"{name}Result") if shape is not None else ""
    return (
        f'<{name}Response xmlns="{NAMESPACE}">{inner}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>"
    )


def error_response(code: str, message: str, request_id: str, *, fault: bool = False) -> str:
    """The XML of an error."""
    return (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>{"Receiver" if fault else "Sender"}</Type>'
        f"<Code>{escape(code)}</Code><Message>{escape(_printable(message))}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _encode(value: Any, shape: Shape, name: str) -> str:
    if value is None:
        return ""
    if isinstance(shape, StructureShape):
        inner = "".join(
            _encode(value[key], member, key) for key, member in shape.members.items() if value.get(key) is not None
        )
    elif isinstance(shape, ListShape):
        inner = "".join(_encode(item, shape.member, "member") for item in value)
    elif isinstance(shape, MapShape):
        inner = "".join(
            f"<entry><key>{escape(str(key))}</key><value>{escape(str(item))}</value></entry>"
            for key, item in value.items()
        )
    elif isinstance(value, datetime):
        inner = value.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    else:
        inner = escape(_printable(str(value).lower() if isinstance(value, bool) else str(value)))
    return f"<{name}>{inner}</{name}>"


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _printable(text: str) -> str:
    """XML 1.0 has no place for control characters."""
    return _UNPRINTABLE.sub("�", text)
