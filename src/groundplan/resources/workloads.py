"""What runs in a Kubernetes cluster: pods of services and jobs, what they may reach, and when alerts are due.

These are no resources of AWS: nothing of them stands in Terraform or CloudFormation. Whatever they refer to does, and
where AWS says a value only once it exists, an output of the architecture has the same value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from ipaddress import IPv4Network

from groundplan.record import Record, dataclass
from groundplan.resources.containers import Container, ContainerRepository, DeploymentStrategy, GradualShift
from groundplan.resources.edge import ListenerRule, TargetGroup
from groundplan.resources.files import AccessPoint, FileSystem
from groundplan.resources.kubernetes import NodeTaint
from groundplan.resources.monitoring import Alarm, LogGroup
from groundplan.resources.values import Ref, Textual


def viewers(namespace: str) -> str:
    """The group of Kubernetes that may look at everything in a namespace but secrets."""
    return f"{namespace}:viewers"


@dataclass(frozen=True, kw_only=True)
class PodImage(Record):
    """An image of a repository. Releases change the tag, and nothing at AWS changes with it."""

    repository: Ref[ContainerRepository]
    tag_name: str
    """What the tag is called where it is given: ``api_image_tag``."""
    tag: str | None
    """The tag that the blueprint says; None: it has to be given."""


@dataclass(frozen=True, kw_only=True)
class Peer(Record):
    """Something that pods connect to: a port on addresses, or on the pods of a service."""

    name: str
    """As the blueprint calls it."""
    port: int
    networks: tuple[IPv4Network, ...] = ()
    """Subnets of a database, cache or file system."""
    service: str | None = None
    """The service in the same cluster, by its name in Kubernetes."""


@dataclass(frozen=True, kw_only=True)
class PodHealth(Record):
    """An HTTP check of a pod. Times in seconds."""

    path: str
    interval: int
    timeout: int
    retries: int
    """Failed checks in a row until a container is started anew."""
    start: int
    """Time that a new container has until checks count."""
    healthy: int
    """Good answers in a row until a pod gets requests."""
    unhealthy: int
    """Bad answers in a row until it gets none."""


@dataclass(frozen=True, kw_only=True)
class PodAutoscaling(Record):
    """How many pods run, by their average use of what they request. Times in seconds."""

    min: int
    max: int
    cpu: Decimal | None
    """Percent of the CPU request to hold."""
    memory: Decimal | None
    """Percent of the memory request to hold."""
    cooldown_in: int
    cooldown_out: int


@dataclass(frozen=True, kw_only=True)
class PodVolume(Record):
    """A directory whose content outlives pods."""

    name: str
    path: str
    gib: int
    file_system: Ref[FileSystem] | None = None
    """The file system that all pods share; None: a volume of its own for each pod."""
    access_point: Ref[AccessPoint] | None = None


@dataclass(frozen=True, kw_only=True)
class Pod(Record):
    """One container image and what its pods know, use and reach."""

    name: str
    """Its name in Kubernetes: lower case with hyphens. Deployment, Service and service account are called so."""
    namespace: str
    image: PodImage
    command: tuple[str, ...] = ()
    """Replaces the image's command, as ``command`` of a task definition does (``args`` of Kubernetes)."""
    cpu: int
    """CPU units: 1024 are one CPU. What a pod is sure of; it may use more where its node has it."""
    memory: int
    """MiB that a pod is sure of, and at which it is killed."""
    cpu_architecture: str
    """``amd64`` or ``arm64``."""
    zones: tuple[str, ...] = ()
    """Full names of the zones that its pods run in. Empty: all."""
    environment: Mapping[str, Textual] = field(default_factory=dict)
    secrets: Mapping[str, Textual] = field(default_factory=dict)
    """Environment variable to the ARN of a secret (with ``:json-key::`` behind it for one key)."""
    init_containers: tuple[Container, ...] = ()
    """What runs, one after the other, before the application starts."""
    needs: tuple[Peer, ...] = ()
    traced: bool = False
    """Whether it sends traces to the collector of the cluster."""
    read_only: bool = False
    log_group: Ref[LogGroup]


@dataclass(frozen=True, kw_only=True)
class Workload(Record):
    """Pods, and what keeps or starts them."""

    pod: Pod

    @property
    def name(self) -> str:
        """Its name in Kubernetes."""
        return self.pod.name

    @property
    def namespace(self) -> str:
        """The namespace that it runs in."""
        return self.pod.namespace

    @property
    def containers(self) -> tuple[Pod | Container, ...]:
        """The application, then what runs before it starts."""
        return (self.pod, *self.pod.init_containers)


@dataclass(frozen=True, kw_only=True)
class AlertThresholds(Record):
    """From where on a service stands out."""

    cpu: Decimal
    """Percent of the CPU request."""
    memory: Decimal
    """Percent of the memory limit."""
    errors: Decimal
    """Percent of the requests."""
    storage: Decimal
    """Percent of a volume."""
    period: int
    """Seconds that it has to stand out."""


@dataclass(frozen=True, kw_only=True)
class PodShift(Record):
    """Two Deployments that take turns, blue and green: one has the requests, the other waits for the next version.

    Blue's pods stand in the service's own target group. Which has the requests is what the rule's weights say.
    """

    strategy: DeploymentStrategy
    green_target_group: Ref[TargetGroup]
    listener_rule: Ref[ListenerRule]
    gradual: GradualShift | None = None
    """The steps of canary and linear deployments; None: all requests move at once."""
    bake_time: int
    """Minutes that the old pods stay after all requests moved."""
    rollback_alarms: tuple[Ref[Alarm], ...] = ()
    """Alarms that send the requests back while they are on."""


@dataclass(frozen=True, kw_only=True)
class ServiceWorkload(Workload):
    """Pods that run all the time."""

    port: int | None = None
    health: PodHealth | None = None
    """None without a port."""
    health_command: tuple[str, ...] = ()
    """What a container runs to check itself instead; a worker's only check."""
    replicas: int
    autoscaling: PodAutoscaling | None = None
    max_surge: int
    """Percent of the pods that a rollout may start beyond them."""
    max_unavailable: int
    """Percent of the pods that a rollout may do without."""
    volumes: tuple[PodVolume, ...] = ()
    node_group: str | None = None
    taints: tuple[NodeTaint, ...] = ()
    """Of that node group; its pods tolerate them."""
    target_group: Ref[TargetGroup] | None = None
    """Where the load balancer's requests come from."""
    shift: PodShift | None = None
    """How the next version takes over where another set of pods does; None: pods are replaced little by little."""
    balancer_networks: tuple[IPv4Network, ...] = ()
    """Subnets that the load balancer stands in."""
    deregistration: int = 0
    """Seconds that a stopping pod may finish its requests."""
    monitored: bool = False
    """Whether Prometheus reads its metrics."""
    alerts: AlertThresholds | None = None

    @property
    def own_volumes(self) -> tuple[PodVolume, ...]:
        """Volumes of single pods, for which they have to be told apart."""
        return tuple(volume for volume in self.volumes if volume.file_system is None)


@dataclass(frozen=True, kw_only=True)
class JobWorkload(Workload):
    """Pods that run when it is time for them."""

    schedule: str
    """Five fields of cron as Kubernetes reads them."""
    timezone: str
    tasks: int
    """Pods at a time."""
    retries: int
    enabled: bool
