"""Amazon ECS and Amazon ECR."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.edge import ListenerRule, TargetGroup
from groundplan.resources.monitoring import Alarm, LogGroup
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.security import Key, Role
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class RegistryReplication(Resource):
    """Copies every image that is pushed from now on to another region. An account has one of these in each region.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
    """

    title: ClassVar[str] = "ECR replication configuration"
    taggable: ClassVar[bool] = False
    destination_region: str
    repositories: tuple[str, ...]
    """Names of repositories, or what they begin with; up to 100."""


@dataclass(frozen=True, kw_only=True)
class EcsCluster(Resource):
    """An ECS cluster. What its tasks run on, its ``ClusterCapacityProviders`` say."""

    title: ClassVar[str] = "ECS cluster"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    cluster_name: str
    container_insights: Literal["enabled", "enhanced", "disabled"] = "enabled"
    execute_command_log_group: Ref[LogGroup] | None = None
    """With a log group, execute-command sessions are recorded there (logging = OVERRIDE)."""


FargateProvider = Literal["FARGATE", "FARGATE_SPOT"]
"""The capacity providers that every account has."""


@dataclass(frozen=True, kw_only=True)
class EcsCapacityProvider(Resource):
    """Gives tasks the instances of an Auto Scaling group, as many as they need (managed scaling)."""

    title: ClassVar[str] = "ECS capacity provider"
    capacity_provider_name: str
    auto_scaling_group: Ref[AutoScalingGroup]
    target_capacity: int = 100
    """Percent of the instances that are in use; below 100 some stand ready for new tasks."""
    managed_termination_protection: bool = True
    """Whether scaling in spares instances that run tasks. The group's new instances have to be protected for it."""
    managed_draining: bool = True
    """Whether tasks move away before an instance is terminated."""


@dataclass(frozen=True, kw_only=True)
class CapacityProviderShare(Record):
    """How much of a service runs on a capacity provider."""

    capacity_provider: FargateProvider | Ref[EcsCapacityProvider]
    weight: int
    base: int = 0


@dataclass(frozen=True, kw_only=True)
class ClusterCapacityProviders(Resource):
    """The capacity providers of a cluster, and what runs tasks that ask for none."""

    title: ClassVar[str] = "capacity providers of an ECS cluster"
    attributes: ClassVar[frozenset[str]] = frozenset({"id"})
    taggable: ClassVar[bool] = False
    cluster: Ref[EcsCluster]
    capacity_providers: tuple[FargateProvider | Ref[EcsCapacityProvider], ...] = ("FARGATE", "FARGATE_SPOT")
    default_strategy: tuple[CapacityProviderShare, ...] = (
        CapacityProviderShare(capacity_provider="FARGATE", weight=1),
    )


@dataclass(frozen=True, kw_only=True)
class ServiceNamespace(Resource):
    """An AWS Cloud Map namespace, in which the services of a cluster find each other (ECS Service Connect)."""

    title: ClassVar[str] = "Cloud Map namespace"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    namespace_name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class ContainerHealthCheck(Record):
    """What ECS runs inside the container. Times in seconds."""

    command: tuple[str, ...]
    interval: int
    timeout: int
    retries: int
    start_period: int


@dataclass(frozen=True)
class ContainerDependency(Record):
    """What another container of the task has to have reached before this one starts.

    ``START``: it runs; ``HEALTHY``: its health check succeeds; ``COMPLETE``: it ended; ``SUCCESS``: it ended with 0.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
    """

    container_name: str
    condition: Literal["START", "HEALTHY", "COMPLETE", "SUCCESS"]


@dataclass(frozen=True, kw_only=True)
class FirelensConfiguration(Record):
    """Makes a container the log router of its task.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_FirelensConfiguration.html
    """

    type: Literal["fluentbit"] = "fluentbit"
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Container(Record):
    """One container of a task."""

    name: str
    image: Textual
    essential: bool = True
    """Whether the task stops when it does."""
    entry_point: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str | None = None
    cpu: int | None = None
    """CPU units that it is sure of."""
    memory: int | None = None
    """MiB at which it is killed."""
    memory_reservation: int | None = None
    """MiB that it is sure of."""
    port: int | None = None
    port_name: str | None = None
    environment: Mapping[str, Textual] = field(default_factory=dict)
    secrets: Mapping[str, Textual] = field(default_factory=dict)
    """Environment variable to the ARN of a secret (with ``:json-key::`` behind it for one key)."""
    depends_on: tuple[ContainerDependency, ...] = ()
    health_check: ContainerHealthCheck | None = None
    log_group: Ref[LogGroup] | None
    """Where its output goes (log driver awslogs). None: to the log router of the task (awsfirelens)."""
    log_stream_prefix: str
    firelens: FirelensConfiguration | None = None
    readonly_root_filesystem: bool = False


@dataclass(frozen=True, kw_only=True)
class TaskDefinition(Resource):
    """A task definition; network mode awsvpc."""

    title: ClassVar[str] = "ECS task definition"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    family: str
    requires_compatibilities: tuple[Literal["FARGATE", "EC2"], ...] = ("FARGATE",)
    cpu: int
    """CPU units: 1024 are one vCPU."""
    memory: int
    """MiB."""
    cpu_architecture: Literal["X86_64", "ARM64"] = "X86_64"
    execution_role: Ref[Role]
    task_role: Ref[Role]
    containers: tuple[Container, ...]


DeploymentStrategy = Literal["ROLLING", "BLUE_GREEN", "CANARY", "LINEAR"]


@dataclass(frozen=True, kw_only=True)
class TrafficShift(Record):
    """How ECS moves requests from one target group to another (``advancedConfiguration``)."""

    alternate_target_group: Ref[TargetGroup]
    """Where the tasks of every second revision register."""
    production_listener_rule: Ref[ListenerRule]
    """Whose weights ECS changes; a listener's default action will not do."""
    role: Ref[Role]
    """What ECS may do to the load balancer."""


@dataclass(frozen=True, kw_only=True)
class ServiceLoadBalancer(Record):
    """Registers a container's port in a target group."""

    target_group: Ref[TargetGroup]
    container_name: str
    container_port: int
    shift: TrafficShift | None = None
    """For deployments that are not rolling."""


@dataclass(frozen=True, kw_only=True)
class GradualShift(Record):
    """Requests that move first (canary) or at a time (linear), and how long ECS waits before the next move."""

    percent: Decimal
    bake_time: int
    """Minutes."""


@dataclass(frozen=True, kw_only=True)
class ServiceConnect(Record):
    """How a service calls others by name, and (with a port) is called by them."""

    namespace: Ref[ServiceNamespace]
    port_name: str | None = None
    """Name of the container's port that others call; None: the service only calls."""
    dns_name: str | None = None
    """What others call it."""
    port: int | None = None
    """The port that others call."""


@dataclass(frozen=True, kw_only=True)
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
    deployment_strategy: DeploymentStrategy = "ROLLING"
    bake_time: int | None = None
    """Minutes that the old tasks stay after all requests moved; None for ROLLING."""
    gradual_shift: GradualShift | None = None
    """For CANARY and LINEAR."""
    rollback_alarms: tuple[Ref[Alarm], ...] = ()
    """While one of them is on, a deployment fails; with ``circuit_breaker_rollback`` it goes back by itself."""
    circuit_breaker: bool = True
    circuit_breaker_rollback: bool = True
    minimum_healthy_percent: int | None = 100
    """Of the desired count, during a ROLLING deployment; None for the other strategies."""
    maximum_percent: int | None = 200
    """Of the desired count, during a ROLLING deployment; None for the other strategies."""
    enable_execute_command: bool = False
    availability_zone_rebalancing: bool = True
