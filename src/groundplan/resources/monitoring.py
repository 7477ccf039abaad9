"""Amazon CloudWatch, Amazon SNS, AWS Budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import Key
from groundplan.resources.values import JsonDocument, Ref, Textual


@dataclass(frozen=True, kw_only=True)
class LogGroup(Resource):
    """A log group with a retention."""

    title: ClassVar[str] = "log group"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    log_group_name: str
    retention_in_days: int
    kms_key: Ref[Key] | None = None


@dataclass(frozen=True, kw_only=True)
class Topic(Resource):
    """An SNS topic."""

    title: ClassVar[str] = "SNS topic"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    topic_name: str
    display_name: str
    kms_key: Ref[Key] | None = None


@dataclass(frozen=True, kw_only=True)
class TopicPolicy(Resource):
    """Who may publish to a topic."""

    title: ClassVar[str] = "SNS topic policy"
    taggable: ClassVar[bool] = False
    topic: Ref[Topic]
    policy: PolicyDocument


@dataclass(frozen=True, kw_only=True)
class TopicSubscription(Resource):
    """Who hears what a topic says."""

    title: ClassVar[str] = "SNS subscription"
    taggable: ClassVar[bool] = False
    topic: Ref[Topic]
    protocol: Literal["email", "https", "sqs", "lambda"]
    endpoint: Textual


@dataclass(frozen=True, kw_only=True)
class Metric(Record):
    """A CloudWatch metric with its dimensions."""

    namespace: str
    metric_name: str
    dimensions: Mapping[str, Textual] = field(default_factory=dict)
    statistic: str = "Average"
    """``Average``, ``Sum``, ``Maximum``, ``Minimum``, ``SampleCount``, or a percentile like ``p95``."""


@dataclass(frozen=True, kw_only=True)
class MetricExpression(Record):
    """Metric math over named metrics: ``100 * errors / requests``."""

    expression: str
    label: str
    metrics: Mapping[str, Metric]


@dataclass(frozen=True, kw_only=True)
class Alarm(Resource):
    """A metric alarm."""

    title: ClassVar[str] = "CloudWatch alarm"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    alarm_name: str
    description: str
    metric: Metric | MetricExpression
    comparison_operator: Literal[
        "GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"
    ]
    threshold: Decimal
    period: int
    """Seconds of one data point."""
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing_data: Literal["missing", "notBreaching", "breaching", "ignore"] = "missing"
    actions: tuple[Ref[Topic], ...] = ()
    """Who is told when the alarm begins and when it ends."""
    silenced: bool = False
    """Whether schedules switch its actions off and on again."""
    scales: tuple[Ref[Resource], ...] = ()
    """Step scaling policies that act while the alarm is on."""


@dataclass(frozen=True, kw_only=True)
class CompositeAlarm(Resource):
    """An alarm made of other alarms of its region."""

    title: ClassVar[str] = "CloudWatch composite alarm"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    alarm_name: str
    description: str
    alarms: tuple[Ref[Alarm], ...]
    operator: Literal["AND", "OR"]
    """Whether all of them have to be on, or any."""
    actions: tuple[Ref[Topic], ...] = ()
    """Who is told when it begins and when it ends."""
    silenced: bool = False
    """Whether schedules switch its actions off and on again."""


@dataclass(frozen=True, kw_only=True)
class Dashboard(Resource):
    """A CloudWatch dashboard."""

    title: ClassVar[str] = "CloudWatch dashboard"
    taggable: ClassVar[bool] = False
    dashboard_name: str
    body: JsonDocument


@dataclass(frozen=True, kw_only=True)
class BudgetNotification(Record):
    """Tells someone when spending passes a share of the budget."""

    notification_type: Literal["ACTUAL", "FORECASTED"]
    threshold_percent: int
    emails: tuple[str, ...] = ()
    topics: tuple[Ref[Topic], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Budget(Resource):
    """A monthly cost budget for what carries the environment's tags."""

    title: ClassVar[str] = "budget"
    budget_name: str
    limit_usd: Decimal
    cost_filter_tags: Mapping[str, str]
    """Tag key to value: only costs of resources that carry them count."""
    notifications: tuple[BudgetNotification, ...]
