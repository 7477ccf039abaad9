"""What watches an environment, and who hears of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.acceptance.personal_timeline.expected import expected
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System

from groundplan.cost import Estimate
from groundplan.resources import Architecture
from groundplan.resources.monitoring import Alarm, LogGroup

PEOPLE = "operations@personal-timeline.com"


def alarms_of(aws: Aws, system: System, region: str | None = None) -> dict[str, dict[str, Any]]:
    """The environment's alarms by their name without its prefix."""
    pages = aws.client("cloudwatch", region).get_paginator("describe_alarms").paginate()
    prefix = expected(system).prefix
    return {
        alarm["AlarmName"].removeprefix(prefix): alarm
        for page in pages
        for alarm in page["MetricAlarms"]
        if alarm["AlarmName"].startswith(prefix)
    }


def composites_of(aws: Aws, system: System, topic: str) -> list[str]:
    """The rules of the environment's composite alarms that tell a topic, with names without their prefix."""
    found = aws.client("cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    prefix = expected(system).prefix
    return [
        alarm["AlarmRule"].replace(prefix, "")
        for alarm in found
        if alarm["AlarmName"].startswith(prefix) and topic in alarm["AlarmActions"]
    ]


def topic_of(aws: Aws, system: System) -> str:
    """The topic that the environment's alarms tell."""
    topics = [topic["TopicArn"] for topic in aws.client("sns").list_topics()["Topics"]]
    (found,) = (topic for topic in topics if topic.endswith(f":{expected(system).prefix}alarms"))
    return str(found)


class Monitoring:
    """CloudWatch, SNS and AWS Budgets."""

    @requirement("PT-33", "PT-73", "PT-175", "PT-178")
    def test_alarms_tell_somebody(self, aws: Aws, system: System, architecture: Architecture) -> None:
        found = alarms_of(aws, system)
        designed = {alarm.alarm_name for alarm in architecture.of(Alarm) if alarm.region in (None, "us-east-1")}
        assert {f"{expected(system).prefix}{name}" for name in found} == designed
        topic = topic_of(aws, system)
        silent = {name for name, alarm in found.items() if topic not in alarm["AlarmActions"]}
        told = {name for name in silent if any(f'"{name}"' in rule for rule in composites_of(aws, system, topic))}
        assert {name for name in silent - told if not name.startswith("api-rollback-")} == set()

    @requirement("PT-33", "PT-178", "PT-259")
    def test_topic_reaches_people(self, aws: Aws, system: System) -> None:
        found = aws.client("sns").list_subscriptions_by_topic(TopicArn=topic_of(aws, system))["Subscriptions"]
        assert [(item["Protocol"], item["Endpoint"]) for item in found] == [("email", PEOPLE)]

    @requirement("PT-175", "PT-189")
    def test_everything_that_works_is_watched(self, aws: Aws, system: System) -> None:
        """Cluster, load balancer, database, cache, queue and CDN."""
        found = alarms_of(aws, system)
        watched = {alarm.get("Namespace") for alarm in found.values()} | {
            query["MetricStat"]["Metric"]["Namespace"]
            for alarm in found.values()
            for query in alarm.get("Metrics", ())
            if "MetricStat" in query
        }
        assert watched >= {
            "AWS/EKS", "AWS/ApplicationELB", "AWS/RDS", "AWS/ElastiCache", "AWS/SQS", "AWS/CloudFront",
        }  # fmt: skip

    @requirement("PT-44", "PT-73", "PT-176", "PT-203")
    def test_dashboard(self, aws: Aws, system: System) -> None:
        cloudwatch = aws.client("cloudwatch")
        name = f"{expected(system).prefix}overview"
        body = json.dumps(json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]))
        assert "AWS/ApplicationELB" in body
        assert "TargetResponseTime" in body
        assert f"{expected(system).prefix}db-primary" in body

    @requirement("PT-31", "PT-177", "PT-195")
    def test_log_groups_have_a_retention(self, aws: Aws, system: System, architecture: Architecture) -> None:
        designed = {group.log_group_name: group for group in architecture.of(LogGroup) if group.region is None}
        found = {
            group["logGroupName"]: group
            for page in aws.client("logs").get_paginator("describe_log_groups").paginate()
            for group in page["logGroups"]
        }
        assert set(designed) <= set(found)
        assert [name for name in designed if not found[name].get("retentionInDays")] == []
        pods = [found[f"/personal-timeline/{expected(system).token}/{name}"] for name in ("api", "processor")]
        days = {group["retentionInDays"] for group in pods}
        assert days == (
            {7} if system.environment == "development" else {14} if system.environment == "staging" else {30}
        )

    @requirement("PT-34", "PT-52", "PT-187", "PT-192", "PT-236", "PT-237", "PT-238", "PT-263")
    def test_budget(self, aws: Aws, system: System) -> None:
        budgets = aws.client("budgets")
        every = budgets.describe_budgets(AccountId=aws.account)["Budgets"]
        (found,) = (item for item in every if item["BudgetName"].startswith(expected(system).prefix))
        assert Decimal(found["BudgetLimit"]["Amount"]) == expected(system).budget
        told = budgets.describe_notifications_for_budget(AccountId=aws.account, BudgetName=found["BudgetName"])
        assert {(item["NotificationType"], item["Threshold"]) for item in told["Notifications"]} == {
            ("ACTUAL", 80.0), ("ACTUAL", 100.0), ("FORECASTED", 100.0),
        }  # fmt: skip

    @requirement("PT-08", "PT-236", "PT-237", "PT-238")
    def test_it_stays_below_its_budget(self, costs: Estimate, system: System) -> None:
        assert costs.monthly < expected(system).budget
