"""SS-115, SS-148 to SS-162: logs and where their lines go, metrics, alarms."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from tests.acceptance import deployed
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, at

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.resources import Architecture
from groundplan.resources.monitoring import Alarm, Dashboard, LogGroup, MetricExpression, Topic
from groundplan.resources.values import Ref

ENVIRONMENT = "prod"
LOG_GROUPS = [
    proves("SS-115 SS-148 SS-153", "backend", "/ecs/spendsense-backend"),
    proves("SS-115 SS-149 SS-153", "backend_access", "/ecs/spendsense-backend/access"),
    proves("SS-115 SS-150 SS-153", "backend_errors", "/ecs/spendsense-backend/errors"),
]
# Name of the alarm, what it looks at, threshold.
ALARMS = [
    proves("SS-154 SS-159", "backend-cpu-high", "CPUUtilization", 80),
    proves("SS-155 SS-160", "backend-memory-high", "MemoryUtilization", 90),
    proves("SS-156 SS-157 SS-161", "alb-errors-high", None, 1),
    proves("SS-162", "backend-unhealthy-hosts", "UnHealthyHostCount", 0),
]
METRICS = [
    proves("SS-154", "CPUUtilization"),
    proves("SS-155", "MemoryUtilization"),
    proves("SS-156", "RequestCount"),
    proves("SS-157", "HTTPCode_Target_5XX_Count"),
    proves("SS-158", "TargetResponseTime"),
]
each_log_group = pytest.mark.parametrize(("name", "group"), LOG_GROUPS)
each_alarm = pytest.mark.parametrize(("name", "metric", "threshold"), ALARMS)


@each_log_group
def test_log_group(terraform: TerraformRoot, templates: Templates, name: str, group: str) -> None:
    planned, written = terraform.of(Ref(LogGroup, name)), templates.properties(Ref(LogGroup, name))
    assert (planned["name"], planned["retention_in_days"]) == (group, 30)
    assert (written["LogGroupName"], written["RetentionInDays"]) == (group, 30)


@each_log_group
def test_deployed_log_group(aws: Aws, name: str, group: str) -> None:
    found = aws.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert [item["retentionInDays"] for item in found if item["logGroupName"] == group] == [30]


def routes(configuration: str) -> dict[str, str]:
    """Log group to the tag of the lines that are written to it, as Fluent Bit is told."""
    outputs = [
        dict(re.findall(r"^ +(\w+) (.+)$", part, re.M)) for part in configuration.split("[OUTPUT]")[1:]
    ]  # fmt: skip
    assert {output["Name"] for output in outputs} == {"cloudwatch_logs"}
    return {output["log_group_name"]: output["Match"] for output in outputs}


@requirement("SS-149", "SS-150")
def test_deployed_log_router_writes_to_every_group(aws: Aws) -> None:
    """C-89: the container prints to the router, which sorts the lines; the first rule that matches takes a line."""
    containers = deployed.task(aws, "spendsense-backend")["containerDefinitions"]
    backend, router = at(containers, "backend"), at(containers, "log-router")
    assert backend["logConfiguration"]["logDriver"] == "awsfirelens"
    assert backend["dependsOn"] == [{"containerName": "log-router", "condition": "START"}]
    assert router["firelensConfiguration"]["type"] == "fluentbit"
    assert router["logConfiguration"]["options"]["awslogs-group"] == "/ecs/spendsense-backend"
    configuration = at(router, "environment.ROUTES.value")
    assert routes(configuration) == {
        "/ecs/spendsense-backend": "backend-firelens-*",
        "/ecs/spendsense-backend/access": "route.access.*",
        "/ecs/spendsense-backend/errors": "route.errors.*",
    }
    rules = re.findall(r"^ +Rule \$log (\S+) route\.(\w+)\.\$TAG false$", configuration, re.M)
    assert [route for _, route in rules] == ["access", "errors"]


@pytest.mark.parametrize(
    ("line", "route"),
    [
        ('INFO:     10.1.1.7:51234 - "GET /accounts?page=2 HTTP/1.1" 200 OK', "access"),
        (r'{"level": "INFO", "message": "10.1.1.7:51234 - \"POST /login HTTP/1.1\" 500"}', "access"),
        ('{"level": "ERROR", "message": "the bank does not answer"}', "errors"),
        ('{"level":"CRITICAL","message":"no database"}', "errors"),
        ('{"level": "INFO", "message": "an ERROR was corrected"}', None),
        ('{"level": "WARNING", "message": "GET took long"}', None),
    ],
)
@requirement("SS-149", "SS-150")
def test_lines_go_where_they_belong(production: LoadedEnvironment, line: str, route: str | None) -> None:
    patterns = production.blueprint.services["backend"].logs.routes
    found = next((name for name, pattern in patterns.items() if re.search(pattern, line)), None)
    assert found == route


@pytest.mark.parametrize("metric", METRICS)
def test_dashboard_shows(architecture: Architecture, metric: str) -> None:
    (dashboard,) = architecture.of(Dashboard)
    assert f"'{metric}'" in str(dashboard.body) or f'"{metric}"' in str(dashboard.body)


@pytest.mark.parametrize("metric", METRICS)
def test_deployed_dashboard_shows(aws: Aws, metric: str) -> None:
    cloudwatch = aws.client("cloudwatch")
    (entry,) = cloudwatch.list_dashboards()["DashboardEntries"]
    body = cloudwatch.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"]
    assert f'"{metric}"' in body


def deployed_alarm(aws: Aws, name: str) -> dict[str, Any]:
    alarms = aws.client("cloudwatch").describe_alarms(AlarmNames=[f"spendsense-{name}"])["MetricAlarms"]
    (found,) = alarms
    alarm: dict[str, Any] = found
    return alarm


@each_alarm
def test_alarm(architecture: Architecture, name: str, metric: str | None, threshold: int) -> None:
    (alarm,) = (item for item in architecture.of(Alarm) if item.alarm_name == f"spendsense-{name}")
    assert (alarm.comparison_operator, alarm.threshold) == ("GreaterThanThreshold", Decimal(threshold))
    assert alarm.period * alarm.evaluation_periods == 300
    assert alarm.datapoints_to_alarm == alarm.evaluation_periods
    assert alarm.actions == (Ref(Topic, "alarms"),)
    assert (alarm.metric.metric_name if not isinstance(alarm.metric, MetricExpression) else None) == metric


@each_alarm
def test_deployed_alarm(aws: Aws, name: str, metric: str | None, threshold: int) -> None:
    alarm = deployed_alarm(aws, name)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (float(threshold), "GreaterThanThreshold")
    period = alarm["Period"] if metric else at(alarm["Metrics"], "1.MetricStat.Period")
    assert period * alarm["EvaluationPeriods"] == 300
    assert alarm.get("MetricName") == metric
    (topic,) = aws.client("sns").list_topics()["Topics"]
    assert alarm["AlarmActions"] == [topic["TopicArn"]]


@requirement("SS-157", "SS-161")
def test_deployed_error_rate_is_a_share_of_the_requests(aws: Aws) -> None:
    alarm = deployed_alarm(aws, "alb-errors-high")
    (expression,) = (item["Expression"] for item in alarm["Metrics"] if "Expression" in item)
    used = {item["Id"]: item["MetricStat"]["Metric"]["MetricName"] for item in alarm["Metrics"] if "MetricStat" in item}
    assert set(used.values()) == {"RequestCount", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"}
    assert all(re.search(rf"\b{name}\b", expression) for name in used)
    assert "100 *" in expression


@requirement("SS-159", "SS-160", "SS-161", "SS-162")
def test_deployed_topic_tells_somebody(aws: Aws) -> None:
    (subscription,) = aws.client("sns").list_subscriptions()["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "operations@spendsense.app")
