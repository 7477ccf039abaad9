"""SS-46, SS-50 to SS-53, SS-66 to SS-69: scaling between 2 and 10 tasks, by target tracking or by steps of one task."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, at, same
from tests.acceptance.target_tracking import Load, replay
from tests.acceptance.variants import with_settings

from groundplan.resources import Architecture
from groundplan.resources.monitoring import Alarm
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy, StepScalingPolicy
from groundplan.resources.values import Ref

ENVIRONMENT = "prod"
SERVICE = "service/spendsense-cluster/spendsense-backend"
TARGET = Ref(ScalableTarget, "backend")
CPU, MEMORY, REQUESTS = (Ref(ScalingPolicy, f"backend_{what}") for what in ("cpu", "memory", "requests"))
METRIC = "PredefinedMetricSpecification.PredefinedMetricType"
MINUTE = 60

TARGET_VALUES = [
    proves("SS-46 SS-52 SS-140", "min_capacity", "MinCapacity", 2),
    proves("SS-46 SS-53 SS-141", "max_capacity", "MaxCapacity", 10),
]
POLICY_VALUES = [
    proves("SS-50", CPU, METRIC, "ECSServiceAverageCPUUtilization"),
    proves("SS-50", CPU, "TargetValue", 70.0),
    proves("SS-51", MEMORY, METRIC, "ECSServiceAverageMemoryUtilization"),
    proves("SS-51", MEMORY, "TargetValue", 80.0),
    proves("SS-66", REQUESTS, METRIC, "ALBRequestCountPerTarget"),
    proves("SS-66", REQUESTS, "TargetValue", 1000.0),
    *(
        proves(row, policy, name, seconds)
        for row, name, seconds in (("SS-67", "ScaleOutCooldown", 120), ("SS-68", "ScaleInCooldown", 300))
        for policy in (CPU, MEMORY, REQUESTS)
    ),
    *(proves("SS-69", policy, "PolicyType", "TargetTrackingScaling") for policy in (CPU, MEMORY, REQUESTS)),
]
each_target_value = pytest.mark.parametrize(("argument", "name", "expected"), TARGET_VALUES)
each_policy_value = pytest.mark.parametrize(("policy", "name", "expected"), POLICY_VALUES)


def of_policy(values: dict[str, Any], path: str) -> Any:
    """A value of a policy, which stands in it or in its target tracking configuration."""
    return values[path] if path in values else at(values["TargetTrackingScalingPolicyConfiguration"], path)


def planned(values: dict[str, Any], path: str) -> Any:
    """As CloudFormation calls it, of Terraform's values."""
    named = ".0.".join("".join(f"_{c.lower()}" if c.isupper() else c for c in step)[1:] for step in path.split("."))
    return values[named] if named in values else at(values["target_tracking_scaling_policy_configuration"][0], named)


@each_target_value
def test_target(terraform: TerraformRoot, templates: Templates, argument: str, name: str, expected: int) -> None:
    assert terraform.of(TARGET)[argument] == templates.properties(TARGET)[name] == expected
    assert terraform.of(TARGET)["resource_id"] == SERVICE


@each_target_value
def test_deployed_target(aws: Aws, argument: str, name: str, expected: int) -> None:
    client = aws.client("application-autoscaling")
    (target,) = client.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["ResourceId"], target[name]) == (SERVICE, expected)


@each_policy_value
def test_policy(
    terraform: TerraformRoot, templates: Templates, policy: Ref[ScalingPolicy], name: str, expected: object
) -> None:
    assert same(planned(terraform.of(policy), name), expected)
    assert same(of_policy(templates.properties(policy), name), expected)


@each_policy_value
def test_deployed_policy(
    aws: Aws, architecture: Architecture, policy: Ref[ScalingPolicy], name: str, expected: object
) -> None:
    client = aws.client("application-autoscaling")
    every = client.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=SERVICE)["ScalingPolicies"]
    assert len(every) == 3
    (found,) = (item for item in every if item["PolicyName"] == architecture[policy].policy_name)
    assert same(of_policy(found, name), expected)


@requirement("SS-66")
def test_deployed_requests_are_those_of_the_target_group(aws: Aws) -> None:
    client = aws.client("application-autoscaling")
    every = client.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=SERVICE)["ScalingPolicies"]
    (found,) = (item for item in every if item["PolicyName"] == "backend-requests-scaling")
    label = found["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["ResourceLabel"]
    elb = aws.client("elbv2")
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"].partition("loadbalancer/")[2]
    group = elb.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"].rpartition(":")[2]
    assert label == f"{balancer}/{group}"


RUSH = [2] * 20 + [12] * 40 + [2] * 60
"""Demand of each minute in tasks that are busy with it: a rush of six times the quiet load, beyond what is allowed."""


@requirement("SS-50", "SS-51", "SS-52", "SS-53", "SS-66", "SS-67", "SS-68")
@pytest.mark.parametrize(
    ("what", "target"), [("cpu", 70), ("memory", 80), ("requests", 1000)], ids=["cpu", "memory", "requests"]
)
def test_tasks_follow_the_load_within_their_bounds(architecture: Architecture, what: str, target: int) -> None:
    """C-86: out at once, in after 15 quiet minutes, never beyond the bounds."""
    load = [Load(**{what: Decimal(tasks * target)}) for tasks in RUSH]
    counts = replay(architecture, TARGET, load, start=2)
    assert counts == [2] * 20 + [10] * (40 + 14) + [2] * (60 - 14)


@requirement("SS-67", "SS-68", "SS-69")
def test_one_metric_has_one_policy(architecture: Architecture) -> None:
    """C-86: target tracking and steps would fight over a metric."""
    tracked = [policy.predefined_metric for policy in architecture.of(ScalingPolicy)]
    assert len(tracked) == len(set(tracked)) == 3
    assert architecture.of(StepScalingPolicy) == ()


@pytest.fixture
def steps(blueprint: Path) -> Architecture:
    """The other way to scale."""
    return with_settings(blueprint, ENVIRONMENT, "services.backend.scaling.method=step")


@requirement("SS-67", "SS-68")
def test_steps_of_one_task_can_be_had(steps: Architecture) -> None:
    """C-86: literally as demanded: one task more after 2 minutes above, one less after 5 minutes below."""
    assert steps.of(ScalingPolicy) == ()
    policies = {policy.name: policy for policy in steps.of(StepScalingPolicy)}
    assert {name: policy.adjustment for name, policy in policies.items()} == {"backend_out": 1, "backend_in": -1}
    looking = {
        name: [alarm.period * alarm.evaluation_periods for alarm in steps.of(Alarm) if policy.ref in alarm.scales]
        for name, policy in policies.items()
    }
    assert looking == {"backend_out": [120, 120, 120], "backend_in": [300]}


@requirement("SS-67", "SS-68")
def test_steps_add_one_task_after_two_minutes_and_remove_one_after_five(steps: Architecture) -> None:
    """The alarms as they are, on 3 minutes of load, then none, one data point a minute."""
    high = steps[Ref(Alarm, "backend_cpu_scale_out")]
    low = steps[Ref(Alarm, "backend_scale_in")]
    policies = {str(policy.ref): policy for policy in steps.of(StepScalingPolicy)}
    (out,), (into,) = ([policies[str(ref)] for ref in alarm.scales] for alarm in (high, low))

    def minutes() -> Iterator[int]:
        tasks, above, below, since = 2, 0, 0, 10**9
        for minute in range(20):
            value = Decimal(90) if minute < 3 else Decimal(0)
            above = above + 1 if value > high.threshold else 0
            below = below + 1 if value < high.threshold * Decimal("0.9") else 0
            since += MINUTE
            for policy, alarm, lasting in ((out, high, above), (into, low, below)):
                if lasting >= alarm.evaluation_periods and since >= policy.cooldown:
                    tasks, since = min(max(tasks + policy.adjustment, 2), 10), 0
            yield tasks

    assert list(minutes()) == [2, 3, 3, 3, 3, 3, 3, 2] + [2] * 12
