"""Amazon CloudWatch, Amazon SNS and AWS Budgets in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Kept, Row, present
from groundplan.resources import Architecture, Resource
from groundplan.resources.monitoring import (
    Alarm,
    Budget,
    BudgetNotification,
    CompositeAlarm,
    Dashboard,
    LogGroup,
    Metric,
    Topic,
    TopicPolicy,
    TopicSubscription,
)
from groundplan.resources.values import Attribute, Pseudo, Ref, Textual, text

_STATISTICS = frozenset({"Average", "Sum", "Maximum", "Minimum", "SampleCount"})
"""What ``Statistic`` takes; percentiles and the like are an ``ExtendedStatistic``."""


def _log_group_arn(ref: Ref[Resource]) -> Textual:
    """Without the ``:*`` that ``!GetAtt Arn`` has at its end, so that it means the group and not its streams."""
    return text(
        "arn:", Pseudo.PARTITION, ":logs:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":log-group:", Attribute(ref, "id")
    )


def _log_group_kept(_: LogGroup, __: Architecture) -> Kept:
    """Logs go with the environment; a group that is only replaced stays to be read."""
    return Kept("Delete", "Retain")


def _alarm(alarm: Alarm, _: Architecture) -> dict[str, object]:
    topics = list(alarm.actions)
    policies = [policy.arn for policy in alarm.scales]
    found: dict[str, object] = present(AlarmActions=[*topics, *policies] or None, OKActions=topics or None)
    metric = alarm.metric
    if isinstance(metric, Metric):
        statistic = "Statistic" if metric.statistic in _STATISTICS else "ExtendedStatistic"
        return {**_metric(metric), statistic: metric.statistic, "Period": alarm.period, **found}
    # An id of its own, whatever the operands are called.
    result = "result" + "_" * sum(name.rstrip("_") == "result" for name in metric.metrics)
    queries: list[object] = [{"Id": result, "Expression": metric.expression, "Label": metric.label, "ReturnData": True}]
    for name, operand in metric.metrics.items():
        stat = {"Metric": _metric(operand), "Stat": operand.statistic, "Period": alarm.period}
        queries.append({"Id": name, "MetricStat": stat, "ReturnData": False})
    return {"Metrics": queries, **found}


def _composite(alarm: CompositeAlarm, _: Architecture) -> dict[str, object]:
    """An alarm is meant by its ARN, since a name may be taken in another sense."""
    parts: list[Textual] = []
    for member in alarm.alarms:
        parts += [f" {alarm.operator} " if parts else "", 'ALARM("', member.arn, '")']
    topics = list(alarm.actions)
    return present(AlarmRule=text(*parts), AlarmActions=topics or None, OKActions=topics or None)


def _metric(metric: Metric) -> dict[str, object]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions.items()]
    return present(Namespace=metric.namespace, MetricName=metric.metric_name, Dimensions=dimensions or None)


def _topic_policy(policy: TopicPolicy, _: Architecture) -> dict[str, object]:
    return {"Topics": [policy.topic]}


def _budget(budget: Budget, _: Architecture) -> dict[str, object]:
    return {
        "Budget": {
            "BudgetName": budget.budget_name,
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": budget.limit_usd, "Unit": "USD"},
            **_cost_filter(budget),
        },
        "NotificationsWithSubscribers": [_notification(item) for item in budget.notifications],
    }


def _cost_filter(budget: Budget) -> dict[str, object]:
    """Every tag has to match. Values of a plain cost filter are alternatives, so several tags need an expression.

    Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Expression.html
    """
    tags = list(budget.cost_filter_tags.items())
    if not tags:
        return {}
    if len(tags) == 1:
        key, value = tags[0]
        return {"CostFilters": {"TagKeyValue": [f"user:{key}${value}"]}}
    each = [{"Tags": {"Key": key, "MatchOptions": ["EQUALS"], "Values": [value]}} for key, value in tags]
    return {"FilterExpression": {"And": each}, "Metrics": ["UnblendedCost"]}


def _notification(notification: BudgetNotification) -> dict[str, object]:
    emails = [{"SubscriptionType": "EMAIL", "Address": address} for address in notification.emails]
    topics = [{"SubscriptionType": "SNS", "Address": topic.arn} for topic in notification.topics]
    return {
        "Notification": {
            "NotificationType": notification.notification_type,
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": notification.threshold_percent,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [*emails, *topics],
    }


ROWS = (
    Row(
        LogGroup,
        "AWS::Logs::LogGroup",
        attributes={"id": RETURNED, "arn": _log_group_arn},
        rename={"kms_key": "KmsKeyId"},
        arns=frozenset({"kms_key"}),
        kept=_log_group_kept,
    ),
    Row(
        Topic,
        "AWS::SNS::Topic",
        attributes={"id": RETURNED, "arn": RETURNED},
        rename={"kms_key": "KmsMasterKeyId"},
    ),
    Row(
        TopicPolicy,
        "AWS::SNS::TopicPolicy",
        attributes={"id": RETURNED},
        rename={"policy": "PolicyDocument"},
        write=_topic_policy,
        written=frozenset({"topic"}),
    ),
    Row(TopicSubscription, "AWS::SNS::Subscription", attributes={"id": RETURNED}, rename={"topic": "TopicArn"}),
    Row(
        Alarm,
        "AWS::CloudWatch::Alarm",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"description": "AlarmDescription"},
        write=_alarm,
        written=frozenset({"metric", "period", "actions", "scales"}),
        not_rendered={"silenced": "a stack leaves actions that are switched off alone until the alarm itself changes"},
    ),
    Row(
        CompositeAlarm,
        "AWS::CloudWatch::CompositeAlarm",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"description": "AlarmDescription"},
        write=_composite,
        written=frozenset({"alarms", "operator", "actions"}),
        not_rendered={"silenced": "a stack leaves actions that are switched off alone until the alarm itself changes"},
    ),
    Row(Dashboard, "AWS::CloudWatch::Dashboard", attributes={"id": RETURNED}, rename={"body": "DashboardBody"}),
    Row(
        Budget,
        "AWS::Budgets::Budget",
        attributes={"id": RETURNED},
        write=_budget,
        written=frozenset({"budget_name", "limit_usd", "cost_filter_tags", "notifications"}),
        tag_property="ResourceTags",
    ),
)
