"""Target tracking for services."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from groundplan.design.draft import Draft, identifier
from groundplan.design.edge import target_group
from groundplan.design.services import CLUSTER
from groundplan.resources.containers import EcsService, ScalableTarget, ScalingPolicy
from groundplan.resources.values import Ref

Metric = Literal["ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"]


def add_scaling(draft: Draft) -> None:
    """A scalable target for each service that scales, and a policy for each value that it holds."""
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
        held: list[tuple[str, Metric, Decimal]] = []
        if scaling.cpu:
            held.append(("cpu", "ECSServiceAverageCPUUtilization", scaling.cpu.percent))
        if scaling.memory:
            held.append(("memory", "ECSServiceAverageMemoryUtilization", scaling.memory.percent))
        if scaling.requests and service.public and service.port:
            held.append(("requests", "ALBRequestCountPerTarget", Decimal(scaling.requests)))
        elif scaling.requests:
            path = f"services.{name}.scaling.requests"
            draft.problem(path, "requests are counted by the load balancer: write public: too")
        for what, metric, value in held:
            draft.add(
                ScalingPolicy(
                    name=f"{ident}_{what}",
                    concern="scaling",
                    policy_name=f"{name}-{what}-scaling",
                    target=target,
                    predefined_metric=metric,
                    request_count_target_group=target_group(name) if what == "requests" else None,
                    target_value=value,
                    scale_in_cooldown=scaling.cooldown_in.seconds,
                    scale_out_cooldown=scaling.cooldown_out.seconds,
                )
            )
