"""AWS X-Ray."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource


@dataclass(frozen=True, kw_only=True)
class TraceGroup(Resource):
    """The traces that a filter finds, with metrics of their own.

    Source: https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html
    """

    title: ClassVar[str] = "X-Ray group"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    group_name: str
    filter_expression: str


@dataclass(frozen=True, kw_only=True)
class SamplingRule(Resource):
    """How many requests of which services are traced.

    Source: https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html
    """

    title: ClassVar[str] = "X-Ray sampling rule"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    rule_name: str
    priority: int
    """1 to 9999; the lowest that matches counts."""
    service_name: str
    """With ``*`` and ``?`` as wildcards."""
    reservoir_size: int
    """Requests a second that are traced in any case."""
    fixed_rate: Decimal
    """Share of the others: 0 to 1."""
