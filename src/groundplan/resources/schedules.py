"""Amazon EventBridge Scheduler.

Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
"""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.containers import CapacityProviderShare, EcsCluster, TaskDefinition
from groundplan.resources.messaging import Queue
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.security import Role
from groundplan.resources.values import JsonDocument, Ref, Textual


@dataclass(frozen=True, kw_only=True)
class ScheduleGroup(Resource):
    """Schedules that belong together. Schedules take no tags; their group does."""

    title: ClassVar[str] = "schedule group"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    group_name: str


@dataclass(frozen=True, kw_only=True)
class Schedule(Resource):
    """Starts ECS tasks when it is time: of the newest revision of a task definition, so that a release reaches it."""

    title: ClassVar[str] = "schedule"
    taggable: ClassVar[bool] = False
    schedule_name: str
    group: Ref[ScheduleGroup]
    description: str
    schedule_expression: str
    schedule_expression_timezone: str = "UTC"
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"
    maximum_window_in_minutes: int | None = None
    """Minutes after the moment within which it starts; None: at the moment."""
    role: Ref[Role]
    """What EventBridge Scheduler may do for it."""
    cluster: Ref[EcsCluster]
    task_definition: Ref[TaskDefinition]
    task_count: int = 1
    launch_type: Literal["FARGATE", "EC2"] | None = "FARGATE"
    """None where ``capacity_providers`` says it."""
    capacity_providers: tuple[CapacityProviderShare, ...] = ()
    subnets: tuple[Ref[Subnet], ...]
    security_groups: tuple[Ref[SecurityGroup], ...]
    assign_public_ip: bool = False
    """Possible with launch type FARGATE only."""
    enable_execute_command: bool = False
    maximum_retry_attempts: int = 2
    """How often the start is tried again."""
    maximum_event_age: int = 86_400
    """Seconds after which it is not tried again."""
    dead_letter_queue: Ref[Queue] | None = None
    """Where it is told what could not be started."""


@dataclass(frozen=True, kw_only=True)
class ApiSchedule(Resource):
    """Calls an operation of an AWS API when it is time (a universal target).

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
    """

    title: ClassVar[str] = "schedule"
    taggable: ClassVar[bool] = False
    schedule_name: str
    group: Ref[ScheduleGroup]
    description: str
    schedule_expression: str
    schedule_expression_timezone: str = "UTC"
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"
    role: Ref[Role]
    """What EventBridge Scheduler may do for it."""
    service: str
    """The service as AWS's SDKs identify it, like ``rds``."""
    operation: str
    """The operation, beginning with a small letter: ``stopDBInstance``."""
    input: JsonDocument
    """Its parameters, in PascalCase also where the API has them otherwise: ``DbInstanceIdentifier``."""
    acts_on: tuple[Textual, ...]
    """ARNs of what the operation changes."""
    maximum_retry_attempts: int = 10
    """How often the call is tried again."""
    maximum_event_age: int = 3600
    """Seconds after which it is not tried again."""
    dead_letter_queue: Ref[Queue] | None = None
    """Where it is told what could not be done."""


def universal_target(service: str, operation: str) -> str:
    """The operation of an :class:`ApiSchedule` as EventBridge Scheduler is told it."""
    return f"arn:aws:scheduler:::aws-sdk:{service}:{operation}"
