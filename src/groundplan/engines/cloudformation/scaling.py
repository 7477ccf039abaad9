"""Application Auto Scaling of ECS services in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row, present
from groundplan.resources import Architecture
from groundplan.resources.containers import ScalableTarget, ScalingPolicy
from groundplan.resources.edge import TargetGroup, balancer_of
from groundplan.resources.values import Attribute, Ref, text


def _service_id(target: ScalableTarget) -> object:
    return text("service/", Attribute(target.cluster, "id"), "/", target.service.attribute("name"))


def _scalable_target(target: ScalableTarget, _: Architecture) -> dict[str, object]:
    return {"ResourceId": _service_id(target)}


def _scaling_policy(policy: ScalingPolicy, architecture: Architecture) -> dict[str, object]:
    label = None
    if policy.request_count_target_group:
        label = _resource_label(policy.request_count_target_group, architecture)
    metric = present(PredefinedMetricType=policy.predefined_metric, ResourceLabel=label)
    return {
        "TargetTrackingScalingPolicyConfiguration": {
            "PredefinedMetricSpecification": metric,
            "TargetValue": policy.target_value,
            "ScaleInCooldown": policy.scale_in_cooldown,
            "ScaleOutCooldown": policy.scale_out_cooldown,
        }
    }


def _resource_label(group: Ref[TargetGroup], architecture: Architecture) -> object:
    """``app/<load balancer>/<id>/targetgroup/<target group>/<id>``: whose requests are counted.

    Raises ValueError where no listener sends requests to the target group, so that nothing could be counted.
    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
    """
    balancer = balancer_of(architecture, group)
    if balancer is None:
        raise ValueError(f"no listener forwards to {group}, whose requests a scaling policy counts")
    return text(balancer.attribute("full_name"), "/", group.attribute("full_name"))


ROWS = (
    Row(
        ScalableTarget,
        "AWS::ApplicationAutoScaling::ScalableTarget",
        attributes={"id": RETURNED},
        fixed={"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"},
        write=_scalable_target,
        written=frozenset({"service", "cluster"}),
    ),
    Row(
        ScalingPolicy,
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"target": "ScalingTargetId"},
        fixed={"PolicyType": "TargetTrackingScaling"},
        write=_scaling_policy,
        written=frozenset(
            {
                "predefined_metric", "request_count_target_group", "target_value", "scale_in_cooldown",
                "scale_out_cooldown",
            }
        ),
    ),
)  # fmt: skip
