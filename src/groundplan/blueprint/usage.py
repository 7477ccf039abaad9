"""What will be used: figures a month, each as one number or as low, expected and high."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import core_schema

from groundplan.blueprint.base import Name, Part, ShortForm
from groundplan.record import dataclass
from groundplan.units import DataSize, Duration, shown

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

MOST = 10**12
"""Requests or messages a month that are taken for a slip of the pen when there are more: 380,000 a second."""
MOST_DATA = DataSize(100_000 * 1024 * 1024)
"""100,000 TB a month: 40 GB a second."""
_MULTIPLES = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}
_COUNT = r"^\s*\d+(\.\d+)?\s*[kMB]?\s*$"


def read_count(value: object) -> object:
    """Read ``5M``, ``300k``, ``2B`` (billion) or a whole number."""
    if isinstance(value, bool):
        raise ValueError(f"{shown(value)} is not a whole number")
    if isinstance(value, str):
        if re.fullmatch(r"\s*-\s*\d.*", value):
            raise ValueError(f"{shown(value)} is too little; the least is 0")
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kMB]?)\s*", value)
        if not match:
            raise ValueError(f"{shown(value)} is not a whole number; write it like 5000000, 300k, 5M or 2B")
        exact = Decimal(match[1]) * _MULTIPLES[match[2]]
        if exact > MOST:
            raise ValueError(f"{shown(value)} a month is more than 380,000 a second; the most is {MOST:,}")
        if exact != int(exact):
            raise ValueError(f"{shown(value)} is not a whole number")
        value = int(exact)
    if isinstance(value, int):
        if value < 0:
            raise ValueError(f"{value} is too little; the least is 0")
        if value > MOST:
            raise ValueError(f"{value:,} a month is more than 380,000 a second; the most is {MOST:,}")
    return value


def read_size(value: object) -> object:
    """Read ``500 GB``, and refuse what nobody can mean."""
    if isinstance(value, str) and re.fullmatch(r"\s*-\s*\d.*", value):
        raise ValueError(f"{shown(value)} is too little; the least is 0 GB")
    size = value if isinstance(value, DataSize) else DataSize.parse(value)
    if size > MOST_DATA:
        raise ValueError(f"{shown(value) if isinstance(value, str) else size} is too much; the most is 100,000 TB")
    return size


_COUNT_SCHEMA = {"type": "string", "pattern": _COUNT, "examples": ["5M", "300k"]}
Count = Annotated[
    int,
    BeforeValidator(read_count),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0, "maximum": MOST}, _COUNT_SCHEMA]}),
]
"""How many a month: a whole number, or with ``k``, ``M`` or ``B`` for thousands, millions and billions."""
Size = Annotated[
    DataSize,
    BeforeValidator(read_size),
    WithJsonSchema({"type": "string", "pattern": DataSize.pattern, "examples": list(DataSize.examples)}),
]
"""How much data a month."""


class CountForecast(Part):
    """How many a month: at least, probably, at most. A plain number is what is expected."""

    low: Count | None = None
    """In a quiet month. Default: as expected."""
    expected: Count
    """In a usual month: what budgets are compared with."""
    high: Count | None = None
    """In a busy month. Default: as expected."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _check_order(self.low, self.expected, self.high)
        return self


class SizeForecast(Part):
    """How much data a month: at least, probably, at most. A plain size is what is expected."""

    low: Size | None = None
    """In a quiet month. Default: as expected."""
    expected: Size
    """In a usual month: what budgets are compared with."""
    high: Size | None = None
    """In a busy month. Default: as expected."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = (size.mib if size else None for size in (self.low, self.high))
        _check_order(low, self.expected.mib, high, self)
        return self


def _check_order(low: int | None, expected: int, high: int | None, sizes: SizeForecast | None = None) -> None:
    """Raises ValueError where low, expected and high do not rise."""
    words = (sizes.low, sizes.expected, sizes.high) if sizes else (low, expected, high)
    if low is not None and low > expected:
        raise ValueError(f"low ({words[0]}) is more than expected ({words[1]})")
    if high is not None and high < expected:
        raise ValueError(f"high ({words[2]}) is less than expected ({words[1]})")


@dataclass(frozen=True, eq=False)
class _Plain(ShortForm):
    """Marks a forecast that may be written as one figure. Only the model is built: no union's errors are told."""

    model: type[Part]

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        return core_schema.no_info_before_validator_function(self.read, handler.generate_schema(self.model))


def _expected(value: object) -> object:
    """One figure is what is expected."""
    return value if isinstance(value, Mapping | Part) else {"expected": value}


_COUNT_FORMS: tuple[Mapping[str, object], ...] = ({"type": "integer", "minimum": 0, "maximum": MOST}, _COUNT_SCHEMA)
_SIZE_FORMS: tuple[Mapping[str, object], ...] = (
    {"type": "string", "pattern": DataSize.pattern, "examples": list(DataSize.examples)},
)
Counts = Annotated[CountForecast | int, _Plain(_expected, _COUNT_FORMS, CountForecast)]
"""A number a month. Once read it is always a :class:`CountForecast`."""
Sizes = Annotated[SizeForecast | DataSize, _Plain(_expected, _SIZE_FORMS, SizeForecast)]
"""Data a month. Once read it is always a :class:`SizeForecast`."""


class Usage(Part):
    """What will be used per month, for the part of the bill that depends on it. What is left out is not priced.

    Each figure may be given as ``{low: 1M, expected: 5M, high: 20M}``.
    """

    requests: Counts | None = None
    """Requests to the load balancer."""
    internet_out: Sizes | None = None
    """Data sent to the internet."""
    nat: Sizes | None = None
    """Data through NAT gateways."""
    between_zones: Sizes | None = None
    """Data from one availability zone to another, which is charged when it leaves and when it arrives."""
    between_regions: Sizes | None = None
    """Data copied to another region: new images and objects, what a database writes, recovery points."""
    endpoints: Sizes | None = None
    """Data through interface endpoints."""
    logs: Sizes | None = None
    """Logs written."""
    stored: dict[Name, Sizes] = Field(default={})
    """Data kept, by bucket, image repository or shared volume (``<service>-<volume>``)."""
    bucket_writes: Counts | None = None
    """PUT, COPY, POST and LIST requests to buckets."""
    bucket_reads: Counts | None = None
    """GET requests to buckets."""
    database_backups: Sizes | None = None
    """Backups and snapshots of databases kept by RDS; as much as the instances have storage is free."""
    recovery_points: dict[Name, Sizes] = Field(default={})
    """What AWS Backup keeps, by database, bucket or shared volume (``<service>-<volume>``): a whole copy, and what
    changed since for each further recovery point. A copy in another region holds as much again."""
    cache_snapshots: Sizes | None = None
    """Snapshots of caches beyond the first of each, which is free."""
    messages: dict[Name, Counts] = Field(default={})
    """Messages, by queue."""
    notifications: Counts | None = None
    """Messages published to SNS topics: alarms that go on and off, budgets."""
    job_hours: dict[Name, Duration] = Field(default={})
    """How long the tasks of a job run in a month, all runs together, by job."""
    key_requests: Counts | None = None
    """Requests to KMS: encrypting, decrypting, data keys."""
    secret_reads: Counts | None = None
    """Calls to Secrets Manager."""
    dns_queries: Counts | None = None
    """DNS queries that alias records to AWS do not answer."""
    metrics: Counts | None = None
    """Custom metrics of Container Insights of the ECS cluster."""
    traces: Counts | None = None
    """Traces recorded by X-Ray."""
    config_changes: Counts | None = None
    """Changes of resources that AWS Config records."""
    config_evaluations: Counts | None = None
    """Evaluations of AWS Config's rules."""
    security_checks: Counts | None = None
    """Checks of Security Hub's standards."""
    cdn_requests: Counts | None = None
    """Requests to CloudFront."""
    cdn_out: Sizes | None = None
    """Data that CloudFront sends to viewers."""
