"""Amazon ECS, Amazon ECR, Application Auto Scaling for ECS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from groundplan.resources.base import Resource
from groundplan.resources.edge import TargetGroup
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.record import Record
from groundplan.resources.security import Key, Role
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ContainerRepository(Resource):
    """An ECR repository."""

    title: ClassVar[str] = "ECR repository"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "url"})
    holds_data: ClassVar[bool] = True
    repository_name: str
    image_tag_mutability: Literal["IMMUTABLE", "MUTABLE"] = "IMMUTABLE"
    scan_on_push: bool = True
    kms_key: Ref[Key] | None = None
    """None: AES-256 with keys that ECR keeps."""
    keep_images: int | None = None
    """Newest images to keep; None: all."""
    expire_untagged_after_days: int | None = 14


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EcsCluster(Resource):
    """An ECS cluster on Fargate."""

    title: ClassVar[str] = "ECS cluster"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    cluster_name: str
    container_insights: Literal["enabled", "enhanced", "disabled"] = "enabled"
    execute_command_log_group: Ref[LogGroup] | None = None
    """With a log group, execute-command sessions are recorded there (logging = OVERRIDE)."""
    capacity_providers: tuple[str, ...] = ("FARGATE", "FARGATE_SPOT")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ServiceNamespace(Resource):
    """An AWS Cloud Map namespace, in which the services of a cluster find each other (ECS Service Connect)."""

    title: ClassVar[str] = "Cloud Map namespace"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    namespace_name: str
    description: str


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ContainerHealthCheck(Record):
    """What ECS runs inside the container. Times in seconds."""

    command: tuple[str, ...]
    interval: int
    timeout: int
    retries: int
    start_period: int


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Container(Record):
    """One container of a task."""

    name: str
    image: Textual
    essential: bool = True
    command: tuple[str, ...] = ()
    port: int | None = None
    port_name: str | None = None
    environment: Mapping[str, Textual] = field(default_factory=dict)
    secrets: Mapping[str, Textual] = field(default_factory=dict)
    """Environment variable to the ARN of a secret (with ``:json-key::`` behind it for one key)."""
    health_check: ContainerHealthCheck | None = None
    log_group: Ref[LogGroup]
    log_stream_prefix: str
    readonly_root_filesystem: bool = False


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TaskDefinition(Resource):
    """A Fargate task definition; network mode awsvpc."""

    title: ClassVar[str] = "ECS task definition"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    family: str
    cpu: int
    """CPU units: 1024 are one vCPU."""
    memory: int
    """MiB."""
    cpu_architecture: Literal["X86_64", "ARM64"] = "X86_64"
    execution_role: Ref[Role]
    task_role: Ref[Role]
    containers: tuple[Container, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ServiceLoadBalancer(Record):
    """Registers a container's port in a target group."""

    target_group: Ref[TargetGroup]
    container_name: str
    container_port: int


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CapacityProviderShare(Record):
    """How much of a service runs on a capacity provider."""

    capacity_provider: str
    weight: int
    base: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ServiceConnect(Record):
    """How a service calls others by name, and (with a port) is called by them."""

    namespace: Ref[ServiceNamespace]
    port_name: str | None = None
    """Name of the container's port that others call; None: the service only calls."""
    dns_name: str | None = None
    """What others call it."""
    port: int | None = None
    """The port that others call."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EcsService(Resource):
    """An ECS service. ``desired_count`` counts at creation only: scaling owns it afterwards."""

    title: ClassVar[str] = "ECS service"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    service_name: str
    cluster: Ref[EcsCluster]
    task_definition: Ref[TaskDefinition]
    desired_count: int
    launch_type: Literal["FARGATE"] | None = "FARGATE"
    """None where ``capacity_providers`` says it."""
    capacity_providers: tuple[CapacityProviderShare, ...] = ()
    subnets: tuple[Ref[Subnet], ...]
    security_groups: tuple[Ref[SecurityGroup], ...]
    assign_public_ip: bool = False
    load_balancers: tuple[ServiceLoadBalancer, ...] = ()
    service_connect: ServiceConnect | None = None
    health_check_grace_period: int | None = None
    """Seconds in which the load balancer's verdict on a new task does not count."""
    circuit_breaker: bool = True
    circuit_breaker_rollback: bool = True
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    enable_execute_command: bool = False
    availability_zone_rebalancing: bool = True


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ScalableTarget(Resource):
    """The desired count of an ECS service between two bounds."""

    title: ClassVar[str] = "scalable target"
    service: Ref[EcsService]
    cluster: Ref[EcsCluster]
    min_capacity: int
    max_capacity: int
    taggable: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ScalingPolicy(Resource):
    """Target tracking on one metric of an ECS service."""

    title: ClassVar[str] = "scaling policy"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    taggable: ClassVar[bool] = False
    policy_name: str
    target: Ref[ScalableTarget]
    predefined_metric: Literal[
        "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"
    ]
    request_count_target_group: Ref[TargetGroup] | None = None
    """For ALBRequestCountPerTarget: whose requests are counted."""
    target_value: Decimal
    scale_in_cooldown: int
    """Seconds."""
    scale_out_cooldown: int
    """Seconds."""
