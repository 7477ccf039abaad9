"""The resource types that the engine itself makes, beside those that the APIs make."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from groundplan.targets.local.cloudformation.stacks import STACK
from groundplan.targets.local.types import registry
from groundplan.targets.local.types.handler import Handler, Surroundings
from groundplan.targets.local.types.rows import Row, all_rows

_BY_ENGINE = "the engine takes it"
_ROWS: Mapping[str, Row] = {
    STACK: Row(
        STACK, "cloudformation", system_tags=False,
        accepted={
            "Parameters": _BY_ENGINE, "Tags": _BY_ENGINE, "TemplateBody": _BY_ENGINE, "TemplateURL": _BY_ENGINE,
            "TimeoutInMinutes": "no creation here takes a minute",
        },
    ),
    "AWS::CDK::Metadata": Row(
        "AWS::CDK::Metadata", "cloudformation", accepted={"Analytics": "counts the use of the CDK, makes nothing"}
    ),
    "AWS::CloudFormation::WaitConditionHandle": Row("AWS::CloudFormation::WaitConditionHandle", "cloudformation"),
}  # fmt: skip


class NothingHandler(Handler):
    """A type that has an id and nothing else: AWS makes nothing for it either."""

    def identify(self, response: dict[str, Any], properties: Mapping[str, Any]) -> str:
        return str(uuid.uuid4())


def is_known(type_name: str) -> bool:
    return type_name in _ROWS or type_name in all_rows()


def row_of(type_name: str) -> Row:
    """The row of a type. Raises ResourceError where this local AWS does not know it."""
    return _ROWS.get(type_name) or registry.row_of(type_name)


def handler_of(type_name: str, surroundings: Surroundings) -> Handler:
    """What handles resources of a type in a region. Raises ResourceError for an unknown type.

    Nested stacks need their stack too: ``nested.NestedStack``.
    """
    row = _ROWS.get(type_name)
    return NothingHandler(row, surroundings) if row else registry.handler_of(type_name, surroundings)
