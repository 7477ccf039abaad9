"""Application Auto Scaling of ECS services in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import CannotExpressError, Context
from groundplan.engines.terraform.hcl import Block, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.resources.containers import ScalableTarget, ScalingPolicy
from groundplan.resources.edge import TargetGroup, balancer_of
from groundplan.resources.values import Ref, Text, text


def _scalable_target(target: ScalableTarget, _: Context) -> dict[str, object]:
    cluster, service = target.cluster.attribute("id"), target.service.attribute("name")
    return {
        "resource_id": text("service/", cluster, "/", service),
        "min_capacity": target.min_capacity,
        "max_capacity": target.max_capacity,
    }


def _scaling_policy(policy: ScalingPolicy, context: Context) -> dict[str, object]:
    target = context.address(policy.target)
    same = ("service_namespace", "scalable_dimension", "resource_id")
    return {name: Expression(f"{target}.{name}") for name in same}


def _target_tracking(policy: ScalingPolicy, context: Context) -> Iterator[Block]:
    group = policy.request_count_target_group
    metric = {
        "predefined_metric_type": policy.predefined_metric,
        "resource_label": _resource_label(group, context) if group else None,
    }
    yield context.block(
        "target_tracking_scaling_policy_configuration",
        {
            "target_value": policy.target_value,
            "scale_in_cooldown": policy.scale_in_cooldown,
            "scale_out_cooldown": policy.scale_out_cooldown,
        },
        context.block("predefined_metric_specification", metric),
    )


def _resource_label(group: Ref[TargetGroup], context: Context) -> Text:
    """``app/<load balancer>/<id>/targetgroup/<target group>/<id>``: whose requests are counted.

    Raises CannotExpressError where no listener sends requests to the target group, so that nothing could be counted.
    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
    """
    balancer = balancer_of(context.architecture, group)
    if balancer is None:
        raise CannotExpressError(f"no listener forwards to {group}, whose requests the policy counts")
    return Text((balancer.attribute("full_name"), "/", group.attribute("full_name")))


ROWS = (
    Row(
        ScalableTarget,
        "aws_appautoscaling_target",
        "autoscaling.tf",
        attributes={"id": "id"},
        fixed={"service_namespace": "ecs", "scalable_dimension": "ecs:service:DesiredCount"},
        arguments=_scalable_target,
        written=frozenset({"service", "cluster", "min_capacity", "max_capacity"}),
    ),
    Row(
        ScalingPolicy,
        "aws_appautoscaling_policy",
        "autoscaling.tf",
        attributes={"id": "arn", "arn": "arn"},
        rename={"policy_name": "name"},
        fixed={"policy_type": "TargetTrackingScaling"},
        arguments=_scaling_policy,
        blocks=_target_tracking,
        written=frozenset(
            {
                "target", "predefined_metric", "request_count_target_group", "target_value", "scale_in_cooldown",
                "scale_out_cooldown",
            }
        ),
        group=lambda policy: policy.target.name,
    ),
)  # fmt: skip
