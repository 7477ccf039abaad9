"""Sidecars, steps and metric math on the local AWS, read back with boto3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.engines.cloudformation.deploying import Client, Deployment, local_aws
from tests.engines.observed import observed

from groundplan.engines.cloudformation import render

REGION = "eu-central-1"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with local_aws(tmp_path_factory.mktemp("local"), REGION) as client:
        inputs = {item.name: item.default or "" for item in observed().inputs}
        Deployment(render(observed()), client, inputs).create()
        yield client


@pytest.fixture(scope="module")
def containers(aws: Client) -> dict[str, dict[str, Any]]:
    found = aws("ecs").describe_task_definition(taskDefinition="Shop-production-api")["taskDefinition"]
    return {item["name"]: item for item in found["containerDefinitions"]}


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item["value"] for item in container["environment"]}


def test_the_application_waits_for_what_runs_beside_it(containers: dict[str, dict[str, Any]]) -> None:
    assert {item["containerName"]: item["condition"] for item in containers["api"]["dependsOn"]} == {
        "main-extensions": "SUCCESS",
        "log-router": "START",
        "otel-collector": "START",
    }
    assert [name for name, item in containers.items() if item["essential"]] == ["api", "log-router"]


def test_lines_are_sorted_into_the_log_groups_that_exist(aws: Client, containers: dict[str, dict[str, Any]]) -> None:
    assert containers["api"]["logConfiguration"]["logDriver"] == "awsfirelens"
    router = containers["log-router"]
    assert router["firelensConfiguration"]["options"]["config-file-type"] == "file"
    routes = variables(router)["ROUTES"]
    written = [line.split()[-1] for line in routes.splitlines() if "log_group_name" in line]
    existing = aws("logs").describe_log_groups(logGroupNamePrefix="/ecs/shop-api")["logGroups"]
    assert written == ["/ecs/shop-api", "/ecs/shop-api/access", "/ecs/shop-api/errors"]
    assert sorted(item["logGroupName"] for item in existing) == written
    assert f"    region {REGION}\n" in routes
    assert r"    Rule $log \x22(GET|POST)\x20/ route.access.$TAG false" in routes.splitlines()


def test_the_database_is_reached_as_it_says(aws: Client, containers: dict[str, dict[str, Any]]) -> None:
    creator = containers["main-extensions"]
    (instance,) = aws("rds").describe_db_instances()["DBInstances"]
    assert variables(creator)["PGHOST"] == instance["Endpoint"]["Address"]
    arn = creator["secrets"][1]["valueFrom"].removesuffix(":password::")
    assert aws("secretsmanager").describe_secret(SecretId=arn)["Name"] == "Shop/production/main_password"


def test_variables_say_what_they_refer_to(aws: Client, containers: dict[str, dict[str, Any]]) -> None:
    (balancer,) = aws("elbv2").describe_load_balancers()["LoadBalancers"]
    found = variables(containers["api"])
    assert found["HOST"] == balancer["DNSName"]
    assert found["LINK"] == f"https://{balancer['DNSName']}/?a=${{b}}"
    assert found["PLACE"] == f"{REGION}/production"


def test_the_repository_and_the_load_balancer(aws: Client) -> None:
    policy = aws("ecr").get_lifecycle_policy(repositoryName="shop-production-app")["lifecyclePolicyText"]
    assert '"countNumber": 5' in policy
    (group,) = aws("elbv2").describe_target_groups()["TargetGroups"]
    assert (group["HealthyThresholdCount"], group["UnhealthyThresholdCount"]) == (3, 4)


def test_steps_hang_on_their_alarms(aws: Client) -> None:
    found = aws("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    steps = {item["PolicyName"]: item for item in found if item["PolicyType"] == "StepScaling"}
    assert {
        name: item["StepScalingPolicyConfiguration"]["StepAdjustments"][0]["ScalingAdjustment"]
        for name, item in steps.items()
    } == {"api-out-scaling": 1, "api-in-scaling": -1}
    alarms = {item["AlarmName"]: item for item in aws("cloudwatch").describe_alarms()["MetricAlarms"]}
    for what in ("cpu", "memory", "requests"):
        alarm = alarms[f"Shop-production-api-{what}-scale-out"]
        assert alarm["AlarmActions"] == [steps["api-out-scaling"]["PolicyARN"]]
        assert not alarm.get("OKActions")
    less = alarms["Shop-production-api-scale-in"]
    assert less["AlarmActions"] == [steps["api-in-scaling"]["PolicyARN"]]
    assert len(less["Metrics"]) == 4


def test_the_backlog_is_metric_math(aws: Client) -> None:
    found = aws("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    (policy,) = (item for item in found if item["PolicyName"] == "mailer-backlog-scaling")
    metrics = policy["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]["Metrics"]
    (queue,) = metrics[0]["MetricStat"]["Metric"]["Dimensions"]
    assert aws("sqs").get_queue_url(QueueName=queue["Value"])["QueueUrl"].endswith("/Shop-production-emails")
    assert metrics[-1]["Expression"] == "waiting1 / IF(tasks > 0, tasks, 1)"


def test_traces_have_a_group_and_a_rule(aws: Client) -> None:
    groups = {item["GroupName"]: item for item in aws("xray").get_groups()["Groups"]}
    assert groups["Shop-production-traces"]["FilterExpression"] == 'service("Shop-production-api")'
    rules = [item["SamplingRule"] for item in aws("xray").get_sampling_rules()["SamplingRuleRecords"]]
    (rule,) = (item for item in rules if item["RuleName"] == "Shop-production-traces")
    assert (rule["ServiceName"], rule["FixedRate"]) == ("Shop-production-*", 0.05)
