"""AWS Cost Anomaly Detection."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.monitoring import Topic
from groundplan.resources.values import Ref

COST_REGION = "us-east-1"
"""Where Cost Explorer is, of which anomaly detection is a part.
Source: https://docs.aws.amazon.com/general/latest/gr/billing.html"""


@dataclass(frozen=True, kw_only=True)
class AnomalyMonitor(Resource):
    """What is watched: the costs that carry a tag, which has to be an active cost allocation tag.

    A monitor of all services would be refused: an account can have one, and AWS makes it by itself.
    Source: https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
    """

    title: ClassVar[str] = "cost anomaly monitor"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    monitor_name: str
    tag: Mapping[str, str]
    """One key with its value."""


@dataclass(frozen=True, kw_only=True)
class AnomalySubscription(Resource):
    """Who is told at once of an anomaly, from which impact on."""

    title: ClassVar[str] = "cost anomaly subscription"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    subscription_name: str
    monitor: Ref[AnomalyMonitor]
    topic: Ref[Topic]
    threshold_usd: Decimal
    """The whole unusual amount, in USD."""
