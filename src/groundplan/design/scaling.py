"""Scaling of services: target tracking, or steps of one task."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from groundplan.blueprint.services import Scaling, Service
from groundplan.design import queues
from groundplan.design.cluster import CLUSTER
from groundplan.design.draft import Draft, identifier
from groundplan.design.edge import BALANCER, target_group
from groundplan.record import Record, dataclass
from groundplan.resources.containers import EcsService
from groundplan.resources.monitoring import Alarm, Metric, MetricExpression
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy, StepScalingPolicy
from groundplan.resources.values import Ref

Predefined = Literal[
    "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"
]
LOWER = Decimal("0.9")
"""Below this part of a target a step takes a task away, as target tracking does it."""


@dataclass(frozen=True)
class Held(Record):
    """A value that scaling holds, with the metric as both methods name it."""

    what: Literal["cpu", "memory", "requests"]
    target: Decimal
    predefined: Predefined
    metric: Metric


def add_scaling(draft: Draft) -> None:
    """A scalable target for each service that scales, and what holds each of its values.

    On EKS a HorizontalPodAutoscaler does it, inside the cluster.
    """
    if draft.blueprint.platform == "eks":
        return
    for name, service in draft.blueprint.services.items():
        scaling, ident = service.scaling, identifier(name)
        if scaling is None:
            continue
        target = draft.add(
            ScalableTarget(
                name=ident,
                concern="scaling",
                service=Ref(EcsService, ident),
                cluster=CLUSTER,
                min_capacity=service.tasks.min,
                max_capacity=service.tasks.max,
            )
        )
        held = list(_held(name, service, scaling))
        if scaling.method == "step":
            _add_steps(draft, name, scaling, target, held)
        else:
            for item in held:
                _track(draft, name, scaling, target, item)
        if scaling.backlog is not None:
            _track_backlog(draft, name, service, scaling, target)


def _held(name: str, service: Service, scaling: Scaling) -> Iterator[Held]:
    """Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html and
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    dimensions = {
        "ClusterName": CLUSTER.attribute("id"),
        "ServiceName": Ref(EcsService, identifier(name)).attribute("name"),
    }
    if scaling.cpu:
        metric = Metric(namespace="AWS/ECS", metric_name="CPUUtilization", dimensions=dimensions)
        yield Held("cpu", scaling.cpu.percent, "ECSServiceAverageCPUUtilization", metric)
    if scaling.memory:
        metric = Metric(namespace="AWS/ECS", metric_name="MemoryUtilization", dimensions=dimensions)
        yield Held("memory", scaling.memory.percent, "ECSServiceAverageMemoryUtilization", metric)
    if scaling.requests and service.public and service.port:
        metric = Metric(
            namespace="AWS/ApplicationELB",
            metric_name="RequestCountPerTarget",
            dimensions={
                "LoadBalancer": BALANCER.attribute("full_name"),
                "TargetGroup": target_group(name).attribute("full_name"),
            },
            statistic="Sum",
        )
        yield Held("requests", Decimal(scaling.requests), "ALBRequestCountPerTarget", metric)


def _track(draft: Draft, name: str, scaling: Scaling, target: Ref[ScalableTarget], held: Held) -> None:
    draft.add(
        ScalingPolicy(
            name=f"{identifier(name)}_{held.what}",
            concern="scaling",
            policy_name=f"{name}-{held.what}-scaling",
            target=target,
            predefined_metric=held.predefined,
            request_count_target_group=target_group(name) if held.what == "requests" else None,
            target_value=held.target,
            scale_in_cooldown=scaling.cooldown_in.seconds,
            scale_out_cooldown=scaling.cooldown_out.seconds,
        )
    )


def _track_backlog(draft: Draft, name: str, service: Service, scaling: Scaling, target: Ref[ScalableTarget]) -> None:
    """Messages that wait in the queues that the service reads, for each of its running tasks.

    Without running tasks every waiting message counts, so that a service at zero starts one: Container Insights then
    says nothing at all of the service, and what is missing counts as 0. The same holds for one of several queues: SQS
    says nothing of a queue that nobody has used for six hours.
    Sources: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html,
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html and
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
    """
    path = f"services.{name}.scaling.backlog"
    known = draft.blueprint.queues
    read = [need.name for need in service.needs if need.name in known and need.access != "write"]
    if not read:
        draft.problem(path, "the service reads no queue whose messages could wait; write needs: [<queue>]")
        return
    if draft.blueprint.insights == "disabled":
        draft.problem(path, "running tasks are counted by Container Insights; write insights: enabled")
        return
    waiting = {
        f"waiting{number}": Metric(
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": queues.queue(queue).attribute("name")},
        )
        for number, queue in enumerate(read, start=1)
    }
    tasks = Metric(
        namespace="ECS/ContainerInsights",
        metric_name="RunningTaskCount",
        dimensions={
            "ClusterName": CLUSTER.attribute("id"),
            "ServiceName": Ref(EcsService, identifier(name)).attribute("name"),
        },
    )
    total = "waiting1" if len(read) == 1 else f"({' + '.join(f'FILL({queue}, 0)' for queue in waiting)})"
    running = "tasks" if service.tasks.min else "FILL(tasks, 0)"
    assert scaling.backlog is not None
    draft.add(
        ScalingPolicy(
            name=f"{identifier(name)}_backlog",
            concern="scaling",
            policy_name=f"{name}-backlog-scaling",
            target=target,
            metric=MetricExpression(
                expression=f"{total} / IF({running} > 0, {running}, 1)",
                label="Messages that wait per task",
                metrics={**waiting, "tasks": tasks},
            ),
            target_value=Decimal(scaling.backlog),
            scale_in_cooldown=scaling.cooldown_in.seconds,
            scale_out_cooldown=scaling.cooldown_out.seconds,
        )
    )


def _add_steps(draft: Draft, name: str, scaling: Scaling, target: Ref[ScalableTarget], held: list[Held]) -> None:
    """One task more where any value was above its target long enough; one less where all were well below theirs.

    As long as an alarm is on its policy acts again after each cooldown, which is as long as the alarm looks back.
    Source: https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
    """
    ident = identifier(name)
    more, less = (
        draft.add(
            StepScalingPolicy(
                name=f"{ident}_{way}",
                concern="scaling",
                policy_name=f"{name}-{way}-scaling",
                target=target,
                adjustment=adjustment,
                cooldown=cooldown.seconds,
            )
        )
        for way, adjustment, cooldown in (("out", 1, scaling.cooldown_out), ("in", -1, scaling.cooldown_in))
    )
    for item in held:
        limit = _number(item.target)
        draft.add(
            Alarm(
                name=f"{ident}_{item.what}_scale_out",
                concern="scaling",
                alarm_name=draft.called("alarm", f"{name}-{item.what}-scale-out", f"services.{name}.scaling"),
                description=f"{name}: {item.what} above {limit} for {scaling.cooldown_out}: one task more",
                metric=item.metric,
                comparison_operator="GreaterThanThreshold",
                threshold=item.target,
                period=60,
                evaluation_periods=scaling.cooldown_out.minutes,
                datapoints_to_alarm=scaling.cooldown_out.minutes,
                treat_missing_data="notBreaching",
                scales=(more,),
                tags=draft.name_tag(f"{name}-{item.what}-scale-out"),
            )
        )
    # Where nobody asks, the load balancer counts nothing at all.
    below = " AND ".join(
        f"{'FILL(requests, 0)' if item.what == 'requests' else item.what} < {_number(item.target * LOWER)}"
        for item in held
    )
    draft.add(
        Alarm(
            name=f"{ident}_scale_in",
            concern="scaling",
            alarm_name=draft.called("alarm", f"{name}-scale-in", f"services.{name}.scaling"),
            description=f"{name}: everything well below its target for {scaling.cooldown_in}: one task less",
            metric=MetricExpression(
                expression=f"IF({below}, 1, 0)",
                label="Well below every target",
                metrics={item.what: item.metric for item in held},
            ),
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=Decimal(1),
            period=60,
            evaluation_periods=scaling.cooldown_in.minutes,
            datapoints_to_alarm=scaling.cooldown_in.minutes,
            treat_missing_data="notBreaching",
            scales=(less,),
            tags=draft.name_tag(f"{name}-scale-in"),
        )
    )


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
