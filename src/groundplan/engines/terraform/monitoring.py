"""Amazon CloudWatch, Amazon SNS and AWS Budgets in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.rows import Row
from groundplan.resources.monitoring import (
    Alarm,
    Budget,
    CompositeAlarm,
    Dashboard,
    LogGroup,
    Metric,
    MetricExpression,
    Topic,
    TopicPolicy,
    TopicSubscription,
)
from groundplan.resources.values import Textual, text

CLOUDWATCH = "cloudwatch.tf"
_STATISTICS = frozenset({"Average", "Maximum", "Minimum", "SampleCount", "Sum"})
"""Everything else is an extended statistic.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""


def _alarm(alarm: Alarm, context: Context) -> dict[str, object]:
    found: dict[str, object] = {}
    if isinstance(alarm.metric, Metric):
        statistic = "statistic" if alarm.metric.statistic in _STATISTICS else "extended_statistic"
        found |= {
            "namespace": alarm.metric.namespace,
            "metric_name": alarm.metric.metric_name,
            "dimensions": alarm.metric.dimensions,
            statistic: alarm.metric.statistic,
            "period": alarm.period,
        }
    topics = [context.refer(topic) for topic in alarm.actions]
    return found | {
        "comparison_operator": alarm.comparison_operator,
        "threshold": alarm.threshold,
        "evaluation_periods": alarm.evaluation_periods,
        "datapoints_to_alarm": alarm.datapoints_to_alarm,
        "treat_missing_data": alarm.treat_missing_data,
        "alarm_actions": [*topics, *(context.value(policy.arn) for policy in alarm.scales)],
        "ok_actions": topics,
    }


def _metric_queries(alarm: Alarm, context: Context) -> Iterator[Block]:
    if not isinstance(alarm.metric, MetricExpression):
        return
    operands = alarm.metric.metrics
    # An id of its own, whatever the operands are called.
    result = "result" + "_" * sum(name.rstrip("_") == "result" for name in operands)
    yield context.block(
        "metric_query",
        {"id": result, "expression": alarm.metric.expression, "label": alarm.metric.label, "return_data": True},
    )
    for name, operand in operands.items():
        metric = {
            "namespace": operand.namespace,
            "metric_name": operand.metric_name,
            "dimensions": operand.dimensions,
            "stat": operand.statistic,
            "period": alarm.period,
        }
        yield context.block("metric_query", {"id": name}, context.block("metric", metric))


def _composite(alarm: CompositeAlarm, context: Context) -> dict[str, object]:
    parts: list[Textual] = []
    for member in alarm.alarms:
        parts += [f" {alarm.operator} " if parts else "", 'ALARM("', member.arn, '")']
    topics = [context.refer(topic) for topic in alarm.actions]
    return {"alarm_rule": text(*parts), "alarm_actions": topics, "ok_actions": topics}


def _budget(budget: Budget, _: Context) -> dict[str, object]:
    return {
        "budget_type": "COST",
        "time_unit": "MONTHLY",
        "limit_amount": f"{budget.limit_usd.normalize():f}",
        "limit_unit": "USD",
        # A filter expression demands that the metric is named.
        "metrics": ["UnblendedCost"] if len(budget.cost_filter_tags) > 1 else None,
    }


def _budget_blocks(budget: Budget, context: Context) -> Iterator[Block]:
    """Every tag has to match. Values of a plain cost filter are alternatives, so several tags need an expression.

    Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Expression.html
    """
    tags = list(budget.cost_filter_tags.items())
    if len(tags) == 1:
        key, value = tags[0]
        yield context.block("cost_filter", {"name": "TagKeyValue", "values": [f"user:{key}${value}"]})
    elif tags:
        each = [
            context.block(
                "and", {}, context.block("tags", {"key": key, "values": [value], "match_options": ["EQUALS"]})
            )
            for key, value in tags
        ]
        yield context.block("filter_expression", {}, *each)
    for item in budget.notifications:
        yield context.block(
            "notification",
            {
                "notification_type": item.notification_type,
                "comparison_operator": "GREATER_THAN",
                "threshold": item.threshold_percent,
                "threshold_type": "PERCENTAGE",
                "subscriber_email_addresses": item.emails,
                "subscriber_sns_topic_arns": [context.refer(topic) for topic in item.topics],
            },
        )


ROWS = (
    Row(
        LogGroup,
        "aws_cloudwatch_log_group",
        CLOUDWATCH,
        attributes={"id": "name", "arn": "arn"},
        referred=("arn", "arn"),
        rename={"log_group_name": "name"},
    ),
    Row(
        Topic,
        "aws_sns_topic",
        CLOUDWATCH,
        attributes={"id": "arn", "arn": "arn"},
        referred=("arn", "arn"),
        rename={"topic_name": "name", "kms_key": "kms_master_key_id"},
        section=1,
    ),
    Row(
        TopicPolicy,
        "aws_sns_topic_policy",
        CLOUDWATCH,
        attributes={"id": "id"},
        rename={"topic": "arn"},
        section=1,
        group=lambda policy: policy.topic.name,
    ),
    Row(
        TopicSubscription,
        "aws_sns_topic_subscription",
        CLOUDWATCH,
        attributes={"id": "arn"},
        section=1,
        group=lambda subscription: subscription.topic.name,
    ),
    Row(
        Alarm,
        "aws_cloudwatch_metric_alarm",
        CLOUDWATCH,
        attributes={"id": "alarm_name", "arn": "arn"},
        rename={"description": "alarm_description"},
        arguments=_alarm,
        blocks=_metric_queries,
        written=frozenset(
            {
                "metric", "comparison_operator", "threshold", "period", "evaluation_periods", "datapoints_to_alarm",
                "treat_missing_data", "actions", "silenced", "scales",
            }
        ),
        ignore_changes=lambda alarm: ("actions_enabled",) if alarm.silenced else (),
        ignored_because="Schedules switch them off while what the alarm watches is stopped.",
        section=2,
    ),
    Row(
        CompositeAlarm,
        "aws_cloudwatch_composite_alarm",
        CLOUDWATCH,
        attributes={"id": "alarm_name", "arn": "arn"},
        rename={"description": "alarm_description"},
        arguments=_composite,
        written=frozenset({"alarms", "operator", "actions", "silenced"}),
        ignore_changes=lambda alarm: ("actions_enabled",) if alarm.silenced else (),
        ignored_because="Schedules switch them off while what the alarm watches is stopped.",
        section=2,
    ),
    Row(
        Dashboard,
        "aws_cloudwatch_dashboard",
        CLOUDWATCH,
        attributes={"id": "dashboard_name"},
        rename={"body": "dashboard_body"},
        section=3,
    ),
    Row(
        Budget,
        "aws_budgets_budget",
        "budgets.tf",
        attributes={"id": "name"},
        rename={"budget_name": "name"},
        arguments=_budget,
        blocks=_budget_blocks,
        written=frozenset({"limit_usd", "cost_filter_tags", "notifications"}),
    ),
)  # fmt: skip
