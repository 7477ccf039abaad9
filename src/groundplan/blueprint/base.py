"""What every part of a blueprint shares: unknown keys are errors, values never change, docstrings reach editors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema
from pydantic_core import core_schema

from groundplan.record import Record, dataclass
from groundplan.units import parse_cidr, shown

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class Part(BaseModel):
    """A part of a blueprint. The docstring below each field is its description in ``groundplan schema``.

    They are read when a schema or an explanation is made (:mod:`groundplan.blueprint.descriptions`); pydantic's own
    ``use_attribute_docstrings`` parses the source of every class at each start, which costs 70 ms. Numbers are taken
    as texts, so that ``version: 15.10`` needs no quotes.

    Modules of parts do without ``from __future__ import annotations``: of texts pydantic would compile each annotation
    once more. Where a part stands for nothing written, ``default_factory`` is its ``model_construct``, which needs no
    validator.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_default=True,
        hide_input_in_errors=True,
        coerce_numbers_to_str=True,
        defer_build=True,
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Inside of another part, a part is read by a validator of its own, which pydantic makes when one is written.

        Most blueprints have a third of the parts: a validator that knows them all takes 50 ms to make.
        """
        if handler.field_name is None:
            return handler(source)
        return core_schema.no_info_plain_validator_function(
            cls._read, ref=f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"
        )

    @classmethod
    def _read(cls, value: object) -> Self:
        return value if isinstance(value, cls) else cls.model_validate(value)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        if schema["type"] == "function-plain":
            cls.model_rebuild()
            schema = cls.__pydantic_core_schema__
        return handler(schema)


@dataclass(frozen=True, eq=False)
class ShortForm(Record):
    """Marks a field whose mapping may be written as one text, like ``postgres 15``, or as a one-entry mapping."""

    read: Callable[[object], object]
    """Turns the short form into the long one and leaves everything else alone. Raises ValueError."""
    schemas: tuple[Mapping[str, object], ...]
    """JSON Schemas of the short forms."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [*(dict(short) for short in self.schemas), handler(schema)]}


PrincipalArn = Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+$")]
"""The ARN of an IAM role or user."""


class _InCidr:
    """How a network is read and written."""

    @staticmethod
    def __get_pydantic_core_schema__(source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, IPv4Network) else parse_cidr(value),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )


Cidr = Annotated[
    IPv4Network,
    _InCidr,
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", "examples": ["10.0.0.0/16"]}),
]
"""An IPv4 network in CIDR notation, without host bits."""

NAME_PATTERN = r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=40)]
"""The name of a thing in the blueprint: lower case, digits, single hyphens or underscores, starting with a letter."""

ProjectName = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=24)]
"""The name of an application: as ``Name``, but short, because it stands in front of every other name."""

ZoneLetter = Annotated[str, StringConstraints(pattern=r"^[a-z]$")]
"""The letter of an availability zone: ``a`` of ``ap-south-1a``."""


def _is_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def read_reason(value: object) -> object:
    """Check that a reason says something: three words at least."""
    if isinstance(value, str | int | float) and sum(map(_is_word, str(value).split())) < 3:
        raise ValueError(f"{shown(value)} is no reason that another person understands; write three words at least")
    return value


Reason = Annotated[
    str,
    BeforeValidator(read_reason),
    WithJsonSchema({"type": "string", "pattern": r"\S\s+\S+\s+\S", "examples": ["one zone is enough here"]}),
]
"""Why something is taken as it is, in three words at least."""


def read_day(value: object) -> object:
    """Check a day ``2027-03-01`` of the calendar."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError(f"{shown(value)} is not a day, like 2027-03-01")
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value} is no day of the calendar ({error})") from error
    return value


Day = Annotated[
    str,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$", "examples": ["2027-03-01"]}),
]
"""A day of the calendar, as ISO 8601 writes it."""

_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_MOMENT = rf"(mon|tue|wed|thu|fri|sat|sun):{_TIME}"
_DAILY = f"{_TIME}-{_TIME}"
_WEEKLY = f"{_MOMENT}-{_MOMENT}"


def read_window(value: object) -> object:
    """Check a daily window ``03:00-04:00`` (UTC)."""
    if not isinstance(value, str) or not re.fullmatch(_DAILY, value):
        raise ValueError(f"{shown(value)} is not a daily window in UTC, like 03:00-04:00")
    return value


def read_weekly_window(value: object) -> object:
    """Check a weekly window ``sun:04:00-sun:05:00`` (UTC)."""
    if not isinstance(value, str) or not re.fullmatch(_WEEKLY, value):
        raise ValueError(f"{shown(value)} is not a weekly window in UTC, like sun:04:00-sun:05:00")
    return value


DailyWindow = Annotated[
    str,
    BeforeValidator(read_window),
    WithJsonSchema({"type": "string", "pattern": f"^{_DAILY}$", "examples": ["03:00-04:00"]}),
]
WeeklyWindow = Annotated[
    str,
    BeforeValidator(read_weekly_window),
    WithJsonSchema({"type": "string", "pattern": f"^{_WEEKLY}$", "examples": ["sun:04:00-sun:05:00"]}),
]
