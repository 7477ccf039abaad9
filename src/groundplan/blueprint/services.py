"""Services: containers that run all the time."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from groundplan.blueprint.base import Cidr, Name, Part
from groundplan.blueprint.kubernetes import Volume
from groundplan.blueprint.traffic import Load
from groundplan.blueprint.workloads import Workload
from groundplan.units import Duration, Percentage


class Health(Part):
    """How ECS and the load balancer find out that a task works."""

    path: str = Field(default="/health", pattern=r"^/")
    """The path that answers 200 when the task works."""
    interval: Duration = Duration(30)
    """Time between two checks."""
    timeout: Duration = Duration(5)
    """Time after which a check has failed."""
    retries: int = Field(default=3, ge=1, le=10)
    """Failed checks in a row until a task is unhealthy."""
    start: Duration = Duration(60)
    """Time in which failed checks of a new task do not count. 0 to 300 seconds."""
    command: list[str] | None = None
    """What the container runs to check itself, like ``[CMD-SHELL, curl -f http://localhost:3000/health || exit 1]``.
    Default: a request by the image's own runtime, because slim images contain no curl. ``[]``: no container check."""
    runtime: Literal["node", "python", "curl", "wget"] = "curl"
    """What the image contains to make the request with."""
    healthy: int = Field(default=2, ge=2, le=10)
    """Good answers in a row until the load balancer sends requests to a task."""
    unhealthy: int | None = Field(default=None, ge=2, le=10)
    """Bad answers in a row until the load balancer stops sending requests. Default: ``retries``, at least 2."""


class Tasks(Part):
    """How many tasks run."""

    desired: int = Field(default=2, ge=0)
    """Tasks at the first deployment; scaling moves it later."""
    min: int = Field(default=2, ge=0)
    """Fewest tasks that scaling may leave."""
    max: int = Field(default=4, ge=1)
    """Most tasks that scaling may start."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.desired <= self.max:
            raise ValueError(f"desired ({self.desired}) has to lie between min ({self.min}) and max ({self.max})")
        return self


class Scaling(Part):
    """When tasks are started and stopped, so that the average of each value stays at its target."""

    cpu: Percentage | None = None
    """Average CPU utilisation to hold."""
    memory: Percentage | None = None
    """Average memory utilisation to hold."""
    requests: int | None = Field(default=None, ge=1)
    """Requests per minute and task to hold."""
    backlog: int | None = Field(default=None, ge=1)
    """Messages that wait per running task, over all queues that the service reads."""
    method: Literal["target-tracking", "step"] = "target-tracking"
    """``target-tracking``: AWS starts as many tasks as bring the average back to the target. ``step``: one task more
    when the average was above the target for ``out``, one less when it was below 90 % of it for ``in``; not for
    ``backlog``."""
    cooldown_in: Annotated[Duration, Field(alias="in")] = Duration(300)
    """Pause after tasks were stopped (``in:``)."""
    cooldown_out: Annotated[Duration, Field(alias="out")] = Duration(60)
    """Pause after tasks were started (``out:``)."""


class Gateway(Part):
    """An API gateway in front of a service. It is paid per request, passes every path on to the service's domain, and
    does not shut it: whoever asks the domain itself goes past the limits."""

    rate: int = Field(default=100, ge=1, le=10_000)
    """Requests per second that are let through in the long run."""
    burst: int = Field(default=200, ge=1, le=5_000)
    """Requests at once that are let through beyond the rate."""
    logs: Duration | None = None
    """How long access logs are kept. API Gateway takes them only where the account's CloudWatch role is set, a setting
    of the whole account and region that Groundplan leaves alone; the load balancer's access logs tell of every request
    that came through in any case. ``null``: none."""


class Public(Part):
    """How the internet reaches a service: through the environment's application load balancer."""

    domain: str | None = Field(default=None, pattern=r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")
    """The host name. Without one the service answers every host that no other service claims."""
    path: str = Field(default="/*", pattern=r"^/")
    """Path pattern that goes to this service."""
    certificate: str | None = Field(default=None, pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/")
    """ARN of a certificate that exists. Without one Groundplan requests a certificate for the domain."""
    hosted_zone: str | None = Field(default=None, pattern=r"^Z[A-Z0-9]+$")
    """Route 53 hosted zone id: the domain's record and the certificate's validation are written there."""
    tls: bool = True
    """HTTPS. ``false`` serves plain HTTP."""
    redirect: bool = True
    """Whether port 80 redirects to HTTPS. ``false`` (for every service with TLS) leaves port 80 closed."""
    allow: list[Cidr] = Field(default=[])
    """The only addresses that may connect to the load balancer. Empty: everyone. Services share the load balancer,
    so all public services have to say the same."""
    deregistration: Duration = Duration(30)
    """Time in which a stopping task may finish its requests. 0 to 3600 seconds."""
    gateway: Gateway | None = None
    """A REST API of Amazon API Gateway in front, which limits the rate of requests. ``null``: none."""


class Deployment(Part):
    """How a new revision replaces the old one."""

    strategy: Literal["rolling", "blue-green", "canary", "linear"] = "rolling"
    """``rolling``: tasks are replaced little by little. The others start all new tasks beside the old ones and move the
    requests from one target group to another: at once (``blue-green``), first a part (``canary``) or part by part
    (``linear``); the old tasks stay for the time of ``bake``, so that a rollback takes seconds. On EKS these are for
    public services, and ``groundplan kubernetes switch`` moves the requests."""
    bake: Duration = Duration(600)
    """Time that the old tasks stay, and are paid for, after all requests moved: whole minutes, at most 24 hours. Not
    for ``rolling``."""
    step: Percentage = Percentage.parse("10%")
    """Requests that move first (``canary``: from 0.1 %) or at a time (``linear``: from 3 %)."""
    step_bake: Duration = Duration(300)
    """Time between two moves of requests (``canary``, ``linear``): whole minutes, at most 24 hours."""
    alarms: bool | None = None
    """Whether a deployment fails, and rolls back, while the service's CPU, memory, share of 5xx or unhealthy tasks are
    above what ``alarms:`` says (on EKS: 5xx and unhealthy pods). The alarms for it are extra, and each of their metrics
    is paid for beyond the free ten. Default: where the strategy is not ``rolling``."""
    minimum_healthy: Percentage = Percentage.parse("100%")
    """Share of the desired tasks that stays healthy during a ``rolling`` deployment."""
    maximum: int = Field(default=200, ge=100, le=200)
    """Tasks during a ``rolling`` deployment, in percent of the desired."""
    rollback: bool = True
    """Whether the circuit breaker returns to the last revision that worked."""

    @property
    def shifts(self) -> bool:
        """Whether requests move from one target group to another."""
        return self.strategy != "rolling"


class Service(Workload):
    """A container service on Amazon ECS or EKS."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """The port the container listens on. A worker has none."""
    health: Health = Field(default_factory=Health.model_construct)
    """Health check of the container and of the load balancer."""
    tasks: Tasks = Field(default_factory=Tasks.model_construct)
    """How many tasks run."""
    scaling: Scaling | None = None
    """When tasks are added and removed. ``null``: the number stays at ``tasks.desired``."""
    public: Public | None = None
    """How the internet reaches the service. ``null``: not at all."""
    volumes: dict[Name, Volume] = Field(default={})
    """What the service keeps on disk (``platform: eks``)."""
    nodes: Name | None = None
    """The node group of ``kubernetes.nodes`` that it runs on (``platform: eks``). Default: any without taints."""
    deployment: Deployment = Field(default_factory=Deployment.model_construct)
    """How a new revision replaces the old one."""
    load: Load | None = None
    """What a request costs a task. ``null``: assumptions, which every result names."""
