"""Services: containers that run all the time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from groundplan.blueprint.base import Name, Part, ShortForm
from groundplan.units import Duration, Percentage


class Image(Part):
    """The container image."""

    repository: Name
    """The ECR repository, which Groundplan creates."""
    tag: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")
    """The tag that the first deployment runs. Never ``latest``: tags are immutable. Later releases do not change it.
    Without a tag the deployment asks for one."""


class Size(Part):
    """What one task may use."""

    cpu: int = 256
    """CPU units: 1024 are one vCPU. Fargate has 256, 512, 1024, 2048, 4096, 8192 and 16384."""
    memory: int = 512
    """Memory in MiB."""


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


class Tasks(Part):
    """How many tasks run."""

    desired: int = Field(default=2, ge=0)
    """Tasks at the first deployment; scaling moves it later."""
    min: int = Field(default=2, ge=0)
    """Fewest tasks that scaling may leave."""
    max: int = Field(default=4, ge=1)
    """Most tasks that scaling may start."""

    @model_validator(mode="after")
    def _ordered(self) -> Tasks:
        if not self.min <= self.desired <= self.max:
            raise ValueError(f"desired ({self.desired}) has to lie between min ({self.min}) and max ({self.max})")
        return self


class Scaling(Part):
    """Target tracking: ECS starts and stops tasks so that the average stays at the target."""

    cpu: Percentage | None = None
    """Average CPU utilisation to hold."""
    memory: Percentage | None = None
    """Average memory utilisation to hold."""
    requests: int | None = Field(default=None, ge=1)
    """Requests per minute and task to hold."""
    cooldown_in: Annotated[Duration, Field(alias="in")] = Duration(300)
    """Pause after tasks were stopped (``in:``)."""
    cooldown_out: Annotated[Duration, Field(alias="out")] = Duration(60)
    """Pause after tasks were started (``out:``)."""


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
    """HTTPS with a redirect from HTTP. ``false`` serves plain HTTP."""


class Deployment(Part):
    """How a new revision replaces the old one."""

    minimum_healthy: Percentage = Percentage.parse("100%")
    """Share of the desired tasks that stays healthy during a deployment."""
    maximum: int = Field(default=200, ge=100, le=200)
    """Tasks during a deployment, in percent of the desired."""
    rollback: bool = True
    """Whether the circuit breaker returns to the last revision that worked."""


class Need(Part):
    """One thing a service needs, and how far its rights go."""

    name: Name
    """A database, cache, bucket or service of this blueprint."""
    access: Literal["read", "write", "read-write"] = "read-write"
    """For a bucket: which objects calls are allowed. Databases and caches ignore it."""


def _read_need(value: object) -> object:
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict) and len(value) == 1 and "name" not in value:
        ((name, access),) = value.items()
        return {"name": name, "access": access}
    return value


NeedText = Annotated[
    Need,
    ShortForm(
        _read_need,
        (
            {"type": "string"},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "propertyNames": {"not": {"const": "name"}},
                "additionalProperties": {"enum": ["read", "write", "read-write"]},
            },
        ),
    ),
]


class Service(Part):
    """A container service on Amazon ECS with AWS Fargate."""

    image: Image
    """The image that the tasks run."""
    port: int | None = Field(default=None, ge=1, le=65535)
    """The port the container listens on. A worker has none."""
    size: Size = Field(default_factory=Size)
    """CPU and memory of one task."""
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    """Processor architecture of the image. ``arm64`` (Graviton) costs about a fifth less."""
    capacity: Literal["fargate", "fargate-spot"] = "fargate"
    """``fargate-spot`` costs up to 70 % less and may be interrupted with two minutes of warning."""
    health: Health = Field(default_factory=Health)
    """Health check of the container and of the load balancer."""
    tasks: Tasks = Field(default_factory=Tasks)
    """How many tasks run."""
    scaling: Scaling | None = None
    """When tasks are added and removed. ``null``: the number stays at ``tasks.desired``."""
    public: Public | None = None
    """How the internet reaches the service. ``null``: not at all."""
    needs: list[NeedText] = Field(default=[])
    """What the service uses, and nothing else: each entry gives the network rule, the secret, the environment
    variable and the IAM statement for exactly that. ``main``, or ``{backups: read}``."""
    environment: dict[str, str] = Field(default={})
    """Environment variables. Never a secret."""
    secrets: dict[str, Name] = Field(default={})
    """Environment variable name to the name of a secret that a person fills, created empty in Secrets Manager."""
    role: Name | None = None
    """What the task's IAM role is called: ``<role>-role`` in the blueprint's convention.
    Default: ``<service>-task``."""
    reads_secrets: bool = False
    """Whether the task itself may read all secrets of the project. Not needed for what ``needs`` and ``secrets``
    inject: ECS reads those with the execution role."""
    command: list[str] | None = None
    """Replaces the image's command."""
    logs: Duration = Duration(30 * 86400)
    """How long the logs are kept."""
    read_only: bool = False
    """Whether the container's own root file system is read-only. Safer; the image must not write outside volumes."""
    execute_command: bool = False
    """Whether ``aws ecs execute-command`` may open a shell in a task (recorded in the ``ecs_exec`` log group)."""
    deployment: Deployment = Field(default_factory=Deployment)
    """How a new revision replaces the old one."""
