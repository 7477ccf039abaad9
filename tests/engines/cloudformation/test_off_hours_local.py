"""Off-hours and cluster mode on the local AWS: what stands there, and what a schedule's call does to it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from tests.engines.cloudformation.deploying import Client, Deployment, local_aws
from tests.engines.cloudformation.linting import found_by_lint
from tests.engines.off_hours import REGION, on_ecs, on_eks

from groundplan.engines.cloudformation import Stack, render
from groundplan.resources import Architecture


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with local_aws(tmp_path_factory.mktemp("local"), REGION) as make:
        yield make


def deploy(architecture: Architecture, client: Client) -> Deployment:
    inputs = {item.name: item.default or "" for item in architecture.inputs}
    deployment = Deployment(render(architecture), client, inputs)
    deployment.create()
    return deployment


@pytest.fixture(scope="module")
def deployed(client: Client) -> Deployment:
    return deploy(on_eks(), client)


@pytest.fixture(scope="module")
def eks(client: Client, deployed: Deployment) -> Client:
    return client


def schedules(client: Client, project: str = "shop") -> dict[str, Mapping[str, Any]]:
    """Every schedule of the group, as the API reads it back."""
    scheduler, prefix = client("scheduler"), f"{project}-production-"
    group = f"{prefix}off-hours"
    names = [item["Name"] for item in scheduler.list_schedules(GroupName=group)["Schedules"]]
    return {name.removeprefix(prefix): scheduler.get_schedule(Name=name, GroupName=group) for name in names}


def call(client: Client, schedule: Mapping[str, Any]) -> None:
    """Do what EventBridge Scheduler does with a universal target: call the operation with the input.

    It takes parameters in PascalCase; boto3 in each API's own spelling.
    """
    *_, service, operation = schedule["Target"]["Arn"].split(":")
    aws = client(service)
    model = next(
        aws.meta.service_model.operation_model(name)
        for name in aws.meta.service_model.operation_names
        if name.lower() == operation.lower()
    )
    method = next(name for name, known in aws.meta.method_to_api_mapping.items() if known == model.name)
    getattr(aws, method)(**spelled(json.loads(schedule["Target"]["Input"]), model.input_shape))


def spelled(value: Any, shape: Any) -> Any:
    if shape.type_name == "structure":
        members = {name.lower(): (name, member) for name, member in shape.members.items()}
        return {members[key.lower()][0]: spelled(item, members[key.lower()][1]) for key, item in value.items()}
    if shape.type_name == "list":
        return [spelled(item, shape.member) for item in value]
    return value


def sizes(client: Client) -> dict[str, dict[str, int]]:
    aws = client("eks")
    (cluster,) = aws.list_clusters()["clusters"]
    return {
        name: aws.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]["scalingConfig"]
        for name in aws.list_nodegroups(clusterName=cluster)["nodegroups"]
    }


def database(client: Client) -> str:
    (found,) = client("rds").describe_db_instances()["DBInstances"]
    return str(found["DBInstanceStatus"])


def alarms_on(client: Client) -> set[str]:
    paged = client("cloudwatch").get_paginator("describe_alarms").paginate()
    return {alarm["AlarmName"] for page in paged for alarm in page["MetricAlarms"] if alarm["ActionsEnabled"]}


def test_schedules_are_stored_with_their_targets(eks: Client) -> None:
    found = schedules(eks)
    assert set(found) == {
        *(f"{verb}-nodes-{group}" for verb in ("stop", "stop-again", "start") for group in ("general", "batch")),
        "stop-database-main", "start-database-main", "silence-alarms", "unsilence-alarms",
    }  # fmt: skip
    start = found["start-nodes-general"]
    assert (start["ScheduleExpression"], start["ScheduleExpressionTimezone"]) == (
        "cron(0 7 ? * MON,TUE,WED,THU,FRI *)",
        "Europe/Berlin",
    )
    assert start["Target"]["Arn"] == "arn:aws:scheduler:::aws-sdk:eks:updateNodegroupConfig"
    assert json.loads(start["Target"]["Input"])["ScalingConfig"] == {"MinSize": 2, "MaxSize": 6, "DesiredSize": 3}
    assert start["Target"]["DeadLetterConfig"]["Arn"].endswith("off-hours-not-started")
    assert found["stop-database-main"]["ScheduleExpression"] == "cron(15 20 * * ? *)"
    assert found["start-database-main"]["ScheduleExpression"] == "cron(45 6 ? * MON,TUE,WED,THU,FRI *)"
    assert found["stop-again-nodes-batch"]["ScheduleExpression"] == "cron(30 20 * * ? *)"


def test_a_night_with_a_deployment_and_a_morning(eks: Client, deployed: Deployment) -> None:
    found, before, speaking = schedules(eks), sizes(eks), alarms_on(eks)
    assert database(eks) == "available"
    for name in ("silence-alarms", "stop-nodes-general", "stop-nodes-batch", "stop-database-main"):
        call(eks, found[name])
    night = sizes(eks).values()
    assert [(size["minSize"], size["desiredSize"]) for size in night] == [(0, 0), (0, 0)]
    assert sorted(size["maxSize"] for size in night) == [2, 6]
    assert database(eks) == "stopped"
    (stack,) = [stack for stack in render(on_eks()).stacks if stack.name.endswith("services")]
    deployed.update(stack, stack.update_parameters)
    assert [(size["minSize"], size["desiredSize"]) for size in sizes(eks).values()] == [(0, 0), (0, 0)]
    assert {name for name in speaking - alarms_on(eks) if "sessions" in name} == set()
    assert "shop-production-main-cpu-high" in speaking - alarms_on(eks)

    for name in ("start-database-main", "start-nodes-general", "start-nodes-batch", "unsilence-alarms"):
        call(eks, found[name])
    assert (sizes(eks), database(eks), alarms_on(eks)) == (before, "available", speaking)


def test_the_cache_has_its_shards_and_one_address(eks: Client) -> None:
    (group,) = eks("elasticache").describe_replication_groups()["ReplicationGroups"]
    assert (group["ClusterEnabled"], group["AutomaticFailover"], group["MultiAZ"]) == (True, "enabled", "enabled")
    assert [shard["Slots"] for shard in group["NodeGroups"]] == ["0-8191", "8192-16383"]
    assert [node.rpartition("sessions")[2] for node in group["MemberClusters"]] == [
        "-0001-001", "-0001-002", "-0002-001", "-0002-002",
    ]  # fmt: skip
    address = group["ConfigurationEndpoint"]["Address"]
    secrets = eks("secretsmanager")
    (name,) = [
        item["Name"]
        for item in secrets.list_secrets()["SecretList"]
        if "sessions" in item["Name"] and "url" in item["Name"]
    ]
    url = secrets.get_secret_value(SecretId=name)["SecretString"]
    assert url.startswith("rediss://:")
    assert url.endswith(f"@{address}:6379")
    watched = {
        dimension["Value"]
        for page in eks("cloudwatch").get_paginator("describe_alarms").paginate()
        for alarm in page["MetricAlarms"]
        for dimension in alarm.get("Dimensions", ())
        if dimension["Name"] == "CacheClusterId"
    }
    assert watched == set(group["MemberClusters"])


def test_tasks_of_ecs_stop_and_start_by_their_scaling_or_their_number(client: Client) -> None:
    deploy(on_ecs(), client)
    found = schedules(client, "bazaar")
    assert set(found) == {
        f"{verb}-{what}"
        for verb in ("stop", "start")
        for what in ("service-worker", "capacity-machines", "database-main")
    } | {"silence-alarms", "unsilence-alarms"}

    actions = client("application-autoscaling").describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    assert {
        item["ScheduledActionName"]: (item["Schedule"], item["Timezone"], item["ScalableTargetAction"])
        for item in actions
    } == {
        "stop": ("cron(0 20 * * ? *)", "Europe/Berlin", {"MinCapacity": 0, "MaxCapacity": 0}),
        "start": ("cron(0 7 ? * MON,TUE,WED,THU,FRI *)", "Europe/Berlin", {"MinCapacity": 1, "MaxCapacity": 2}),
    }
    (target,) = client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert {item["ResourceId"] for item in actions} == {target["ResourceId"]}

    def state() -> tuple[int, int]:
        services = client("ecs").describe_services(
            cluster="bazaar-production-cluster", services=["bazaar-production-worker"]
        )
        (group,) = client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        return services["services"][0]["desiredCount"], group["MinSize"]

    by_day = state()
    assert by_day == (2, 1)
    for name in ("stop-service-worker", "stop-capacity-machines"):
        call(client, found[name])
    assert state() == (0, 0)
    for name in ("start-service-worker", "start-capacity-machines"):
        call(client, found[name])
    assert state() == by_day


@pytest.mark.parametrize("architecture", [on_eks, on_ecs], ids=["eks", "ecs"])
def test_cfn_lint_finds_nothing(architecture: Callable[[], Architecture]) -> None:
    rendered = render(architecture())
    assert rendered.unsupported == ()
    assert [(stack.name, rule, message) for stack, rule, message in found_by_lint(rendered.stacks)] == []


def update(client: Client, stack: Stack, body: str, end: str) -> None:
    """Change a stack and wait until it is as it is to end."""
    cloudformation = client("cloudformation")
    known = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["Parameters"]
    cloudformation.update_stack(
        StackName=stack.name,
        TemplateBody=body,
        Parameters=[{"ParameterKey": item["ParameterKey"], "UsePreviousValue": True} for item in known],
        Capabilities=list(stack.capabilities),
    )
    for _ in range(300):
        status = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["StackStatus"]
        if not status.endswith("IN_PROGRESS"):
            break
        time.sleep(0.1)
    assert status == end.upper()


def test_a_cache_can_have_more_shards_and_fewer(client: Client, eks: Client) -> None:
    """The template says ``UseOnlineResharding``, so that the keys move and the cache stays."""
    rendering = render(on_eks())
    (stack,) = [stack for stack in rendering.stacks if stack.name.endswith("caches")]
    inside = stack.template["Resources"]
    assert isinstance(inside, Mapping)
    (cache,) = [item for item in inside.values() if item["Type"] == "AWS::ElastiCache::ReplicationGroup"]
    assert cache["UpdatePolicy"] == {"UseOnlineResharding": True}
    cloudformation = client("cloudformation")
    before = client("elasticache").describe_replication_groups()["ReplicationGroups"][0]["ConfigurationEndpoint"]
    update(
        client, stack, stack.body.replace("ClusterMode: enabled", "ClusterMode: disabled"), "update_rollback_complete"
    )
    reasons = [
        event.get("ResourceStatusReason", "")
        for event in cloudformation.describe_stack_events(StackName=stack.name)["StackEvents"]
    ]
    assert any("only a cluster in mode compatible can" in reason for reason in reasons)
    for shards in (3, 2):
        body = stack.body.replace("NumNodeGroups: 2", f"NumNodeGroups: {shards}")
        update(client, stack, body, "update_complete")
        (group, *_) = client("elasticache").describe_replication_groups(ReplicationGroupId="shop-production-sessions")[
            "ReplicationGroups"
        ]
        assert len(group["NodeGroups"]) == shards
        assert len(group["MemberClusters"]) == 2 * shards
        assert group["ConfigurationEndpoint"] == before
