"""Application Auto Scaling of ECS services in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import CannotExpressError, Context, label
from groundplan.engines.terraform.hcl import Argument, Block, Comment, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.resources.edge import TargetGroup, balancer_of
from groundplan.resources.monitoring import MetricExpression
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy, StepScalingPolicy
from groundplan.resources.values import Ref, Text, text


def _scalable_target(target: ScalableTarget, _: Context) -> dict[str, object]:
    cluster, service = target.cluster.attribute("id"), target.service.attribute("name")
    return {
        "resource_id": text("service/", cluster, "/", service),
        "min_capacity": target.min_capacity,
        "max_capacity": target.max_capacity,
    }


def _scheduled_actions(target: ScalableTarget, context: Context) -> Iterator[Block]:
    for action in target.scheduled_actions:
        yield context.resource(
            "aws_appautoscaling_scheduled_action",
            f"{label(target.ref)}_{action.scheduled_action_name}",
            *context.arguments(
                {
                    "name": action.scheduled_action_name,
                    **_of(target.ref, context),
                    "schedule": action.schedule,
                    "timezone": action.timezone,
                }
            ),
            context.block(
                "scalable_target_action", {"min_capacity": action.min_capacity, "max_capacity": action.max_capacity}
            ),
            Block(
                "lifecycle",
                (),
                (
                    Comment("`groundplan schedule pause` moves it."),
                    Argument("ignore_changes", [Expression("start_time")]),
                ),
            ),
        )


def _of_target(policy: ScalingPolicy | StepScalingPolicy, context: Context) -> dict[str, object]:
    return _of(policy.target, context)


def _of(ref: Ref[ScalableTarget], context: Context) -> dict[str, object]:
    target = context.address(ref)
    same = ("service_namespace", "scalable_dimension", "resource_id")
    return {name: Expression(f"{target}.{name}") for name in same}


def _target_tracking(policy: ScalingPolicy, context: Context) -> Iterator[Block]:
    if policy.metric:
        metric = context.block("customized_metric_specification", {}, *_metrics(policy.metric, context))
    else:
        group = policy.request_count_target_group
        predefined = {
            "predefined_metric_type": policy.predefined_metric,
            "resource_label": _resource_label(group, context) if group else None,
        }
        metric = context.block("predefined_metric_specification", predefined)
    yield context.block(
        "target_tracking_scaling_policy_configuration",
        {
            "target_value": policy.target_value,
            "scale_in_cooldown": policy.scale_in_cooldown,
            "scale_out_cooldown": policy.scale_out_cooldown,
        },
        metric,
    )


def _metrics(metric: MetricExpression, context: Context) -> Iterator[Block]:
    """Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html"""
    for name, operand in metric.metrics.items():
        inner = context.block(
            "metric",
            {"namespace": operand.namespace, "metric_name": operand.metric_name},
            *(context.block("dimensions", {"name": key, "value": value}) for key, value in operand.dimensions.items()),
        )
        stat = context.block("metric_stat", {"stat": operand.statistic}, inner)
        yield context.block("metrics", {"id": name, "return_data": False}, stat)
    yield context.block(
        "metrics",
        {"id": "result", "expression": metric.expression, "label": metric.label, "return_data": True},
    )


def _step(policy: StepScalingPolicy, context: Context) -> Iterator[Block]:
    """One step, from the alarm's threshold on."""
    yield context.block(
        "step_scaling_policy_configuration",
        {"adjustment_type": "ChangeInCapacity", "cooldown": policy.cooldown, "metric_aggregation_type": "Average"},
        context.block("step_adjustment", {"metric_interval_lower_bound": 0, "scaling_adjustment": policy.adjustment}),
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
        beside=_scheduled_actions,
        written=frozenset({"service", "cluster", "min_capacity", "max_capacity", "scheduled_actions"}),
        ignore_changes=lambda target: ("min_capacity", "max_capacity") if target.scheduled_actions else (),
        ignored_because="The scheduled actions set them.",
    ),
    Row(
        ScalingPolicy,
        "aws_appautoscaling_policy",
        "autoscaling.tf",
        attributes={"id": "arn", "arn": "arn"},
        rename={"policy_name": "name"},
        fixed={"policy_type": "TargetTrackingScaling"},
        arguments=_of_target,
        blocks=_target_tracking,
        written=frozenset(
            {
                "target", "predefined_metric", "request_count_target_group", "metric", "target_value",
                "scale_in_cooldown", "scale_out_cooldown",
            }
        ),
        group=lambda policy: policy.target.name,
    ),
    Row(
        StepScalingPolicy,
        "aws_appautoscaling_policy",
        "autoscaling.tf",
        attributes={"id": "arn", "arn": "arn"},
        rename={"policy_name": "name"},
        fixed={"policy_type": "StepScaling"},
        arguments=_of_target,
        blocks=_step,
        written=frozenset({"target", "adjustment", "cooldown"}),
        group=lambda policy: policy.target.name,
    ),
)  # fmt: skip
