"""What services and jobs share: an image, a size, what they need, what they may."""

from typing import Annotated, Literal

from pydantic import Field

from groundplan.blueprint.base import Name, Part, ShortForm, ZoneLetter
from groundplan.blueprint.builds import Build
from groundplan.units import Duration


class Image(Part):
    """The container image."""

    repository: Name
    """The ECR repository, which Groundplan creates."""
    tag: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")
    """The tag that the first deployment runs. Never ``latest``: tags are immutable. Later releases do not change it.
    Without a tag the deployment asks for one."""
    keep: int | None = Field(default=None, ge=1)
    """Newest images that the repository keeps; older ones are deleted. Default: all."""
    scan: bool = True
    """Whether ECR scans each pushed image for known vulnerabilities (basic scanning, free)."""


class Size(Part):
    """What one task may use."""

    cpu: int = 256
    """CPU units: 1024 are one vCPU. Fargate has 256, 512, 1024, 2048, 4096, 8192 and 16384."""
    memory: int = 512
    """Memory in MiB."""


class Need(Part):
    """One thing a service needs, and how far its rights go."""

    name: Name
    """A database, cache, bucket, queue or service of this blueprint."""
    access: Literal["read", "write", "read-write"] = "read-write"
    """For a bucket: which object calls are allowed. For a queue: ``read`` receives messages, ``write`` sends them.
    Databases, caches and services ignore it."""
    required: bool | None = None
    """Whether a request fails without it, for the objective of availability. Default: without a database, a bucket or a
    service it does; without a cache it takes longer, and a queue's messages wait elsewhere."""


def _read_need(value: object) -> object:
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict) and len(value) == 1 and "name" not in value:
        ((name, access),) = value.items()
        return {"name": name, "access": access}
    if isinstance(value, dict) and len(value) > 1 and not {"name", "access", "required"} & {*value}:
        raise ValueError("is one thing that is needed; write each as an entry of its own, like [main, {files: read}]")
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


class Share(Part):
    """How much of the tasks runs on one kind of capacity."""

    weight: int = Field(default=1, ge=0, le=1000)
    """Share of the tasks beyond the bases, relative to the other weights."""
    base: int = Field(default=0, ge=0, le=100_000)
    """Tasks that run there before weights count. Only one kind of capacity may have a base."""


def _read_capacity(value: object) -> object:
    if isinstance(value, str):
        return {value: {}}
    if isinstance(value, dict):
        plain = (int, float, str)
        return {name: {"weight": share} if isinstance(share, plain) else share for name, share in value.items()}
    return value


CapacityText = Annotated[
    dict[Name, Share],
    ShortForm(
        _read_capacity,
        (
            {"type": "string", "examples": ["fargate", "fargate-spot"]},
            {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 1000}},
        ),
    ),
]


class Logs(Part):
    """What a workload prints, in CloudWatch Logs. Short form: the retention, like ``30d``."""

    retention: Duration = Duration(30 * 86400)
    """How long the logs are kept."""
    group: str | None = Field(default=None, pattern=r"^/?[A-Za-z0-9_#.{}-]+(/[A-Za-z0-9_#.{}-]+)*$", max_length=400)
    """Name of the log group, like ``/ecs/api``, with the placeholders of ``names:`` where it has any, like
    ``/ecs/{project}-{environment}-{name}``: environments in one account cannot share it. Default:
    ``/<title>/<environment>/<name>``."""
    routes: dict[Name, str] = Field(default={})
    """Log groups of their own for lines that match a regular expression, like ``{access: "GET|POST", errors:
    '"level": ?"ERROR"'}``; the first that matches takes the line. A Fluent Bit sidecar (FireLens) sorts the lines,
    which takes 64 MiB of the task's memory; all other lines go to the group itself."""


def _read_logs(value: object) -> object:
    return value if isinstance(value, dict | Logs) else {"retention": value}


LogsText = Annotated[
    Logs,
    ShortForm(_read_logs, ({"type": "string", "examples": ["30d", "7d"]},)),
]


class Workload(Part):
    """A container that runs as tasks on Amazon ECS, or as pods on Amazon EKS."""

    image: Image
    """The image that the tasks run."""
    build: Build | None = None
    """How the image is made, for ``groundplan containers`` and ``groundplan pipelines``. ``null``: elsewhere."""
    size: Size = Field(default_factory=Size.model_construct)
    """CPU and memory of one task."""
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    """Processor architecture of the image. ``arm64`` (Graviton) costs about a fifth less."""
    capacity: CapacityText = Field(default={"fargate": Share.model_construct()})
    """Where the tasks run: ``fargate``, ``fargate-spot`` (up to 70 % less, may be interrupted with two minutes of
    warning), the name of EC2 capacity under ``capacity:``, or a mix by weight like ``{fargate: {base: 1, weight: 1},
    fargate-spot: 3}``. ECS does not mix Fargate and EC2 in one service. On EC2 a task may have any size that fits the
    instance."""
    zones: list[ZoneLetter] | None = Field(default=None, min_length=1)
    """Zones that the tasks run in. Default: all of the network."""
    needs: list[NeedText] = Field(default=[])
    """What it uses, and nothing else: each entry gives the network rule, the secret, the environment variable and the
    IAM statement for exactly that. ``main``, or ``{backups: read}``."""
    environment: dict[str, str] = Field(default={})
    """Environment variables. Never a secret. ``${load_balancer}`` stands for the load balancer's host name,
    ``${cdn.<bucket>}`` for that of a bucket's CDN, ``${region}`` and ``${environment}`` for what they say; ``$$`` is a
    ``$``."""
    secrets: dict[str, Name] = Field(default={})
    """Environment variable name to the name of a secret in Secrets Manager: created empty, for a person to fill, or
    as ``secrets:`` of the blueprint says."""
    role: Name | None = None
    """What the task's IAM role is called: ``<role>-role`` in the blueprint's convention.
    Default: ``<name>-task``."""
    reads_secrets: bool = False
    """Whether the task itself may read all secrets of the project. Not needed for what ``needs`` and ``secrets``
    inject: ECS reads those with the execution role."""
    command: list[str] | None = None
    """Replaces the image's command."""
    logs: LogsText = Field(default_factory=Logs.model_construct)
    """How long the logs are kept, and where which lines go."""
    tracing: bool = False
    """Whether an OpenTelemetry collector (ADOT) runs beside the container, takes traces on port 4317 (gRPC) and 4318
    (HTTP) and sends them to AWS X-Ray. It takes 128 CPU units and 256 MiB of the task. The container gets the
    ``OTEL_`` variables that an SDK reads. Where the SDK asks X-Ray (``OTEL_TRACES_SAMPLER: xray``), the first request
    of a second and 5 % of the others are traced."""
    read_only: bool = False
    """Whether the container's own root file system is read-only. Safer; the image must not write outside volumes."""
    execute_command: bool = False
    """Whether ``aws ecs execute-command`` may open a shell in a task (recorded in the ``ecs_exec`` log group)."""
