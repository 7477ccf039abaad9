"""Alarms, dashboard, notifications and budget."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.engines.parts.names import ALERTS, API, API_TARGETS, BALANCER, LOGS_KEY

from groundplan.resources import Resource
from groundplan.resources.monitoring import (
    Alarm,
    Budget,
    BudgetNotification,
    Dashboard,
    Metric,
    MetricExpression,
    Topic,
    TopicPolicy,
    TopicSubscription,
)
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.values import InputValue, JsonDocument, Pseudo


def monitoring() -> Iterator[Resource]:
    """Alarms, dashboard, notifications and budget of the sample."""
    yield Topic(
        name="alerts",
        concern="monitoring",
        topic_name="sample-production-alerts",
        display_name="Sample alerts",
        kms_key=LOGS_KEY,
    )
    yield TopicPolicy(
        name="alerts",
        concern="monitoring",
        topic=ALERTS,
        policy=PolicyDocument(
            (
                Statement(
                    sid="Publish",
                    principals=(Principal("Service", ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")),),
                    actions=("sns:Publish",),
                    resources=(ALERTS.arn,),
                    conditions=(
                        Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,)),
                    ),
                ),
            )
        ),
    )
    yield TopicSubscription(
        name="alerts", concern="monitoring", topic=ALERTS, protocol="email", endpoint=InputValue("alert_email")
    )
    yield Alarm(
        name="api-cpu",
        concern="monitoring",
        alarm_name="sample-production-api-cpu",
        description="The api service is short of CPU",
        metric=Metric(
            namespace="AWS/ECS",
            metric_name="CPUUtilization",
            dimensions={"ClusterName": "sample-production", "ServiceName": API.attribute("name")},
        ),
        comparison_operator="GreaterThanThreshold",
        threshold=Decimal(85),
        period=60,
        evaluation_periods=5,
        datapoints_to_alarm=3,
        actions=(ALERTS,),
    )
    load_balancer = {"LoadBalancer": BALANCER.attribute("full_name")}
    yield Alarm(
        name="latency",
        concern="monitoring",
        alarm_name="sample-production-latency",
        description="Slow answers",
        metric=Metric(
            namespace="AWS/ApplicationELB",
            metric_name="TargetResponseTime",
            dimensions={**load_balancer, "TargetGroup": API_TARGETS.attribute("full_name")},
            statistic="p95",
        ),
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=Decimal("0.5"),
        period=300,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        treat_missing_data="notBreaching",
        actions=(ALERTS,),
        silenced=True,
    )
    yield Alarm(
        name="errors",
        concern="monitoring",
        alarm_name="sample-production-errors",
        description="Share of failed requests",
        metric=MetricExpression(
            expression="100 * errors / requests",
            label="Error rate",
            metrics={
                "errors": Metric(
                    namespace="AWS/ApplicationELB",
                    metric_name="HTTPCode_Target_5XX_Count",
                    dimensions=load_balancer,
                    statistic="Sum",
                ),
                "requests": Metric(
                    namespace="AWS/ApplicationELB",
                    metric_name="RequestCount",
                    dimensions=load_balancer,
                    statistic="Sum",
                ),
            },
        ),
        comparison_operator="GreaterThanThreshold",
        threshold=Decimal(1),
        period=300,
        evaluation_periods=2,
        datapoints_to_alarm=2,
        treat_missing_data="notBreaching",
        actions=(ALERTS,),
    )
    yield Dashboard(
        name="main",
        concern="monitoring",
        dashboard_name="sample-production",
        body=JsonDocument(
            {
                "widgets": [
                    {
                        "type": "metric",
                        "x": 0,
                        "y": 0,
                        "width": 12,
                        "height": 6,
                        "properties": {
                            "title": "API CPU",
                            "region": Pseudo.REGION,
                            "stat": "Average",
                            "period": 60,
                            "metrics": [
                                [
                                    "AWS/ECS",
                                    "CPUUtilization",
                                    "ClusterName",
                                    "sample-production",
                                    "ServiceName",
                                    API.attribute("name"),
                                ]
                            ],
                            "view": "timeSeries",
                            "stacked": False,
                        },
                    },
                    {
                        "type": "text",
                        "x": 12,
                        "y": 0,
                        "width": 12,
                        "height": 6,
                        "properties": {"markdown": 'Sample "production" ${literal}'},
                    },
                ]
            }
        ),
    )
    yield Budget(
        name="monthly",
        concern="monitoring",
        budget_name="sample-production-monthly",
        limit_usd=Decimal("373.50"),
        cost_filter_tags={"Project": "sample", "Environment": "production"},
        notifications=(
            BudgetNotification(
                notification_type="ACTUAL", threshold_percent=80, emails=("ops@example.com",), topics=(ALERTS,)
            ),
            BudgetNotification(notification_type="FORECASTED", threshold_percent=100, emails=("ops@example.com",)),
        ),
    )
