# fmt: off
"""What a blueprint may hold, for editors and type checkers. Written from the models by ``groundplan.api.writer``.

The keys are those of ``groundplan.yaml``; the few that Python cannot take as a keyword argument, or whose pair cannot
be taken, are called ``instance_class``, ``node_class``, ``cooldown_in`` and ``cooldown_out``. The classes that end in
``Overlay`` say what an environment changes: nothing in them is required, ``None`` removes an entry and gives a field
back to its default. Where there is no such class, nothing is required anyway.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Literal, Required, TypedDict

__all__ = [
    "About",
    "Accept",
    "Account",
    "Alarms",
    "Audit",
    "Backup",
    "BlueprintFields",
    "Bucket",
    "BucketOverlay",
    "Build",
    "BuildOverlay",
    "Cache",
    "CacheOverlay",
    "Capacity",
    "CapacityOverlay",
    "Cdn",
    "CountForecast",
    "CountForecastOverlay",
    "Database",
    "DatabaseOverlay",
    "DeadLetters",
    "Deployment",
    "Dns",
    "DnsOverlay",
    "Engine",
    "EngineOverlay",
    "Failures",
    "Firewall",
    "Gateway",
    "Google",
    "GoogleOverlay",
    "Health",
    "Image",
    "ImageOverlay",
    "Job",
    "JobOverlay",
    "Kubernetes",
    "KubernetesOverlay",
    "LifecycleRule",
    "Load",
    "Logs",
    "LogsOverlay",
    "Need",
    "Network",
    "NetworkOverlay",
    "NodeGroup",
    "NodeGroupOverlay",
    "Objectives",
    "ObjectivesOverlay",
    "OffHours",
    "Overlay",
    "Passwords",
    "Pipelines",
    "PipelinesOverlay",
    "Public",
    "Queue",
    "RecoveryObjective",
    "Reliability",
    "ReliabilityOverlay",
    "Renamed",
    "RenamedOverlay",
    "Replica",
    "ReplicaOverlay",
    "Scaling",
    "Secondary",
    "SecondaryOverlay",
    "Secret",
    "Security",
    "Service",
    "ServiceOverlay",
    "Share",
    "Shared",
    "Size",
    "SizeForecast",
    "SizeForecastOverlay",
    "Standby",
    "StandbyOverlay",
    "Storage",
    "Tasks",
    "TerraformState",
    "Traffic",
    "Usage",
    "UsageOverlay",
    "Volume",
    "VolumeOverlay",
]


class About(TypedDict, total=False):
    """Where the blueprint comes from, for documents and tags."""
    specification: str | None
    """Id of the specification."""
    version: str | None
    """Version of the specification."""
    account: str | None
    """Name of the AWS account."""


class NetworkOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Network`."""
    cidr: str | IPv4Network | None
    zones: Sequence[str] | None
    name: str | None
    subnets: Mapping[Literal["public", "private", "database"], Mapping[str, str | IPv4Network | None] | None] | None
    nat: Literal["per-zone", "single", "none"] | None
    endpoints: Sequence[str] | None
    flow_logs: str | timedelta | None
    acls: bool | None


class Network(TypedDict, total=False):
    """The VPC, its subnets by tier and zone, and how they reach the internet and AWS."""
    cidr: str | IPv4Network
    """The address range of the VPC: a private range between /16 and /28. Default: ``"10.0.0.0/16"``."""
    zones: Sequence[str]
    """Letters of the availability zones. A zone added later moves nothing. Default: ``["a", "b"]``."""
    name: str | None
    """What the VPC is called behind the project's title. Default: the environment's name."""
    subnets: Mapping[Literal["public", "private", "database"], Mapping[str, str | IPv4Network]]
    """Address ranges by tier and zone letter. What is left out is planned from the VPC's range."""
    nat: Literal["per-zone", "single", "none"]
    """NAT gateways: one in each zone (survives the loss of a zone), one for all, or none (tasks get public
    addresses). Default: ``"per-zone"``."""
    endpoints: Sequence[str]
    """AWS services reached without the internet: ``s3`` and ``dynamodb`` through gateways (free), others
    (``ecr.api``, ``ecr.dkr``, ``logs``, ``secretsmanager``, ``kms``, ...) through interfaces (paid per zone and
    hour). Default: ``["s3"]``."""
    flow_logs: str | timedelta | None
    """How long flow logs are kept; ``None`` records none. Default: ``"30d"``."""
    acls: bool
    """Whether each tier has a network ACL of its own that admits only what the tier needs. Default: ``True``."""


class ImageOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Image`."""
    repository: str | None
    tag: str | None
    keep: int | None
    scan: bool | None


class Image(TypedDict, total=False):
    """The container image."""
    repository: Required[str]
    """The ECR repository, which Groundplan creates."""
    tag: str | None
    """The tag that the first deployment runs. Never ``latest``: tags are immutable. Later releases do not change it.
    Without a tag the deployment asks for one."""
    keep: int | None
    """Newest images that the repository keeps; older ones are deleted. Default: all."""
    scan: bool
    """Whether ECR scans each pushed image for known vulnerabilities (basic scanning, free). Default: ``True``."""


class BuildOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Build`."""
    language: Literal["python", "node"] | None
    version: str | None
    start: Sequence[str] | None
    folder: str | None
    lint: Sequence[str] | None
    test: Sequence[str] | None
    largest: str | None


class Build(TypedDict, total=False):
    """How the image is built, linted and tested, for ``groundplan containers`` and ``groundplan pipelines``."""
    language: Required[Literal["python", "node"]]
    """``python``: packages of ``requirements.txt``, those for tests in ``requirements-dev.txt``. ``node``: those of
    ``package-lock.json``."""
    version: Required[str]
    """The version of Python or Node, to the patch, like ``3.11.7``: image and tests have the same."""
    start: Required[Sequence[str]]
    """What the container runs, like ``[uvicorn, app.main:app, --host, 0.0.0.0, --port, "8000"]``."""
    folder: str
    """Where the source is, with the Dockerfile beside it. Default: ``"."``."""
    lint: Sequence[str]
    """What looks at the source. Default: ``ruff check .``, or ``npm run lint --if-present``."""
    test: Sequence[str]
    """What runs the tests. Default: ``pytest``, or ``npm test``."""
    largest: str
    """How large the image may be; the pipeline pushes no larger one. Default: ``"500 MB"``."""


class Size(TypedDict, total=False):
    """What one task may use."""
    cpu: int
    """CPU units: 1024 are one vCPU. Fargate has 256, 512, 1024, 2048, 4096, 8192 and 16384. Default: ``256``."""
    memory: int
    """Memory in MiB. Default: ``512``."""


class Share(TypedDict, total=False):
    """How much of the tasks runs on one kind of capacity."""
    weight: int
    """Share of the tasks beyond the bases, relative to the other weights. Default: ``1``."""
    base: int
    """Tasks that run there before weights count. Only one kind of capacity may have a base. Default: ``0``."""


class Need(TypedDict, total=False):
    """One thing a service needs, and how far its rights go."""
    name: Required[str]
    """A database, cache, bucket, queue or service of this blueprint."""
    access: Literal["read", "write", "read-write"]
    """For a bucket: which object calls are allowed. For a queue: ``read`` receives messages, ``write`` sends them.
    Databases, caches and services ignore it. Default: ``"read-write"``."""
    required: bool | None
    """Whether a request fails without it, for the objective of availability. Default: without a database, a bucket
    or a service it does; without a cache it takes longer, and a queue's messages wait elsewhere."""


class LogsOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Logs`."""
    retention: str | timedelta | None
    group: str | None
    routes: Mapping[str, str | int | None] | None


class Logs(TypedDict, total=False):
    """What a workload prints, in CloudWatch Logs. Short form: the retention, like ``30d``."""
    retention: str | timedelta
    """How long the logs are kept. Default: ``"30d"``."""
    group: str | None
    """Name of the log group, like ``/ecs/api``, with the placeholders of ``names:`` where it has any, like
    ``/ecs/{project}-{environment}-{name}``: environments in one account cannot share it. Default:
    ``/<title>/<environment>/<name>``."""
    routes: Mapping[str, str | int]
    """Log groups of their own for lines that match a regular expression, like ``{access: "GET|POST", errors:
    '"level": ?"ERROR"'}``; the first that matches takes the line. A Fluent Bit sidecar (FireLens) sorts the lines,
    which takes 64 MiB of the task's memory; all other lines go to the group itself."""


class Health(TypedDict, total=False):
    """How ECS and the load balancer find out that a task works."""
    path: str
    """The path that answers 200 when the task works. Default: ``"/health"``."""
    interval: str | timedelta
    """Time between two checks. Default: ``"30s"``."""
    timeout: str | timedelta
    """Time after which a check has failed. Default: ``"5s"``."""
    retries: int
    """Failed checks in a row until a task is unhealthy. Default: ``3``."""
    start: str | timedelta
    """Time in which failed checks of a new task do not count. 0 to 300 seconds. Default: ``"1m"``."""
    command: Sequence[str] | None
    """What the container runs to check itself, like ``[CMD-SHELL, curl -f http://localhost:3000/health || exit 1]``.
    Default: a request by the image's own runtime, because slim images contain no curl. ``[]``: no container check."""
    runtime: Literal["node", "python", "curl", "wget"]
    """What the image contains to make the request with. Default: ``"curl"``."""
    healthy: int
    """Good answers in a row until the load balancer sends requests to a task. Default: ``2``."""
    unhealthy: int | None
    """Bad answers in a row until the load balancer stops sending requests. Default: ``retries``, at least 2."""


class Tasks(TypedDict, total=False):
    """How many tasks run."""
    desired: int
    """Tasks at the first deployment; scaling moves it later. Default: ``2``."""
    min: int
    """Fewest tasks that scaling may leave. Default: ``2``."""
    max: int
    """Most tasks that scaling may start. Default: ``4``."""


class Scaling(TypedDict, total=False):
    """When tasks are started and stopped, so that the average of each value stays at its target."""
    cpu: str | None
    """Average CPU utilisation to hold."""
    memory: str | None
    """Average memory utilisation to hold."""
    requests: int | None
    """Requests per minute and task to hold."""
    backlog: int | None
    """Messages that wait per running task, over all queues that the service reads."""
    method: Literal["target-tracking", "step"]
    """``target-tracking``: AWS starts as many tasks as bring the average back to the target. ``step``: one task more
    when the average was above the target for ``out``, one less when it was below 90 % of it for ``in``; not for
    ``backlog``. Default: ``"target-tracking"``."""
    cooldown_in: str | timedelta
    """Pause after tasks were stopped (``in:``). Default: ``"5m"``."""
    cooldown_out: str | timedelta
    """Pause after tasks were started (``out:``). Default: ``"1m"``."""


class Gateway(TypedDict, total=False):
    """An API gateway in front of a service. It is paid per request, passes every path on to the service's domain,
    and does not shut it: whoever asks the domain itself goes past the limits."""
    rate: int
    """Requests per second that are let through in the long run. Default: ``100``."""
    burst: int
    """Requests at once that are let through beyond the rate. Default: ``200``."""
    logs: str | timedelta | None
    """How long access logs are kept. API Gateway takes them only where the account's CloudWatch role is set, a
    setting of the whole account and region that Groundplan leaves alone; the load balancer's access logs tell of
    every request that came through in any case. ``None``: none."""


class Public(TypedDict, total=False):
    """How the internet reaches a service: through the environment's application load balancer."""
    domain: str | None
    """The host name. Without one the service answers every host that no other service claims."""
    path: str
    """Path pattern that goes to this service. Default: ``"/*"``."""
    certificate: str | None
    """ARN of a certificate that exists. Without one Groundplan requests a certificate for the domain."""
    hosted_zone: str | None
    """Route 53 hosted zone id: the domain's record and the certificate's validation are written there."""
    tls: bool
    """HTTPS. ``False`` serves plain HTTP. Default: ``True``."""
    redirect: bool
    """Whether port 80 redirects to HTTPS. ``False`` (for every service with TLS) leaves port 80 closed. Default:
    ``True``."""
    allow: Sequence[str | IPv4Network]
    """The only addresses that may connect to the load balancer. Empty: everyone. Services share the load balancer,
    so all public services have to say the same."""
    deregistration: str | timedelta
    """Time in which a stopping task may finish its requests. 0 to 3600 seconds. Default: ``"30s"``."""
    gateway: Gateway | None
    """A REST API of Amazon API Gateway in front, which limits the rate of requests. ``None``: none."""


class VolumeOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Volume`."""
    path: str | None
    size: str | None
    shared: bool | None


class Volume(TypedDict, total=False):
    """A volume that a service keeps data on (``platform: eks``)."""
    path: Required[str]
    """Where the container finds it."""
    size: Required[str]
    """Its size: an EBS volume (gp3, encrypted) for each pod, which keeps its pod in one zone."""
    shared: bool
    """One Amazon EFS file system for all pods instead, over all zones; ``size`` is then no limit. Default:
    ``False``."""


class Deployment(TypedDict, total=False):
    """How a new revision replaces the old one."""
    strategy: Literal["rolling", "blue-green", "canary", "linear"]
    """``rolling``: tasks are replaced little by little. The others start all new tasks beside the old ones and move
    the requests from one target group to another: at once (``blue-green``), first a part (``canary``) or part by
    part (``linear``); the old tasks stay for the time of ``bake``, so that a rollback takes seconds. On EKS these
    are for public services, and ``groundplan kubernetes switch`` moves the requests. Default: ``"rolling"``."""
    bake: str | timedelta
    """Time that the old tasks stay, and are paid for, after all requests moved: whole minutes, at most 24 hours. Not
    for ``rolling``. Default: ``"10m"``."""
    step: str
    """Requests that move first (``canary``: from 0.1 %) or at a time (``linear``: from 3 %). Default: ``"10%"``."""
    step_bake: str | timedelta
    """Time between two moves of requests (``canary``, ``linear``): whole minutes, at most 24 hours. Default:
    ``"5m"``."""
    alarms: bool | None
    """Whether a deployment fails, and rolls back, while the service's CPU, memory, share of 5xx or unhealthy tasks
    are above what ``alarms:`` says (on EKS: 5xx and unhealthy pods). The alarms for it are extra, and each of their
    metrics is paid for beyond the free ten. Default: where the strategy is not ``rolling``."""
    minimum_healthy: str
    """Share of the desired tasks that stays healthy during a ``rolling`` deployment. Default: ``"100%"``."""
    maximum: int
    """Tasks during a ``rolling`` deployment, in percent of the desired. Default: ``200``."""
    rollback: bool
    """Whether the circuit breaker returns to the last revision that worked. Default: ``True``."""


class Load(TypedDict, total=False):
    """What a request costs a service, from a measurement (``file``) or as figures. What is left out is assumed, and
    every result names it."""
    cpu_ms: float | None
    """Milliseconds of one whole vCPU that a request takes, on average: on a task with a quarter of a vCPU it takes
    four times as long."""
    wait_ms: float | None
    """Milliseconds that a request waits for others, on average: databases, caches, other services. Where the service
    needs a database it holds one of the task's connections meanwhile."""
    deviation: float
    """How much requests differ: standard deviation of ``cpu_ms`` and ``wait_ms`` as a multiple of the mean. 0: all
    are alike; 1: as exponential times. Default: ``1.0``."""
    concurrency: int | None
    """Requests that a task works on at a time, like the number of workers; others wait for one to end. ``None``: as
    many as come, as with asynchronous servers."""
    connections: int | None
    """Connections that a task opens to its database. Default: what an environment variable like ``DB_POOL_SIZE``
    says, else 10."""
    memory: str | None
    """Memory that a task uses. ``None``: it stays below what scaling holds."""
    visits: float | None
    """Requests to this service for each request of ``traffic``. Default: 1 for a public service, 0 for others."""
    file: str | None
    """A measurement instead of ``cpu_ms`` and ``wait_ms``: a CSV beside the blueprint with a line for each step of a
    load test and the columns ``requests_per_second``, ``cpu_percent`` (of the tasks' size), ``latency_ms`` (mean)
    and, unless it was one, ``tasks``."""


class ServiceOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Service`."""
    image: ImageOverlay | None
    build: BuildOverlay | None
    size: Size | None
    architecture: Literal["x86_64", "arm64"] | None
    capacity: str | Mapping[str, Share | int | None] | None
    zones: Sequence[str] | None
    needs: Sequence[str | Need | Mapping[str, Literal["read", "write", "read-write"]]] | None
    environment: Mapping[str, str | int | None] | None
    secrets: Mapping[str, str | int | None] | None
    role: str | None
    reads_secrets: bool | None
    command: Sequence[str] | None
    logs: str | LogsOverlay | None
    tracing: bool | None
    read_only: bool | None
    execute_command: bool | None
    port: int | None
    health: Health | None
    tasks: Tasks | None
    scaling: Scaling | None
    public: Public | None
    volumes: Mapping[str, VolumeOverlay | None] | None
    nodes: str | None
    deployment: Deployment | None
    load: Load | None


class Service(TypedDict, total=False):
    """A container service on Amazon ECS or EKS."""
    image: Required[Image]
    """The image that the tasks run."""
    build: Build | None
    """How the image is made, for ``groundplan containers`` and ``groundplan pipelines``. ``None``: elsewhere."""
    size: Size
    """CPU and memory of one task."""
    architecture: Literal["x86_64", "arm64"]
    """Processor architecture of the image. ``arm64`` (Graviton) costs about a fifth less. Default: ``"x86_64"``."""
    capacity: str | Mapping[str, Share | int]
    """Where the tasks run: ``fargate``, ``fargate-spot`` (up to 70 % less, may be interrupted with two minutes of
    warning), the name of EC2 capacity under ``capacity:``, or a mix by weight like ``{fargate: {base: 1, weight: 1},
    fargate-spot: 3}``. ECS does not mix Fargate and EC2 in one service. On EC2 a task may have any size that fits
    the instance. Default: ``{"fargate": {}}``."""
    zones: Sequence[str] | None
    """Zones that the tasks run in. Default: all of the network."""
    needs: Sequence[str | Need | Mapping[str, Literal["read", "write", "read-write"]]]
    """What it uses, and nothing else: each entry gives the network rule, the secret, the environment variable and
    the IAM statement for exactly that. ``main``, or ``{backups: read}``."""
    environment: Mapping[str, str | int]
    """Environment variables. Never a secret. ``${load_balancer}`` stands for the load balancer's host name,
    ``${cdn.<bucket>}`` for that of a bucket's CDN, ``${region}`` and ``${environment}`` for what they say; ``$$`` is
    a ``$``."""
    secrets: Mapping[str, str | int]
    """Environment variable name to the name of a secret in Secrets Manager: created empty, for a person to fill, or
    as ``secrets:`` of the blueprint says."""
    role: str | None
    """What the task's IAM role is called: ``<role>-role`` in the blueprint's convention. Default: ``<name>-task``."""
    reads_secrets: bool
    """Whether the task itself may read all secrets of the project. Not needed for what ``needs`` and ``secrets``
    inject: ECS reads those with the execution role. Default: ``False``."""
    command: Sequence[str] | None
    """Replaces the image's command."""
    logs: str | Logs
    """How long the logs are kept, and where which lines go."""
    tracing: bool
    """Whether an OpenTelemetry collector (ADOT) runs beside the container, takes traces on port 4317 (gRPC) and 4318
    (HTTP) and sends them to AWS X-Ray. It takes 128 CPU units and 256 MiB of the task. The container gets the
    ``OTEL_`` variables that an SDK reads. Where the SDK asks X-Ray (``OTEL_TRACES_SAMPLER: xray``), the first
    request of a second and 5 % of the others are traced. Default: ``False``."""
    read_only: bool
    """Whether the container's own root file system is read-only. Safer; the image must not write outside volumes.
    Default: ``False``."""
    execute_command: bool
    """Whether ``aws ecs execute-command`` may open a shell in a task (recorded in the ``ecs_exec`` log group).
    Default: ``False``."""
    port: int | None
    """The port the container listens on. A worker has none."""
    health: Health
    """Health check of the container and of the load balancer."""
    tasks: Tasks
    """How many tasks run."""
    scaling: Scaling | None
    """When tasks are added and removed. ``None``: the number stays at ``tasks.desired``."""
    public: Public | None
    """How the internet reaches the service. ``None``: not at all."""
    volumes: Mapping[str, Volume]
    """What the service keeps on disk (``platform: eks``)."""
    nodes: str | None
    """The node group of ``kubernetes.nodes`` that it runs on (``platform: eks``). Default: any without taints."""
    deployment: Deployment
    """How a new revision replaces the old one."""
    load: Load | None
    """What a request costs a task. ``None``: assumptions, which every result names."""


class JobOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Job`."""
    image: ImageOverlay | None
    build: BuildOverlay | None
    size: Size | None
    architecture: Literal["x86_64", "arm64"] | None
    capacity: str | Mapping[str, Share | int | None] | None
    zones: Sequence[str] | None
    needs: Sequence[str | Need | Mapping[str, Literal["read", "write", "read-write"]]] | None
    environment: Mapping[str, str | int | None] | None
    secrets: Mapping[str, str | int | None] | None
    role: str | None
    reads_secrets: bool | None
    command: Sequence[str] | None
    logs: str | LogsOverlay | None
    tracing: bool | None
    read_only: bool | None
    execute_command: bool | None
    schedule: str | None
    timezone: str | None
    window: str | timedelta | None
    tasks: int | None
    retries: int | None
    enabled: bool | None


class Job(TypedDict, total=False):
    """A container that Amazon EventBridge Scheduler starts as an ECS task, of the newest image that was released.

    It may need whatever a service may, but no services: Service Connect knows only tasks of services."""
    image: Required[Image]
    """The image that the tasks run."""
    build: Build | None
    """How the image is made, for ``groundplan containers`` and ``groundplan pipelines``. ``None``: elsewhere."""
    size: Size
    """CPU and memory of one task."""
    architecture: Literal["x86_64", "arm64"]
    """Processor architecture of the image. ``arm64`` (Graviton) costs about a fifth less. Default: ``"x86_64"``."""
    capacity: str | Mapping[str, Share | int]
    """Where the tasks run: ``fargate``, ``fargate-spot`` (up to 70 % less, may be interrupted with two minutes of
    warning), the name of EC2 capacity under ``capacity:``, or a mix by weight like ``{fargate: {base: 1, weight: 1},
    fargate-spot: 3}``. ECS does not mix Fargate and EC2 in one service. On EC2 a task may have any size that fits
    the instance. Default: ``{"fargate": {}}``."""
    zones: Sequence[str] | None
    """Zones that the tasks run in. Default: all of the network."""
    needs: Sequence[str | Need | Mapping[str, Literal["read", "write", "read-write"]]]
    """What it uses, and nothing else: each entry gives the network rule, the secret, the environment variable and
    the IAM statement for exactly that. ``main``, or ``{backups: read}``."""
    environment: Mapping[str, str | int]
    """Environment variables. Never a secret. ``${load_balancer}`` stands for the load balancer's host name,
    ``${cdn.<bucket>}`` for that of a bucket's CDN, ``${region}`` and ``${environment}`` for what they say; ``$$`` is
    a ``$``."""
    secrets: Mapping[str, str | int]
    """Environment variable name to the name of a secret in Secrets Manager: created empty, for a person to fill, or
    as ``secrets:`` of the blueprint says."""
    role: str | None
    """What the task's IAM role is called: ``<role>-role`` in the blueprint's convention. Default: ``<name>-task``."""
    reads_secrets: bool
    """Whether the task itself may read all secrets of the project. Not needed for what ``needs`` and ``secrets``
    inject: ECS reads those with the execution role. Default: ``False``."""
    command: Sequence[str] | None
    """Replaces the image's command."""
    logs: str | Logs
    """How long the logs are kept, and where which lines go."""
    tracing: bool
    """Whether an OpenTelemetry collector (ADOT) runs beside the container, takes traces on port 4317 (gRPC) and 4318
    (HTTP) and sends them to AWS X-Ray. It takes 128 CPU units and 256 MiB of the task. The container gets the
    ``OTEL_`` variables that an SDK reads. Where the SDK asks X-Ray (``OTEL_TRACES_SAMPLER: xray``), the first
    request of a second and 5 % of the others are traced. Default: ``False``."""
    read_only: bool
    """Whether the container's own root file system is read-only. Safer; the image must not write outside volumes.
    Default: ``False``."""
    execute_command: bool
    """Whether ``aws ecs execute-command`` may open a shell in a task (recorded in the ``ecs_exec`` log group).
    Default: ``False``."""
    schedule: Required[str]
    """When it runs: ``cron(0 3 * * ? *)``, ``rate(6 hours)`` or ``at(2027-01-01T00:00:00)``."""
    timezone: str
    """Time zone of the schedule by its IANA name, like ``Asia/Kolkata``. Daylight saving is followed. Default:
    ``"UTC"``."""
    window: str | timedelta
    """Within this time after the moment it is started, so that not everything starts at once. Up to 24 hours.
    Default: ``"0s"``."""
    tasks: int
    """Tasks that are started at a time. Default: ``1``."""
    retries: int
    """How often the start is tried again where ECS refuses it. A task that fails is not started again. Default:
    ``2``."""
    enabled: bool
    """Whether the schedule runs. Default: ``True``."""


class NodeGroupOverlay(TypedDict, total=False):
    """What an environment changes in :class:`NodeGroup`."""
    instances: Sequence[str] | None
    desired: int | None
    min: int | None
    max: int | None
    spot: bool | None
    volume: str | None
    zones: Sequence[str] | None
    taints: Sequence[str] | None


class NodeGroup(TypedDict, total=False):
    """EC2 instances that pods run on: a managed node group, scaled by the Cluster Autoscaler."""
    instances: Required[Sequence[str]]
    """Instance types, the wanted one first. With ``spot`` several make it less likely that none can be had."""
    desired: int
    """Nodes at the first deployment; the Cluster Autoscaler moves it later. Default: ``2``."""
    min: int
    """Fewest nodes. Default: ``1``."""
    max: int
    """Most nodes: 450 at most, what EKS allows a node group. Default: ``4``."""
    spot: bool
    """Spot instances: up to 90 % less, and may be taken away with two minutes of warning. Default: ``False``."""
    volume: str
    """Root volume of a node (gp3, encrypted), 20 GB at least: images and what pods write beside volumes. Default:
    ``"50 GB"``."""
    zones: Sequence[str] | None
    """Zones of the nodes. Default: all of the network."""
    taints: Sequence[str]
    """Only pods that tolerate them run here; services that name the node group do."""


class KubernetesOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Kubernetes`."""
    name: str | None
    version: str | None
    extended: bool | None
    nodes: Mapping[str, NodeGroupOverlay | None] | None
    allow: Sequence[str | IPv4Network] | None
    admins: Sequence[str] | None
    viewers: Sequence[str] | None
    logs: str | timedelta | None
    autoscaler: bool | None
    insights: bool | None
    monitoring: bool | None


class Kubernetes(TypedDict, total=False):
    """An Amazon EKS cluster with its node groups, add-ons and access."""
    name: str | None
    """What the cluster is called in AWS behind the project's name. Default: ``cluster``."""
    version: str
    """Kubernetes version in standard support. When that ends, AWS upgrades the cluster to the next version. Default:
    ``"1.35"``."""
    extended: bool
    """Whether the version may be one in extended support, for 0.60 instead of 0.10 USD an hour, about 438 instead of
    73 USD a month; and whether the cluster enters it, instead of being upgraded. Default: ``False``."""
    nodes: Mapping[str, NodeGroup]
    """Node groups, one at least. Services without ``nodes`` run on any that has no taints; where every group has
    some, nothing could run on its own and the blueprint is refused."""
    allow: Sequence[str | IPv4Network]
    """Addresses that may reach the Kubernetes API from the internet. Empty: it is reached from inside the VPC only."""
    admins: Sequence[str]
    """ARNs of IAM roles or users that administer the cluster (access entries). Nobody else gets in, also not who
    created it."""
    viewers: Sequence[str]
    """ARNs of IAM roles or users that may look at everything in the application's namespace except its secrets."""
    logs: str | timedelta
    """How long the control plane's logs are kept: API server, audit, authenticator, controller manager, scheduler.
    Default: ``"90d"``."""
    autoscaler: bool
    """Whether the Cluster Autoscaler changes the number of nodes. Default: ``True``."""
    insights: bool
    """Whether CloudWatch Container Insights watches the cluster (the CloudWatch Observability add-on). It is paid by
    observation, 0.21 USD a million, and by the logs that it writes. Default: ``False``."""
    monitoring: bool
    """Whether Prometheus, Alertmanager and Grafana run in the cluster, with dashboards and alert rules made from the
    blueprint. Default: ``True``."""


class CapacityOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Capacity`."""
    instance: str | None
    min: int | None
    max: int | None
    spot: bool | None
    volume: str | None
    target: str | None
    zones: Sequence[str] | None


class Capacity(TypedDict, total=False):
    """An Auto Scaling group of EC2 instances that joins the cluster as a capacity provider.

    Instances run the ECS-optimized Amazon Linux 2023 image, demand IMDSv2, have encrypted volumes, no open port and
    no key pair: a shell is opened with AWS Systems Manager Session Manager. A new instance takes the newest image;
    ``aws autoscaling start-instance-refresh`` with ``ScaleInProtectedInstances=Refresh`` renews those that run. They
    stand in private subnets, so that the network needs NAT."""
    instance: Required[str]
    """EC2 instance type, like ``t3.small``. Its processor decides the architecture of what runs there."""
    min: int
    """Fewest instances. Each is paid for by the hour, with its volume and its metrics, whether or not it is used.
    Default: ``1``."""
    max: int
    """Most instances. Default: ``3``."""
    spot: bool
    """Spot instances: up to 90 % less, and may be taken away with two minutes of warning. Default: ``False``."""
    volume: str
    """Root volume (gp3, encrypted). The ECS-optimized image needs 30 GB. Default: ``"30 GB"``."""
    target: str
    """Share of the instances that ECS tries to keep in use (managed scaling), in whole percent: below 100 % leaves
    room for new tasks. Default: ``"100%"``."""
    zones: Sequence[str] | None
    """Zones of the instances. Default: all of the network."""


class EngineOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Engine`."""
    name: str | None
    version: str | None


class Engine(TypedDict, total=False):
    """An engine and the version that is wanted. Short form: ``postgres 15`` or ``redis 7.0``."""
    name: Required[str]
    """``postgres``, ``redis`` or ``valkey``."""
    version: Required[str]
    """A major version (the catalog's minor is taken) or an exact one."""


class Storage(TypedDict, total=False):
    """Storage of a database instance. Short form: ``100 GB``, ``100 GB gp3``, ``100..500 GB gp3``."""
    size: str
    """Storage at creation. Default: ``"20 GB"``."""
    max: str | None
    """Up to here RDS adds storage by itself."""
    type: Literal["gp3", "gp2", "io1", "io2"]
    """EBS volume type. Default: ``"gp3"``."""


class DatabaseOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Database`."""
    engine: str | EngineOverlay | None
    instance_class: str | None
    name: str | None
    storage: str | Storage | None
    standby: bool | None
    zone: str | None
    extensions: Sequence[str] | None
    replicas: int | None
    replica_class: str | None
    database: str | None
    username: str | None
    credentials: Literal["generated", "managed"] | None
    rotation: str | timedelta | None
    port: int | None
    backups: str | timedelta | None
    backup_window: str | None
    maintenance_window: str | None
    performance_insights: str | timedelta | None
    monitoring: str | timedelta | None
    log_exports: Sequence[Literal["postgresql", "upgrade"]] | None
    parameters: Mapping[str, str | int | None] | None
    minor_upgrades: bool | None
    encryption: bool | None
    deletion_protection: bool | None
    final_snapshot: bool | None


class Database(TypedDict, total=False):
    """A PostgreSQL database on Amazon RDS."""
    engine: Required[str | Engine]
    """Engine and version: ``postgres 15`` takes the catalog's minor version of 15."""
    instance_class: Required[str]
    """Instance class (``class:``), like ``db.t4g.micro``."""
    name: str | None
    """What the database is called in AWS behind the project's name. Default: its name in the blueprint."""
    storage: str | Storage
    """Storage: ``100..500 GB gp3`` starts with 100 GB and grows to 500 GB by itself."""
    standby: bool
    """A synchronous standby in another zone takes over by itself (Multi-AZ). Default: ``True``."""
    zone: str | None
    """Zone of an instance without a standby. Default: AWS chooses."""
    extensions: Sequence[str]
    """PostgreSQL extensions, like ``postgis``, that exist before a service starts: a container of each task that
    needs the database runs ``CREATE EXTENSION IF NOT EXISTS`` first."""
    replicas: int
    """Asynchronous read replicas in the same region. Default: ``0``."""
    replica_class: str | None
    """Instance class of the replicas. Default: the primary's."""
    database: str | None
    """Name of the database inside the instance. Default: the project's name with underscores."""
    username: str
    """Name of the master user. Default: ``"groundplan"``."""
    credentials: Literal["generated", "managed"]
    """``generated``: AWS makes the password inside Secrets Manager; services get a whole ``DATABASE_URL``.
    ``managed`` (not with replicas, which RDS refuses then): RDS keeps the password in a secret of its own and
    rotates it every 7 days. Services get host, user and password apart; after a rotation they read the new password
    with ``<NAME>_SECRET_ARN``, which they also get, or are started anew. Default: ``"generated"``."""
    rotation: str | timedelta | None
    """How often RDS makes a new password (``credentials: managed`` only): 1 to 1000 days. Default: 7 days."""
    port: int
    """Port. Default: ``5432``."""
    backups: str | timedelta
    """How long automated backups are kept: 0 to 35 days. Within it any second can be restored. Default: ``"7d"``."""
    backup_window: str
    """When the daily snapshot is taken (UTC). Default: ``"03:00-04:00"``."""
    maintenance_window: str
    """When AWS may patch (UTC). Default: ``"sun:04:00-sun:05:00"``."""
    performance_insights: str | timedelta | None
    """How long Performance Insights keeps its data: 7 days are free. ``None``: off. Default: ``"7d"``."""
    monitoring: str | timedelta | None
    """Interval of Enhanced Monitoring: 1, 5, 10, 15, 30 or 60 seconds. ``None``: off. Default: ``"1m"``."""
    log_exports: Sequence[Literal["postgresql", "upgrade"]]
    """Logs that go to CloudWatch. Default: ``["postgresql", "upgrade"]``."""
    parameters: Mapping[str, str | int]
    """Parameters of the parameter group. Default: ``{"rds.force_ssl": "1"}``."""
    minor_upgrades: bool
    """Whether RDS applies new minor versions in the maintenance window. Terraform then leaves the version to RDS.
    Default: ``True``."""
    encryption: bool
    """Encryption at rest with a key of this environment. Default: ``True``."""
    deletion_protection: bool
    """Whether AWS refuses to delete the instance. Default: ``True``."""
    final_snapshot: bool
    """Whether deleting the instance takes a last snapshot. Default: ``True``."""


class CacheOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Cache`."""
    engine: str | EngineOverlay | None
    node_class: str | None
    name: str | None
    description: str | None
    nodes: int | None
    shards: int | None
    port: int | None
    snapshots: str | timedelta | None
    snapshot_window: str | None
    maintenance_window: str | None
    parameters: Mapping[str, str | int | None] | None
    encryption: bool | None


class Cache(TypedDict, total=False):
    """A Redis OSS or Valkey cache on Amazon ElastiCache."""
    engine: Required[str | Engine]
    """Engine and version: ``redis 7.0``, ``valkey 8.0``."""
    node_class: Required[str]
    """Node type (``class:``), like ``cache.t4g.micro``."""
    name: str | None
    """What the cache is called in AWS behind the project's name. Default: its name in the blueprint."""
    description: str | None
    """What it is for. Default: made from engine and title."""
    nodes: int
    """Nodes, in cluster mode of each shard: one primary, the others replicas. From two on, failover is automatic and
    over several zones. Default: ``2``."""
    shards: int | None
    """Cluster mode: the keys are spread over so many shards, each with ``nodes`` nodes that are paid; 500 nodes at
    most, of which a new account has 90. Clients have to speak Redis Cluster, begin at the one address that they are
    given, and get ``<NAME>_CLUSTER=true``. Another number moves keys while the cache answers. ``None``: cluster mode
    is off, which is not ``1``; a cache cannot change between the two: with another ``name`` beside it a new one,
    which is empty, takes its place."""
    port: int
    """Port. Default: ``6379``."""
    snapshots: str | timedelta
    """How long daily snapshots are kept; ``0d`` takes none. Default: ``"7d"``."""
    snapshot_window: str
    """When the daily snapshot is taken (UTC). Default: ``"05:00-06:00"``."""
    maintenance_window: str
    """When AWS may patch (UTC). Default: ``"sun:06:30-sun:07:30"``."""
    parameters: Mapping[str, str | int]
    """Parameters of the parameter group."""
    encryption: bool
    """Encryption at rest and in transit, with an authentication token. Default: ``True``."""


class LifecycleRule(TypedDict, total=False):
    """What happens to objects as they age."""
    prefix: str
    """Only objects whose key begins so. Empty: all."""
    expire: str | timedelta | None
    """Delete objects after this time."""
    expire_noncurrent: str | timedelta | None
    """Delete replaced and deleted versions after this time."""
    archive: str | timedelta | None
    """Move objects to ``archive_class`` after this time."""
    archive_class: Literal["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING"]
    """Storage class that ``archive`` moves to. Default: ``"GLACIER"``."""


class ReplicaOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Replica`."""
    region: str | None
    storage_class: (
        Literal["STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER"] | None
    )


class Replica(TypedDict, total=False):
    """A copy of a bucket in another region. Short form: the region."""
    region: Required[str]
    """AWS region, like ``us-west-2``."""
    storage_class: Literal["STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER"]
    """Storage class of the copies. Default: ``"STANDARD_IA"``."""


class Cdn(TypedDict, total=False):
    """An Amazon CloudFront distribution in front of a bucket, which stays private (origin access control)."""
    domains: Sequence[str]
    """Host names. Without one the distribution answers under its own name, ``<id>.cloudfront.net``."""
    certificate: str | None
    """ARN of a certificate in us-east-1. Without one Groundplan requests it there for the domains."""
    hosted_zone: str | None
    """Route 53 hosted zone id where the domains' records are written. Not needed below ``dns.zone``."""
    cache: str | timedelta
    """How long an object stays in the caches where its own headers say nothing. Default: ``"1d"``."""
    index: str | None
    """The object that answers ``/``. Default: ``"index.html"``."""
    single_page: bool
    """Whether paths that are no object answer with ``index`` (single-page applications). Default: ``False``."""
    price_class: Literal["100", "200", "all"]
    """Edge locations: ``100`` North America and Europe, ``200`` also most of Asia, ``all``. Default: ``"100"``."""
    logs: bool | None
    """Whether requests are logged to the environment's log bucket. Default: where ``network.flow_logs`` are kept."""


class BucketOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Bucket`."""
    name: str | None
    versioning: bool | None
    encryption: Literal["kms", "s3"] | None
    lifecycle: Mapping[str, LifecycleRule | None] | None
    abort_incomplete_uploads: str | timedelta | None
    keep: bool | None
    replicate: str | ReplicaOverlay | None
    cdn: Cdn | None


class Bucket(TypedDict, total=False):
    """An S3 bucket: private, encrypted, TLS only. ``logs`` takes the access logs, where some are kept."""
    name: str | None
    """Full name, or a convention for it like ``{project}-{environment}-{name}``. Bucket names are unique over all of
    AWS. Default: ``<project>-<name>-<environment>``."""
    versioning: bool
    """Whether replaced and deleted objects are kept as versions. Default: ``True``."""
    encryption: Literal["kms", "s3"]
    """``kms``: a key of this environment; ``s3``: keys that S3 keeps. Default: ``"kms"``."""
    lifecycle: Mapping[str, LifecycleRule]
    """Rules by their id."""
    abort_incomplete_uploads: str | timedelta
    """Parts of uploads that were never completed are deleted after this time. Default: ``"7d"``."""
    keep: bool
    """Whether the bucket and its objects stay when the environment is destroyed. Default: ``True``."""
    replicate: str | Replica | None
    """Region that every new object is copied to, for disaster recovery. Needs ``versioning``."""
    cdn: Cdn | None
    """CloudFront in front of the bucket. ``None``: only what ``needs`` it reads it."""


class DeadLetters(TypedDict, total=False):
    """Where messages go that no worker could handle."""
    after: int
    """Times that a message is received until it is taken out of the queue. Default: ``5``."""
    keep: str | timedelta
    """How long such messages are kept: 1 minute to 14 days, at least as long as the queue keeps its own, because a
    message's age counts from when it was sent. Default: ``"14d"``."""


class Queue(TypedDict, total=False):
    """An Amazon SQS queue: encrypted, TLS only. What ``needs`` it gets ``<NAME>_QUEUE_URL``."""
    name: str | None
    """What the queue is called in AWS behind the project's name. Default: its name in the blueprint."""
    fifo: bool
    """Whether messages keep their order (within a message group) and are delivered once: those of the same content
    within 5 minutes count as one, unless the sender gives them ids of their own. Default: ``False``."""
    visibility: str | timedelta
    """How long a received message is hidden from other workers: longer than handling one takes. Up to 12 hours.
    Default: ``"1m"``."""
    keep: str | timedelta
    """How long a message waits to be received: 1 minute to 14 days. Default: ``"4d"``."""
    delay: str | timedelta
    """How long a message waits before it can be received: up to 15 minutes. Default: ``"0s"``."""
    wait: str | timedelta
    """How long a request for messages waits where there are none (long polling): up to 20 seconds. Default:
    ``"20s"``."""
    late: str | timedelta | None
    """Age of the oldest message from which an alarm speaks, because the workers do not keep up. Default: 1 hour, or
    half of ``keep`` where that is less."""
    dead_letters: DeadLetters | None
    """The dead-letter queue. ``None``: a message that cannot be handled comes back until ``keep`` is over."""
    encryption: Literal["kms", "sqs"]
    """``kms``: the key of this environment; ``sqs``: keys that SQS keeps. Default: ``"kms"``."""


class Secret(TypedDict, total=False):
    """A secret in AWS Secrets Manager, or in the Parameter Store of AWS Systems Manager."""
    store: Literal["secrets-manager", "parameter-store"]
    """``secrets-manager``: 0.40 USD a month, copied to a standby region by AWS. ``parameter-store``: a SecureString
    parameter, free, but gone at once when it is deleted. CloudFormation has no type for one: ``groundplan deploy``
    makes it, and its copy in a standby region, through Systems Manager's API. Default: ``"secrets-manager"``."""
    generate: int | None
    """A random value of so many letters and digits, made where nobody sees it: inside Secrets Manager, or for a
    parameter in the memory of the deployment. ``None``: a person fills it."""
    description: str | None
    """What it is for, and where its value comes from."""


class DnsOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Dns`."""
    zone: str | None


class Dns(TypedDict, total=False):
    """The public DNS zone of the environment."""
    zone: Required[str]
    """A Route 53 hosted zone that Groundplan creates. Domains below it get their records and validated certificates
    by themselves, once the registrar (or the parent zone) points to the name servers that the deployment tells."""


class PipelinesOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Pipelines`."""
    repository: str | None
    branch: str | None
    name: str | None
    approval: bool | None
    credentials: Literal["oidc", "keys"] | None
    user: str | None
    provider: Literal["create", "exists"] | None
    deploy_role: str | None
    scans: bool | None


class Pipelines(TypedDict, total=False):
    """GitHub Actions: workflows that ``groundplan pipelines`` writes, and the roles that they take in this account.

    Source: https://docs.github.com/en/actions/concepts/security/openid-connect"""
    repository: Required[str]
    """The repository, ``owner/name``. Where its tokens carry immutable ids, as those of repositories made since July
    2026 do: with them, ``owner@123456/name@456789``, as Settings > Actions > OIDC shows."""
    branch: str
    """The branch that is released and deployed. Nothing else may. Default: ``"main"``."""
    name: str
    """What the workflow is called that tests, builds and releases. Default: ``"Deploy"``."""
    approval: bool
    """Whether somebody has to approve each release and deployment: the job then waits for the reviewers of the
    GitHub environment of the same name, which also says that only ``branch`` may use it. Default: ``True``."""
    credentials: Literal["oidc", "keys"]
    """``oidc``: GitHub vouches for each job, and AWS gives it credentials for an hour; no secret is kept anywhere.
    ``keys``: an access key of the IAM user ``user`` in GitHub's secrets, with which the job takes the same role. A
    key stays valid for whoever finds it, so that GP-SEC-087 wants it accepted with a reason. Default: ``"oidc"``."""
    user: str | None
    """The IAM user that the keys are of (``credentials: keys``). It needs no rights but to take the role."""
    provider: Literal["create", "exists"]
    """Whether this environment makes GitHub's identity provider in IAM, which is free. An account has one: one
    environment of it makes it, or ``shared:``; for the others it exists. Default: ``"exists"``."""
    deploy_role: str | None
    """The role that deploys the infrastructure. ``bootstrap``: the one that ``groundplan bootstrap`` makes, with no
    more rights than this environment needs; every role of the environment then has its ``permissions_boundary``.
    Else the ARN of one that the account's owners have made, or its name in this account. ``None``: the workflow
    checks, prices and plans, and a person deploys."""
    scans: bool | None
    """Whether packages, images and the infrastructure are searched for known weaknesses, with each change and every
    week. Default: where any image has ``scan: true``."""


class Firewall(TypedDict, total=False):
    """AWS WAF in front of the load balancer and the CDN. Paid per web ACL, rule and request."""
    rules: (
        Sequence[Literal["common", "known-bad-inputs", "ip-reputation", "anonymous-ip", "admin-protection", "sql",
        "linux", "unix", "windows", "php", "wordpress"]]
    )
    """Rule groups that AWS manages. ``common`` also blocks bodies of more than 8 KB. Source:
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html Default: ``["common",
    "known-bad-inputs", "ip-reputation"]``."""
    rate: int | None
    """Requests in five minutes from one address until it is blocked. ``None``: no limit. Default: ``2000``."""
    protects: Sequence[Literal["load-balancer", "cdn"]]
    """What it stands in front of, as far as the blueprint has it. Default: ``["load-balancer", "cdn"]``."""
    only_count: bool
    """Whether matches are only counted, to see what would be blocked. Default: ``False``."""
    logs: str | timedelta | None
    """How long blocked requests are kept in CloudWatch Logs. ``None``: they are not logged. Default: ``"30d"``."""


class Audit(TypedDict, total=False):
    """What watches the account. One environment of an account should have it: AWS Config has one recorder for an
    account and region."""
    trail: str | timedelta | None
    """AWS CloudTrail over all regions, into a bucket that keeps the records for this time. ``None``: no trail.
    Default: ``"365d"``."""
    logs: str | timedelta | None
    """How long CloudWatch Logs keeps the trail's events as well, to search in. Paid as logs. ``None``: not there."""
    config: bool
    """AWS Config: records every resource of the region and each of its changes. Paid per recorded change and rule
    evaluation. Default: ``True``."""
    rules: Sequence[str]
    """Managed rules of AWS Config. One that needs parameters which AWS has no default for is refused. Source:
    https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html Default:
    ``["CLOUD_TRAIL_ENABLED", "ENCRYPTED_VOLUMES", "IAM_USER_NO_POLICIES_CHECK", "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
    "RDS_STORAGE_ENCRYPTED", "ROOT_ACCOUNT_MFA_ENABLED", "S3_BUCKET_PUBLIC_READ_PROHIBITED",
    "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", "VPC_DEFAULT_SECURITY_GROUP_CLOSED", "VPC_FLOW_LOGS_ENABLED"]``."""
    conformance_packs: Sequence[str]
    """Names of AWS's sample packs of rules, like ``Operational-Best-Practices-for-CIS-AWS-v1.4-Level1``, as far as
    Groundplan knows them, without what AWS Config cannot check by itself. Paid per rule evaluation. Source:
    https://docs.aws.amazon.com/config/latest/developerguide/conformancepack-sample-templates.html"""


class Backup(TypedDict, total=False):
    """AWS Backup for databases, buckets with ``keep`` and the volumes of pods, beside what they keep themselves: in
    a vault of its own, encrypted. It knows no caches. Whoever hears of alarms hears of each backup, copy and restore
    that did not succeed."""
    schedule: str
    """When, in UTC: minutes, hours, day of month, month, day of week, year. Default: ``"cron(0 5 ? * * *)"``."""
    keep: str | timedelta
    """How long recovery points are kept: all of them are paid for. Default: ``"35d"``."""
    copy_to: str | None
    """Region that every recovery point is copied to, into a vault with a key there. Paid as storage and transfer."""
    lock: bool
    """Vault lock in governance mode, for copies too: recovery points cannot be deleted before their time without
    special rights, nor kept for more than twice as long. Default: ``False``."""
    test: str | None
    """When AWS Backup restores the newest recovery point of each database, bucket, file system and volume to see
    that it can, and deletes the restored again, in UTC. Paid per test and as what is restored. ``None``: never."""


class Security(TypedDict, total=False):
    """What looks for threats and weaknesses: Amazon GuardDuty, AWS Security Hub, IAM Access Analyzer. There is one
    of each in an account and region; it belongs into ``shared:`` where several environments share an account."""
    guardduty: Sequence[Literal["s3", "eks-audit", "ebs-malware", "rds-login", "lambda", "runtime"]] | None
    """Protection plans of GuardDuty beside its foundation (CloudTrail, flow logs, DNS). Paid by analysed volume.
    ``None``: no GuardDuty. Source:
    https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html Default: ``["s3",
    "eks-audit", "ebs-malware", "rds-login"]``."""
    standards: Sequence[Literal["fsbp", "cis-1.2", "cis-1.4", "cis-3.0", "nist-800-53", "pci-dss-3.2.1"]] | None
    """Standards that Security Hub holds the account to. Paid per check; they need AWS Config. ``None``: no Security
    Hub. Source: https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html Default:
    ``["fsbp", "cis-3.0"]``."""
    access_analyzer: bool
    """Whether IAM Access Analyzer tells what is reachable from outside of the account. Free. Default: ``True``."""
    severity: Literal["low", "medium", "high", "critical"]
    """From which severity on findings are told to the people of ``alarms:``. Default: ``"high"``."""
    regions: Sequence[str]
    """Further regions that are watched as well, like those of a standby and of copies. With ``standards`` AWS Config
    records there, too."""


class Passwords(TypedDict, total=False):
    """The password policy of IAM users. There is one in an account. Default: what CIS AWS Foundations asks."""
    length: int
    """Shortest password. Default: ``14``."""
    reuse: int
    """How many old passwords may not come again. Default: ``24``."""
    expire: str | timedelta | None
    """How long a password is good: 1 to 1095 days. ``None``: as long as it is not known to be lost."""


class Account(TypedDict, total=False):
    """What stands once in an AWS account; it belongs into ``shared:`` where several environments share one."""
    passwords: Passwords | None
    """The password policy of IAM users. ``None``: as it is. CloudFormation cannot make it: ``groundplan deploy``
    sets it through IAM's API."""
    administrators: Sequence[str] | None
    """ARNs of IAM users or roles that may take the role of administrators, with multi-factor authentication only;
    empty: everybody of the account whom their own policies let. ``None``: there is no such role."""
    cost_tags: bool
    """Whether the common tags are activated as cost allocation tags. CloudFormation cannot: ``groundplan deploy``
    asks Cost Explorer's API, which knows a tag about a day after its first use. Default: ``True``."""
    anomalies: str | None
    """From which unusual amount on AWS Cost Anomaly Detection tells, like ``50 USD/month``, of what carries the tag
    ``Project`` once ``cost_tags`` are active. ``None``: it does not watch. Free."""


class OffHours(TypedDict, total=False):
    """Stops the environment at night and at weekends.

    Stopped are nodes of EKS (to zero), tasks of ECS (to zero), EC2 capacity, and databases, 15 minutes later;
    databases start 15 minutes before the rest. Alarms on what is stopped say nothing from ``stop`` until half an
    hour after ``start``. AWS cannot stop the EKS control plane, caches, load balancers, NAT gateways and storage;
    they cost on, and the estimate says so.

    RDS starts a stopped instance by itself after seven days; every evening stops it again. While it is stopped it
    takes no backups: ``backup_window`` has to lie in working hours. Numbers of nodes and tasks that are changed in
    the blueprint count from the next start on. Whoever starts something at night has it until the next ``stop``.
    Deploy and destroy in working hours: RDS refuses to change an instance that is stopped, and add-ons of EKS wait
    for nodes."""
    stop: str
    """When it stops, on every day; two hours at least before ``start``. Default: ``"20:00"``."""
    start: str
    """When it starts on working days. A ``stop`` before it is the next day's. Default: ``"07:00"``."""
    days: Sequence[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    """Working days; on others it is not started. Default: ``["mon", "tue", "wed", "thu", "fri"]``."""
    timezone: str
    """Time zone by its IANA name, like ``America/New_York``. Daylight saving is followed. Default: ``"UTC"``."""


class StandbyOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Standby`."""
    region: str | None
    overlay: Mapping[str, object | None] | None
    health: str | timedelta | None
    failures: int | None
    promote: bool | None
    after: str | timedelta | None


class Standby(TypedDict, total=False):
    """The same environment once more in another region, smaller, with copies of its data: a warm standby.

    Databases become replicas of the primary's across regions; secrets are copied, and so are images and objects of
    buckets with versions that are written from then on. Caches, queues and shared volumes begin empty (``backup:``
    with ``copy_to`` has copies of volumes), jobs rest, and nothing is copied back. Public domains lead there by
    themselves while the primary does not answer; the database is promoted by an automation document, which says each
    step and its time. Costs what is running there. A registry copies images by one configuration for each account
    and region: of the environments in one account and region, only one can have a standby."""
    region: Required[str]
    """AWS region, like ``us-west-2``."""
    overlay: Mapping[str, object]
    """What differs there from the environment, written as under ``environments:``; the network's range above all."""
    health: str | timedelta
    """Interval in which Route 53 asks the primary for each public domain's health: 30 seconds, or 10 for 1 USD more
    a month. A check by HTTPS costs 1 USD a month. Default: ``"30s"``."""
    failures: int
    """Bad answers in a row until the domain leads to the standby. Default: ``3``."""
    promote: bool
    """Whether the standby promotes its databases by itself: when requests have come to arrive there *and* no
    database has got anything from its primary for five minutes. Otherwise a person starts the document. Default:
    ``True``."""
    after: str | timedelta
    """How long requests have to arrive there, in each of so many minutes. Default: ``"3m"``."""


class GoogleOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Google`."""
    project: str | None
    region: str | None
    active: bool | None
    cidr: str | IPv4Network | None
    database_tier: str | None
    copies: Sequence[str] | None
    dumps: str | None
    pipeline: str | None
    without: Sequence[str] | None


class Google(TypedDict, total=False):
    """A pilot light on Google Cloud: copies of the data and everything that is needed to take over, switched off.

    Terraform only; AWS CloudFormation cannot make it. The network, the copy of the buckets, the image repositories,
    the secrets and services scaled to zero are there; database, cache and load balancer are made when ``active`` is
    set, and a person imports the latest dump. Services talk to Google's APIs there: see the document on the
    secondary cloud."""
    project: Required[str]
    """Id of the Google Cloud project."""
    region: str
    """Google Cloud region, like ``us-east4``. Default: ``"us-east4"``."""
    active: bool
    """Whether it has taken over: creates the Cloud SQL instances, the caches and the load balancer, and lets the
    services scale from one instance on. At a take-over ``terraform apply -var google_active=true`` says the same.
    Default: ``False``."""
    cidr: str | IPv4Network
    """Range of the subnet that services get their addresses from. Default: ``"10.200.0.0/22"``."""
    database_tier: str
    """Machine type of the Cloud SQL instances: ``db-custom-<CPUs>-<MB>``. Default: ``"db-custom-2-7680"``."""
    copies: Sequence[str]
    """Buckets of the blueprint that are copied every day. Empty: all that have ``keep``."""
    dumps: str
    """Bucket of the blueprint that a job of yours writes a dump of each database to (``pg_dump``), every night
    before 05:00 UTC, when the copies begin: what a Cloud SQL instance is filled from. Default: ``"backups"``."""
    pipeline: str | None
    """Who pushes images to Google Cloud, without a key: a GitHub repository, ``owner/name``, or the ARN of an AWS
    role without a path. ``None``: people alone."""
    without: Sequence[str]
    """Services, jobs, databases, caches and queues that are not there after a take-over."""


class SecondaryOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Secondary`."""
    google: GoogleOverlay | None


class Secondary(TypedDict, total=False):
    """Another cloud that can take over."""
    google: Required[Google]
    """Google Cloud."""


class Alarms(TypedDict, total=False):
    """CloudWatch alarms and who hears of them."""
    email: str | None
    """Who is notified. The address has to confirm the subscription once; with a CDN twice, because CloudFront's
    alarms are in us-east-1."""
    webhook: str | None
    """An HTTPS address that is notified as well: of a pager or an external monitoring service. It has to confirm the
    subscription once."""
    cpu: str
    """CPU of services, databases and caches. Default: ``"80%"``."""
    memory: str
    """Memory of services and caches. Default: ``"90%"``."""
    errors: str
    """Share of requests answered with 5xx. Default: ``"1%"``."""
    storage: str
    """Used storage of databases. Default: ``"80%"``."""
    connections: str
    """Share of the connections that a database takes. Default: ``"80%"``."""
    latency: str | timedelta | None
    """How long the load balancer's answers may take, but for the slowest twentieth. ``None``: they take what they
    take."""
    application: bool | None
    """Whether one composite alarm is on while any alarm is that users notice, 0.50 USD a month. Default: where there
    is a standby."""
    period: str | timedelta
    """How long a value has to stand out. Default: ``"5m"``."""


class CountForecastOverlay(TypedDict, total=False):
    """What an environment changes in :class:`CountForecast`."""
    low: int | None
    expected: int | None
    high: int | None


class CountForecast(TypedDict, total=False):
    """How many a month: at least, probably, at most. A plain number is what is expected."""
    low: int | None
    """In a quiet month. Default: as expected."""
    expected: Required[int]
    """In a usual month: what budgets are compared with."""
    high: int | None
    """In a busy month. Default: as expected."""


class SizeForecastOverlay(TypedDict, total=False):
    """What an environment changes in :class:`SizeForecast`."""
    low: str | None
    expected: str | None
    high: str | None


class SizeForecast(TypedDict, total=False):
    """How much data a month: at least, probably, at most. A plain size is what is expected."""
    low: str | None
    """In a quiet month. Default: as expected."""
    expected: Required[str]
    """In a usual month: what budgets are compared with."""
    high: str | None
    """In a busy month. Default: as expected."""


class UsageOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Usage`."""
    requests: str | CountForecastOverlay | int | None
    internet_out: str | SizeForecastOverlay | None
    nat: str | SizeForecastOverlay | None
    between_zones: str | SizeForecastOverlay | None
    between_regions: str | SizeForecastOverlay | None
    endpoints: str | SizeForecastOverlay | None
    logs: str | SizeForecastOverlay | None
    stored: Mapping[str, str | SizeForecastOverlay | None] | None
    bucket_writes: str | CountForecastOverlay | int | None
    bucket_reads: str | CountForecastOverlay | int | None
    database_backups: str | SizeForecastOverlay | None
    recovery_points: Mapping[str, str | SizeForecastOverlay | None] | None
    cache_snapshots: str | SizeForecastOverlay | None
    messages: Mapping[str, str | CountForecastOverlay | int | None] | None
    notifications: str | CountForecastOverlay | int | None
    job_hours: Mapping[str, str | timedelta | None] | None
    key_requests: str | CountForecastOverlay | int | None
    secret_reads: str | CountForecastOverlay | int | None
    dns_queries: str | CountForecastOverlay | int | None
    metrics: str | CountForecastOverlay | int | None
    traces: str | CountForecastOverlay | int | None
    config_changes: str | CountForecastOverlay | int | None
    config_evaluations: str | CountForecastOverlay | int | None
    security_checks: str | CountForecastOverlay | int | None
    cdn_requests: str | CountForecastOverlay | int | None
    cdn_out: str | SizeForecastOverlay | None


class Usage(TypedDict, total=False):
    """What will be used per month, for the part of the bill that depends on it. What is left out is not priced.

    Each figure may be given as ``{low: 1M, expected: 5M, high: 20M}``."""
    requests: str | CountForecast | int | None
    """Requests to the load balancer."""
    internet_out: str | SizeForecast | None
    """Data sent to the internet."""
    nat: str | SizeForecast | None
    """Data through NAT gateways."""
    between_zones: str | SizeForecast | None
    """Data from one availability zone to another, which is charged when it leaves and when it arrives."""
    between_regions: str | SizeForecast | None
    """Data copied to another region: new images and objects, what a database writes, recovery points."""
    endpoints: str | SizeForecast | None
    """Data through interface endpoints."""
    logs: str | SizeForecast | None
    """Logs written."""
    stored: Mapping[str, str | SizeForecast]
    """Data kept, by bucket, image repository or shared volume (``<service>-<volume>``)."""
    bucket_writes: str | CountForecast | int | None
    """PUT, COPY, POST and LIST requests to buckets."""
    bucket_reads: str | CountForecast | int | None
    """GET requests to buckets."""
    database_backups: str | SizeForecast | None
    """Backups and snapshots of databases kept by RDS; as much as the instances have storage is free."""
    recovery_points: Mapping[str, str | SizeForecast]
    """What AWS Backup keeps, by database, bucket or shared volume (``<service>-<volume>``): a whole copy, and what
    changed since for each further recovery point. A copy in another region holds as much again."""
    cache_snapshots: str | SizeForecast | None
    """Snapshots of caches beyond the first of each, which is free."""
    messages: Mapping[str, str | CountForecast | int]
    """Messages, by queue."""
    notifications: str | CountForecast | int | None
    """Messages published to SNS topics: alarms that go on and off, budgets."""
    job_hours: Mapping[str, str | timedelta]
    """How long the tasks of a job run in a month, all runs together, by job."""
    key_requests: str | CountForecast | int | None
    """Requests to KMS: encrypting, decrypting, data keys."""
    secret_reads: str | CountForecast | int | None
    """Calls to Secrets Manager."""
    dns_queries: str | CountForecast | int | None
    """DNS queries that alias records to AWS do not answer."""
    metrics: str | CountForecast | int | None
    """Custom metrics of Container Insights of the ECS cluster."""
    traces: str | CountForecast | int | None
    """Traces recorded by X-Ray."""
    config_changes: str | CountForecast | int | None
    """Changes of resources that AWS Config records."""
    config_evaluations: str | CountForecast | int | None
    """Evaluations of AWS Config's rules."""
    security_checks: str | CountForecast | int | None
    """Checks of Security Hub's standards."""
    cdn_requests: str | CountForecast | int | None
    """Requests to CloudFront."""
    cdn_out: str | SizeForecast | None
    """Data that CloudFront sends to viewers."""


class RecoveryObjective(TypedDict, total=False):
    """What holds for one kind of disruption."""
    time: str | timedelta | None
    """How long it may take, at most, until users can work again (RTO)."""
    point: str | timedelta | None
    """What was written how long before may be lost, at most (RPO)."""


class ObjectivesOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Objectives`."""
    budget: str | None
    availability: str | None
    recovery_time: str | timedelta | None
    recovery_point: str | timedelta | None
    recovery: (
        Mapping[Literal["task", "node", "database", "zone", "region", "table", "corruption", "key"],
        RecoveryObjective | None] | None
    )
    response_time: str | timedelta | None
    discovery_time: str | timedelta | None
    measured: (
        Mapping[Literal["task_start", "balancer_zone", "multi_az_failover", "instance_recovery", "instance_start",
        "restore", "switch", "table_copy", "objects_restore", "backup_restore", "backup_copy", "cache_failover",
        "cache_replaced", "node_replaced", "deployment", "promotion", "reconnect", "replica_lag", "object_copies"],
        str | timedelta | None] | None
    )
    latency: Mapping[str, str | int | None] | None
    users: int | None
    requests: str | None
    utilisation: str | None
    deployment_time: str | timedelta | None


class Objectives(TypedDict, total=False):
    """What the environment has to hold to."""
    budget: str | None
    """What it may cost per month. Where there are alarms, AWS Budgets tells when it is or will be exceeded; it
    counts by tags, which ``account.cost_tags`` activates once in the account as cost allocation tags."""
    availability: str | None
    """The share of the time in which requests are answered, like ``99.9%``, over a year."""
    recovery_time: str | timedelta | None
    """How long it may take, at most, until users can work again (RTO), after any disruption that ``recovery`` does
    not name; after the loss of the region where there is a standby."""
    recovery_point: str | timedelta | None
    """What was written how long before a disruption may be lost, at most (RPO); for the same disruptions."""
    recovery: (
        Mapping[Literal["task", "node", "database", "zone", "region", "table", "corruption", "key"],
        RecoveryObjective]
    )
    """What holds for one kind of disruption: ``region: {time: 15m, point: 5m}``."""
    response_time: str | timedelta | None
    """How long people take, at most, until they act on an alarm. ``None``: not known, and so is every recovery time
    that waits for a person."""
    discovery_time: str | timedelta | None
    """How long data made wrong by mistake may go unnoticed, at most: no alarm tells of it. ``None``: not known, and
    neither is how much is lost after ``corruption``."""
    measured: (
        Mapping[Literal["task_start", "balancer_zone", "multi_az_failover", "instance_recovery", "instance_start",
        "restore", "switch", "table_copy", "objects_restore", "backup_restore", "backup_copy", "cache_failover",
        "cache_replaced", "node_replaced", "deployment", "promotion", "reconnect", "replica_lag", "object_copies"],
        str | timedelta]
    )
    """What a drill has measured, in place of what is assumed: ``restore: 22m``."""
    latency: Mapping[str, str | int]
    """How long answers of the services may take, measured at the load balancer: ``p95: 200ms``."""
    users: int | None
    """How many people are to be served at the same time, each waiting ``traffic.think_time`` between two requests."""
    requests: str | None
    """Requests that are to be answered, like ``500/s``."""
    utilisation: str | None
    """How much of CPU or memory, whichever is more, should be in use at the busiest hour: ``groundplan savings
    --used`` chooses sizes for it. ``None``: 70 %."""
    deployment_time: str | timedelta | None
    """How long it may take until the whole environment is there, deployed for the first time."""


class Traffic(TypedDict, total=False):
    """What is asked of the environment at its busiest: by ``users`` who wait for answers and think, or as
    ``requests`` that come whether or not others are answered. Neither: what ``objectives`` demand."""
    users: int | None
    """People at the busiest moment (closed workload): each asks, waits for the answer, thinks, and asks again."""
    think_time: str | timedelta | None
    """Time between an answer and the next request of the same user. ``None``: an assumption, which every result
    names."""
    requests: str | None
    """Requests at the busiest moment, like ``200/s`` (open workload)."""
    shape: Literal["day", "constant", "spike", "ramp"]
    """How the load runs. ``day``: a curve with its quietest hour at 04:00 and its busiest at 16:00; ``constant``;
    ``spike``: ``quiet`` of it, and in the middle all at once for half an hour; ``ramp``: from ``quiet`` of it evenly
    to all of it. Default: ``"day"``."""
    quiet: str
    """Load of the quietest moment, as a share of the busiest. Default: ``"20%"``."""


class Failures(TypedDict, total=False):
    """How often one thing of its kind fails, and how long it is away where nothing takes over."""
    failures: str | None
    """How often, like ``0.2/year``, each of them. ``None``: as assumed."""
    repair: str | timedelta | None
    """How long on average until it is there again. ``None``: as assumed, or as computed from health checks and times
    of starting. What a takeover takes stands in ``objectives.measured``."""


class ReliabilityOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Reliability`."""
    causes: (
        Mapping[Literal["region", "zone", "service", "edge", "nat", "task", "node", "spot", "database",
        "database_patch", "database_upgrade", "cache", "deployment"], Failures | None] | None
    )
    tasks_needed: Mapping[str, int | None] | None


class Reliability(TypedDict, total=False):
    """What was measured of failures, in place of assumptions that ``groundplan simulate availability`` names."""
    causes: (
        Mapping[Literal["region", "zone", "service", "edge", "nat", "task", "node", "spot", "database",
        "database_patch", "database_upgrade", "cache", "deployment"], Failures]
    )
    """By what fails: ``zone: {failures: 0.2/year, repair: 2h}``."""
    tasks_needed: Mapping[str, int]
    """How many tasks or pods of a service carry the load: with fewer it counts as down. Default: all but one, and
    one at least."""


class Accept(TypedDict, total=False):
    """A finding that is known and taken as it is."""
    rule: Required[str]
    """The rule's id, like ``GP-SEC-001``."""
    resource: str
    """The resource as the finding names it; ``*`` matches any part. Default: ``"*"``."""
    reason: Required[str]
    """Why, in three words at least. It stands in every report."""
    expires: str | None
    """The last day on which it is accepted, like ``2027-03-01``: from the next on the finding counts again.
    ``None``: as long as it stands here."""


class RenamedOverlay(TypedDict, total=False):
    """What an environment changes in :class:`Renamed`."""
    project: str | None
    title: str | None
    environment: str | None
    short_name: str | None
    services: Mapping[str, str | int | None] | None
    jobs: Mapping[str, str | int | None] | None
    capacity: Mapping[str, str | int | None] | None
    databases: Mapping[str, str | int | None] | None
    caches: Mapping[str, str | int | None] | None
    buckets: Mapping[str, str | int | None] | None
    queues: Mapping[str, str | int | None] | None
    secrets: Mapping[str, str | int | None] | None
    repositories: Mapping[str, str | int | None] | None
    nodes: Mapping[str, str | int | None] | None


class Renamed(TypedDict, total=False):
    """What has another name in AWS than in the blueprint, because it was renamed: the new name and, behind it, the
    one that it had when it was created. All of it stays as it is in AWS, names, tags and data; Terraform is told by
    ``moved`` blocks, and CloudFormation keeps the logical ids."""
    project: str | None
    """The ``project`` of before."""
    title: str | None
    """The ``title`` of before."""
    environment: str | None
    """What the environment was called; said by the environment itself."""
    short_name: str | None
    """The ``short_name`` of before."""
    services: Mapping[str, str | int]
    """Services: ``{web: api}`` for what is ``web`` now and was ``api``."""
    jobs: Mapping[str, str | int]
    """Jobs."""
    capacity: Mapping[str, str | int]
    """Capacity on EC2."""
    databases: Mapping[str, str | int]
    """Databases."""
    caches: Mapping[str, str | int]
    """Caches."""
    buckets: Mapping[str, str | int]
    """Buckets."""
    queues: Mapping[str, str | int]
    """Queues."""
    secrets: Mapping[str, str | int]
    """Secrets that workloads name under ``secrets``."""
    repositories: Mapping[str, str | int]
    """Image repositories, by ``image.repository``."""
    nodes: Mapping[str, str | int]
    """Node groups of ``kubernetes.nodes``."""


class TerraformState(TypedDict, total=False):
    """Where Terraform keeps its state."""
    backend: Literal["s3", "local"]
    """``s3``: encrypted, versioned, locked; ``local``: a file beside the configuration. Default: ``"s3"``."""
    bucket: str | None
    """Name of the state bucket. Default: ``<project>-<environment>-terraform-state``."""


class Overlay(TypedDict, total=False):
    """What an environment changes in the blueprint."""
    project: str | None
    title: str | None
    region: str | None
    account_id: str | None
    engine: Literal["terraform", "cloudformation"] | None
    profile: Literal["poc", "development", "staging", "production"] | None
    owner_id: str | None
    short_name: str | None
    names: str | None
    tags: Mapping[str, str | int | None] | None
    permissions_boundary: str | None
    about: About | None
    network: NetworkOverlay | None
    services: Mapping[str, ServiceOverlay | None] | None
    jobs: Mapping[str, JobOverlay | None] | None
    platform: Literal["ecs", "eks"] | None
    kubernetes: KubernetesOverlay | None
    capacity: Mapping[str, CapacityOverlay | None] | None
    keys: Literal["customer", "aws"] | None
    insights: Literal["enabled", "enhanced", "disabled"] | None
    databases: Mapping[str, DatabaseOverlay | None] | None
    caches: Mapping[str, CacheOverlay | None] | None
    buckets: Mapping[str, BucketOverlay | None] | None
    queues: Mapping[str, Queue | None] | None
    secrets: Mapping[str, Secret | None] | None
    secret_recovery: str | timedelta | None
    dns: DnsOverlay | None
    pipelines: PipelinesOverlay | None
    firewall: Firewall | None
    audit: Audit | None
    backup: Backup | None
    security: Security | None
    account: Account | None
    off_hours: OffHours | None
    drills: Literal["allowed", "forbidden"] | None
    standby: StandbyOverlay | None
    secondary: SecondaryOverlay | None
    alarms: Alarms | None
    usage: UsageOverlay | None
    objectives: ObjectivesOverlay | None
    traffic: Traffic | None
    reliability: ReliabilityOverlay | None
    accept: Sequence[Accept] | None
    renamed: RenamedOverlay | None
    state: TerraformState | None


class Shared(TypedDict, total=False):
    """What stands once in the account, beside the environments that use it."""
    dns: DnsOverlay | None
    """The public DNS zone of the environment. ``None``: none is created."""
    audit: Audit | None
    """CloudTrail and AWS Config. ``None``: neither."""
    security: Security | None
    """GuardDuty, Security Hub and IAM Access Analyzer. ``None``: none of them."""
    account: Account | None
    """What stands once in an AWS account: password policy, administrators, cost allocation tags. ``None``: nothing."""
    alarms: Alarms | None
    """Alarms and who hears of them. ``None``: none."""
    objectives: ObjectivesOverlay | None
    """What the environment has to hold to."""
    accept: Sequence[Accept] | None
    """Findings that are taken as they are, each with its reason."""
    tags: Mapping[str, str | int | None] | None
    """Tags on everything that takes tags, beside ``Project``, ``Environment`` and ``ManagedBy``."""
    keys: Literal["customer", "aws"] | None
    """``customer``: KMS keys of this environment, 1 USD a month each, whose use the environment's policies grant.
    ``aws``: keys that AWS manages or owns, free; everything is still encrypted, but nobody can be granted or denied
    the key apart from the data."""
    state: TerraformState | None
    """Where Terraform keeps its state."""
    short_name: str | None
    """What the environment is called in names, like ``prod``. Default: its name."""
    profile: Literal["poc", "development", "staging", "production"] | None
    """Posture of what is left out. Default: the environment's name where it is a profile, else production."""
    names: str | None
    """How things are called in AWS. Lower-cased where the service demands it. An ``owner_id`` stands behind the
    environment, or before the name, where ``{owner_id}`` does not say another place."""
    usage: UsageOverlay | None
    """What will be used per month."""
    region: str | None
    """AWS region, like ``ap-south-1``."""
    pipelines: PipelinesOverlay | None
    """GitHub Actions that test, build, release and deploy, with the roles that they take. ``None``: none."""
    permissions_boundary: str | None
    """A managed policy that every IAM role of the environment gets as its permissions boundary, which has to allow
    whatever the role's own policies do: its name in this account, or its ARN. It has to exist before the environment
    is deployed. Default: with ``pipelines.deploy_role: bootstrap`` the one that ``groundplan bootstrap`` makes; else
    none."""


class BlueprintFields(TypedDict, total=False):
    """An application for one environment: the base with the environment's overlay and the profile applied."""
    project: Required[str]
    """The application's name in identifiers."""
    title: str | None
    """Its spelling in names that allow capitals. Default: the project's name."""
    region: Required[str]
    """AWS region, like ``ap-south-1``."""
    account_id: str | None
    """The AWS account that this belongs into, like ``"123456789012"``. Mostly written per environment. With
    credentials of another account, or of another partition than the region's, every command that works on AWS ends
    before it does anything. ``None``: whatever account the credentials are of. The local AWS is nobody's account and
    takes every environment."""
    engine: Literal["terraform", "cloudformation"]
    """What renders and deploys to AWS by default. The local AWS always takes CloudFormation. Default:
    ``"terraform"``."""
    profile: Literal["poc", "development", "staging", "production"]
    """Posture of what is left out. Default: the environment's name where it is a profile, else production."""
    owner_id: str | None
    """Tells apart people or teams that deploy the same environment into one AWS account: a part of every name, also
    of those that are written in full, and the tag ``Owner``. At most 12 lower-case letters, digits and single
    hyphens. Mostly given at the command line: ``--set owner_id=jane``."""
    short_name: str | None
    """What the environment is called in names, like ``prod``. Default: its name."""
    names: str
    """How things are called in AWS. Lower-cased where the service demands it. An ``owner_id`` stands behind the
    environment, or before the name, where ``{owner_id}`` does not say another place. Default:
    ``"{title}-{environment}-{name}"``."""
    tags: Mapping[str, str | int]
    """Tags on everything that takes tags, beside ``Project``, ``Environment`` and ``ManagedBy``."""
    permissions_boundary: str | None
    """A managed policy that every IAM role of the environment gets as its permissions boundary, which has to allow
    whatever the role's own policies do: its name in this account, or its ARN. It has to exist before the environment
    is deployed. Default: with ``pipelines.deploy_role: bootstrap`` the one that ``groundplan bootstrap`` makes; else
    none."""
    about: About
    """Where this blueprint comes from."""
    network: Network
    """The network."""
    services: Mapping[str, Service]
    """Containers that run all the time."""
    jobs: Mapping[str, Job]
    """Containers that run when it is time for them."""
    platform: Literal["ecs", "eks"]
    """Where services and jobs run: Amazon ECS, or Kubernetes on Amazon EKS. An EKS cluster costs 0.10 USD an hour,
    about 73 USD a month, and its nodes, which ``kubernetes:`` says. Default: ``"ecs"``."""
    kubernetes: Kubernetes
    """The EKS cluster of ``platform: eks``."""
    capacity: Mapping[str, Capacity]
    """EC2 instances that services and jobs may run on instead of Fargate (``platform: ecs``)."""
    keys: Literal["customer", "aws"]
    """``customer``: KMS keys of this environment, 1 USD a month each, whose use the environment's policies grant.
    ``aws``: keys that AWS manages or owns, free; everything is still encrypted, but nobody can be granted or denied
    the key apart from the data. Default: ``"customer"``."""
    insights: Literal["enabled", "enhanced", "disabled"]
    """Container Insights of the cluster: metrics of services and tasks, paid as custom metrics; ``enhanced`` has
    them by container. Default: ``"enabled"``."""
    databases: Mapping[str, Database]
    """Relational databases."""
    caches: Mapping[str, Cache]
    """Caches in memory."""
    buckets: Mapping[str, Bucket]
    """Object storage."""
    queues: Mapping[str, Queue]
    """Messages that wait for a worker."""
    secrets: Mapping[str, Secret]
    """How the secrets that services name are made. One that is not here is created empty, for a person to fill."""
    secret_recovery: str | timedelta
    """How long a deleted secret can be brought back, 7 to 30 days, in which nothing else can have its name; ``0d``:
    not at all. CloudFormation knows no such time: it deletes at once what AWS made, and keeps what a person filled
    in, save with ``0d``. Default: ``"30d"``."""
    dns: Dns | None
    """The public DNS zone of the environment. ``None``: none is created."""
    pipelines: Pipelines | None
    """GitHub Actions that test, build, release and deploy, with the roles that they take. ``None``: none."""
    firewall: Firewall | None
    """AWS WAF in front of load balancer and CDN. ``None``: none."""
    audit: Audit | None
    """CloudTrail and AWS Config. ``None``: neither."""
    backup: Backup | None
    """AWS Backup. ``None``: only what databases and buckets keep themselves."""
    security: Security | None
    """GuardDuty, Security Hub and IAM Access Analyzer. ``None``: none of them."""
    account: Account | None
    """What stands once in an AWS account: password policy, administrators, cost allocation tags. ``None``: nothing."""
    off_hours: OffHours | None
    """When the environment is stopped. ``None``: never."""
    drills: Literal["allowed", "forbidden"]
    """Whether ``groundplan drill`` may take away a task, a node, a database, a zone or the region on purpose to
    measure the recovery. ``allowed`` adds experiment templates of AWS Fault Injection Service with alarms that stop
    them; they are free, an experiment costs 0.10 USD per minute of each action. It needs ``alarms``. Default:
    ``"forbidden"``."""
    standby: Standby | None
    """The environment once more in another region, for disaster recovery. ``None``: nowhere."""
    secondary: Secondary | None
    """Another cloud that can take over. ``None``: none."""
    alarms: Alarms | None
    """Alarms and who hears of them. ``None``: none."""
    usage: Usage
    """What will be used per month."""
    objectives: Objectives
    """What the environment has to hold to."""
    traffic: Traffic
    """What is asked of it, for ``groundplan simulate traffic`` and the objectives of latency, users and requests."""
    reliability: Reliability
    """What was measured of failures, for ``groundplan simulate availability`` and the objective of availability."""
    accept: Sequence[Accept]
    """Findings that are taken as they are, each with its reason."""
    renamed: Renamed
    """What has another name in AWS than here, because it was renamed: it stays as it is there."""
    state: TerraformState
    """Where Terraform keeps its state."""
    environments: Mapping[str, Overlay | None]
    """What differs from the base, by environment. Mappings merge, lists replace, ``None`` removes."""
    shared: Shared | None
    """What stands once in the account: an environment of its own, called ``shared``."""
