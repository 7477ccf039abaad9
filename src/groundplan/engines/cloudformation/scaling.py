"""Application Auto Scaling of ECS services in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row, present
from groundplan.resources import Architecture
from groundplan.resources.edge import TargetGroup, balancer_of
from groundplan.resources.monitoring import MetricExpression
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy, StepScalingPolicy
from groundplan.resources.values import Attribute, Ref, text


def _service_id(target: ScalableTarget) -> object:
    return text("service/", Attribute(target.cluster, "id"), "/", target.service.attribute("name"))


def _scalable_target(target: ScalableTarget, _: Architecture) -> dict[str, object]:
    actions = [
        {
            "ScheduledActionName": action.scheduled_action_name,
            "Schedule": action.schedule,
            "Timezone": action.timezone,
            "ScalableTargetAction": {"MinCapacity": action.min_capacity, "MaxCapacity": action.max_capacity},
        }
        for action in target.scheduled_actions
    ]
    return present(ResourceId=_service_id(target), ScheduledActions=actions or None)


def _target_tracking(policy: ScalingPolicy, architecture: Architecture) -> dict[str, object]:
    metric: dict[str, object]
    if policy.metric:
        metric = {"CustomizedMetricSpecification": {"Metrics": _metrics(policy.metric)}}
    else:
        group = policy.request_count_target_group
        label = _resource_label(group, architecture) if group else None
        predefined = present(PredefinedMetricType=policy.predefined_metric, ResourceLabel=label)
        metric = {"PredefinedMetricSpecification": predefined}
    return {
        "TargetTrackingScalingPolicyConfiguration": {
            **metric,
            "TargetValue": policy.target_value,
            "ScaleInCooldown": policy.scale_in_cooldown,
            "ScaleOutCooldown": policy.scale_out_cooldown,
        }
    }


def _metrics(metric: MetricExpression) -> list[object]:
    """Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html"""
    found: list[object] = []
    for name, operand in metric.metrics.items():
        dimensions = [{"Name": key, "Value": value} for key, value in operand.dimensions.items()]
        stat = {
            "Metric": {
                "Namespace": operand.namespace, "MetricName": operand.metric_name, "Dimensions": dimensions,
            },
            "Stat": operand.statistic,
        }  # fmt: skip
        found.append({"Id": name, "MetricStat": stat, "ReturnData": False})
    result = {"Id": "result", "Expression": metric.expression, "Label": metric.label, "ReturnData": True}
    return [*found, result]


def _step(policy: StepScalingPolicy, _: Architecture) -> dict[str, object]:
    """One step, from the alarm's threshold on."""
    return {
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": policy.cooldown,
            "MetricAggregationType": "Average",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": policy.adjustment}],
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
        written=frozenset({"service", "cluster", "scheduled_actions"}),
    ),
    Row(
        ScalingPolicy,
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"target": "ScalingTargetId"},
        fixed={"PolicyType": "TargetTrackingScaling"},
        write=_target_tracking,
        written=frozenset(
            {
                "predefined_metric", "request_count_target_group", "metric", "target_value", "scale_in_cooldown",
                "scale_out_cooldown",
            }
        ),
    ),
    Row(
        StepScalingPolicy,
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"target": "ScalingTargetId"},
        fixed={"PolicyType": "StepScaling"},
        write=_step,
        written=frozenset({"adjustment", "cooldown"}),
    ),
)  # fmt: skip
