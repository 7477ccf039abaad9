"""Application Auto Scaling for Amazon ECS."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.containers import EcsCluster, EcsService
from groundplan.resources.edge import TargetGroup
from groundplan.resources.monitoring import MetricExpression
from groundplan.resources.values import Ref


@dataclass(frozen=True, kw_only=True)
class ScheduledAction(Record):
    """Sets the bounds when it is time.

    Source: https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
    """

    scheduled_action_name: str
    schedule: str
    """``cron(0 20 * * ? *)``."""
    timezone: str
    min_capacity: int
    max_capacity: int


@dataclass(frozen=True, kw_only=True)
class ScalableTarget(Resource):
    """The desired count of an ECS service between two bounds."""

    title: ClassVar[str] = "scalable target"
    service: Ref[EcsService]
    cluster: Ref[EcsCluster]
    min_capacity: int
    max_capacity: int
    scheduled_actions: tuple[ScheduledAction, ...] = ()
    """What sets the bounds anew: with some, the bounds above count at creation only."""
    taggable: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class ScalingPolicy(Resource):
    """Target tracking on one metric of an ECS service, or on metric math."""

    title: ClassVar[str] = "scaling policy"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    taggable: ClassVar[bool] = False
    policy_name: str
    target: Ref[ScalableTarget]
    predefined_metric: (
        Literal["ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"]
        | None
    ) = None
    request_count_target_group: Ref[TargetGroup] | None = None
    """For ALBRequestCountPerTarget: whose requests are counted."""
    metric: MetricExpression | None = None
    """Where no predefined metric is tracked: metric math over data points of a minute."""
    target_value: Decimal
    scale_in_cooldown: int
    """Seconds."""
    scale_out_cooldown: int
    """Seconds."""


@dataclass(frozen=True, kw_only=True)
class StepScalingPolicy(Resource):
    """Adds or removes a number of tasks while an alarm that names it in ``scales`` is on.

    It acts on values at the alarm's threshold and above, so that the alarm has to look for those.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html
    """

    title: ClassVar[str] = "scaling policy"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    taggable: ClassVar[bool] = False
    policy_name: str
    target: Ref[ScalableTarget]
    adjustment: int
    """Tasks that are added, or with a minus removed."""
    cooldown: int
    """Seconds in which the alarm moves nothing again."""
