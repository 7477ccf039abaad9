"""DS-67 to DS-78, DS-08, DS-09, DS-183: scaling between 3 and 20 tasks, and what is left when a zone is lost."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Any

import pytest
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, System, Templates, TerraformRoot, at, same
from tests.acceptance.target_tracking import Load, replay

from groundplan.recovery.wording import written
from groundplan.resources import Architecture
from groundplan.resources.containers import (
    EcsService,
)
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.network import Route, Subnet
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy
from groundplan.resources.values import Ref

TARGET = Ref(ScalableTarget, "api")
CPU, MEMORY = Ref(ScalingPolicy, "api_cpu"), Ref(ScalingPolicy, "api_memory")

TARGET_VALUES = [
    proves("DS-68", "max_capacity", "MaxCapacity", 20),
    proves("DS-69", "min_capacity", "MinCapacity", 3),
]
POLICY_VALUES = [
    proves("DS-71", CPU, "policy_type", "PolicyType", "TargetTrackingScaling"),
    proves("DS-71", CPU, "name", "PolicyName", "api-cpu-scaling"),
    proves("DS-72", CPU, "predefined_metric_specification.0.predefined_metric_type",
           "PredefinedMetricSpecification.PredefinedMetricType", "ECSServiceAverageCPUUtilization"),
    proves("DS-73", CPU, "target_value", "TargetValue", 70.0),
    proves("DS-74", CPU, "scale_in_cooldown", "ScaleInCooldown", 300),
    proves("DS-75", CPU, "scale_out_cooldown", "ScaleOutCooldown", 60),
    proves("DS-76", MEMORY, "policy_type", "PolicyType", "TargetTrackingScaling"),
    proves("DS-76", MEMORY, "name", "PolicyName", "api-memory-scaling"),
    proves("DS-76", MEMORY, "predefined_metric_specification.0.predefined_metric_type",
           "PredefinedMetricSpecification.PredefinedMetricType", "ECSServiceAverageMemoryUtilization"),
    proves("DS-77", MEMORY, "target_value", "TargetValue", 80.0),
]  # fmt: skip
each_target_value = pytest.mark.parametrize(("argument", "name", "expected"), TARGET_VALUES)
each_policy_value = pytest.mark.parametrize(("policy", "argument", "name", "expected"), POLICY_VALUES)


def of_policy(values: dict[str, Any], configuration: str, path: str) -> Any:
    """A value of a policy, which stands in it or in its target tracking configuration."""
    inner = values[configuration]
    inner = inner[0] if isinstance(inner, list) else inner
    return values[path] if path in values else at(inner, path)


@each_target_value
def test_target(terraform: TerraformRoot, templates: Templates, argument: str, name: str, expected: int) -> None:
    assert terraform.of(TARGET)[argument] == expected
    assert templates.properties(TARGET)[name] == expected


@each_target_value
def test_deployed_target(aws: Aws, argument: str, name: str, expected: int) -> None:
    assert deployed_target(aws)[name] == expected


def deployed_target(aws: Aws) -> dict[str, Any]:
    found = aws.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert len(found) == 1
    target: dict[str, Any] = found[0]
    return target


@requirement("DS-70")
def test_target_is_the_service(terraform: TerraformRoot, templates: Templates) -> None:
    planned = terraform.of(TARGET)
    assert planned["resource_id"] == "service/DuskSpendr-cluster/DuskSpendr-api"
    assert (planned["scalable_dimension"], planned["service_namespace"]) == ("ecs:service:DesiredCount", "ecs")
    written = templates.properties(TARGET)
    assert (written["ScalableDimension"], written["ServiceNamespace"]) == ("ecs:service:DesiredCount", "ecs")


@requirement("DS-70")
def test_deployed_target_is_the_service(aws: Aws) -> None:
    target = deployed_target(aws)
    assert target["ResourceId"] == "service/DuskSpendr-cluster/DuskSpendr-api"
    assert (target["ScalableDimension"], target["ServiceNamespace"]) == ("ecs:service:DesiredCount", "ecs")


@each_policy_value
def test_policy(
    terraform: TerraformRoot,
    templates: Templates,
    policy: Ref[ScalingPolicy],
    argument: str,
    name: str,
    expected: object,
) -> None:
    planned, written = terraform.of(policy), templates.properties(policy)
    assert same(of_policy(planned, "target_tracking_scaling_policy_configuration", argument), expected)
    assert same(of_policy(written, "TargetTrackingScalingPolicyConfiguration", name), expected)


@each_policy_value
def test_deployed_policy(
    aws: Aws, architecture: Architecture, policy: Ref[ScalingPolicy], argument: str, name: str, expected: object
) -> None:
    client = aws.client("application-autoscaling")
    called = architecture[policy].policy_name
    every = client.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    assert sorted(item["PolicyName"] for item in every) == ["api-cpu-scaling", "api-memory-scaling"]
    found = [item for item in every if item["PolicyName"] == called]
    assert found[0]["ResourceId"] == "service/DuskSpendr-cluster/DuskSpendr-api"
    assert same(of_policy(found[0], "TargetTrackingScalingPolicyConfiguration", name), expected)


@requirement("DS-09", "DS-78", "DS-183")
@pytest.mark.parametrize("unit", ["cpu", "memory"])
def test_tasks_follow_the_load_within_their_bounds(architecture: Architecture, unit: str) -> None:
    """A morning rush of eight times the quiet load, then quiet again; one step is a minute."""
    quiet, rush = Load(**{unit: Decimal(150)}), Load(**{unit: Decimal(1200)})
    load = [quiet] * 10 + [rush] * 20 + [quiet] * 90
    counts = replay(architecture, TARGET, load, start=3)
    target = architecture[CPU if unit == "cpu" else MEMORY].target_value
    enough = ceil(1200 / target)
    assert counts[:10] == [3] * 10
    assert max(counts) == counts[29] == enough
    assert counts[-1] == 3
    assert counts == sorted(counts[:30]) + sorted(counts[30:], reverse=True)  # no swinging to and fro


@requirement("DS-78", "DS-183")
def test_no_load_leaves_the_bounds(architecture: Architecture) -> None:
    nothing, flood = Load(cpu=Decimal(0), memory=Decimal(0)), Load(cpu=Decimal(9000), memory=Decimal(100))
    counts = replay(architecture, TARGET, [nothing] * 30 + [flood] * 30 + [nothing] * 30, start=3)
    assert min(counts) == 3
    assert max(counts) == counts[59] == 20


@requirement("DS-08")
def test_every_tier_spans_two_zones(architecture: Architecture) -> None:
    zones = {(subnet.tier, subnet.availability_zone) for subnet in architecture.of(Subnet)}
    assert zones == {(tier, f"ap-south-1{zone}") for tier in ("public", "private", "database") for zone in "ab"}
    database = architecture[Ref(DatabaseInstance, "main")]
    cache = architecture[Ref(CacheReplicationGroup, "sessions")]
    assert database.multi_az
    assert cache.multi_az_enabled
    assert cache.automatic_failover_enabled


@requirement("DS-08", "DS-182")
@pytest.mark.parametrize("lost", ["a", "b"])
def test_what_is_left_without_a_zone_still_serves(architecture: Architecture, lost: str) -> None:
    left = "b" if lost == "a" else "a"
    balancer, service = architecture[Ref(LoadBalancer, "main")], architecture[Ref(EcsService, "api")]
    database = architecture[Ref(DatabaseInstance, "main")]
    cache = architecture[Ref(CacheReplicationGroup, "sessions")]
    assert database.subnet_group is not None
    for subnets in (
        balancer.subnets,
        service.subnets,
        architecture[database.subnet_group].subnets,
        architecture[cache.subnet_group].subnets,
    ):
        assert [subnet.key for subnet in subnets if subnet.key != lost] == [left]
    nat = architecture[Ref(Route, "private_internet", left)].nat_gateway
    assert nat is not None
    assert architecture[nat].subnet == Ref(Subnet, "public", left)
    # ECS spreads tasks evenly over zones: the zone with the larger half may be the one that is lost (C-25).
    survivors = service.desired_count // len(service.subnets)
    assert survivors == 1
    assert (cache.num_cache_clusters or 0) >= 2
    # Free addresses for all tasks that scaling may start, in the one subnet that is left; AWS keeps five of each.
    room = architecture[Ref(Subnet, "private", left)].cidr_block.num_addresses - 5
    assert room >= architecture[TARGET].max_capacity


@requirement("DS-08", "DS-09")
def test_scaling_brings_a_service_back_that_lost_a_zone(architecture: Architecture) -> None:
    """C-25: the load that held three tasks at 70 % falls on one; scaling alone restores the number."""
    counts = replay(architecture, TARGET, [Load(cpu=Decimal(210))] * 10, start=1)
    assert counts[0] == 3
    assert counts[-1] == 3


@requirement("DS-08")
def test_how_long_a_lost_zone_is_felt(system: System) -> None:
    """C-25: the one task that may be left carries too little until there are three again, as the README tells."""
    (zone,) = system.command_line.json("simulate", "recovery", "--after", "zone")["recoveries"]
    (assumed,) = zone["assumptions"]
    assert assumed.startswith("2 of 3 tasks of api carry all requests; 1 without the zone")
    assert all(step["by"] != "a person" for step in zone["steps"])
    usual, most = (written(zone["whole"][case]) for case in ("expected", "high"))
    assert f"ECS restores the number in {usual}, at the most {most}" in system.readme
