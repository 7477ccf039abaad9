"""Task definitions: what a service or a job runs, with what it may know and do."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.blueprint.references import Reference, parts
from groundplan.blueprint.services import Health
from groundplan.blueprint.validation.tasks import repository_settings
from groundplan.blueprint.workloads import Workload
from groundplan.catalog import fargate
from groundplan.design import access, caches, capacity, databases, edge, extensions, queues, routing, tracing
from groundplan.design.causes import caused
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import main_key
from groundplan.design.secrets import secret_arn
from groundplan.design.security_groups import add_group, allow, allow_range, group_of
from groundplan.resources.containers import (
    Container,
    ContainerDependency,
    ContainerHealthCheck,
    ContainerRepository,
    TaskDefinition,
)
from groundplan.resources.delivery import Distribution
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import ANYWHERE
from groundplan.resources.policies import Statement
from groundplan.resources.storage import Bucket
from groundplan.resources.values import InputValue, Pseudo, Ref, Textual, text


def check_size(draft: Draft, family: str, name: str, workload: Workload) -> None:
    """Report a size that Fargate does not have, or that no instance of the workload's EC2 capacity could take."""
    size, path = workload.size, f"{family}.{name}.size"
    if capacity.of_workload(draft, workload):
        capacity.check_fits(draft, family, name, workload)
    elif size.cpu not in fargate.cpus():
        choices = ", ".join(str(cpu) for cpu in fargate.cpus())
        draft.problem(f"{path}.cpu", f"{size.cpu} CPU units is not a Fargate size; choose {choices}")
    elif not fargate.is_valid(size.cpu, size.memory):
        memories = fargate.memories_for(size.cpu)
        choices = ", ".join(map(str, memories)) if len(memories) <= 8 else (
            f"{memories[0]} to {memories[-1]} in steps of {memories[1] - memories[0]}"
        )  # fmt: skip
        draft.problem(
            f"{path}.memory", f"{size.memory} MiB does not go with {size.cpu} CPU units on Fargate; choose {choices}"
        )


SIDECAR_PORTS = {routing.NAME: routing.PORTS, tracing.NAME: tracing.PORTS}


def check_sidecars(
    draft: Draft, place: str, workload: Workload, port: int | None, containers: tuple[Container, ...]
) -> None:
    """What runs beside the application has to leave it something of the task, its port and its name."""
    size = workload.size
    for what, unit, whole, shares in (
        ("cpu", "CPU units", size.cpu, {item.name: item.cpu or 0 for item in containers}),
        ("memory", "MiB", size.memory, {item.name: item.memory_reservation or 0 for item in containers}),
    ):
        taken = sum(shares.values())
        if taken >= whole:
            listed = " and ".join(f"{name} {amount}" for name, amount in shares.items() if amount)
            draft.problem(
                f"{place}.size.{what}",
                f"{listed} take {taken} {unit}, and the task has {whole}: nothing is left for the application",
            )
    names = [item.name for item in containers]
    for item in names:
        if port in SIDECAR_PORTS.get(item, ()):
            draft.problem(f"{place}.port", f"{item} listens on {port} in the same task; choose another port")
    if place.partition(".")[2] in names:
        draft.problem(place, f"a container beside it is called so too ({', '.join(names)}); choose another name")


def add_repository(draft: Draft, repository: str) -> None:
    """One repository for each image name, however many services run it."""
    name = identifier(repository)
    if Ref(ContainerRepository, name) in draft.refs:
        return
    settings = repository_settings(draft.blueprint, repository)
    ref = draft.add(
        ContainerRepository(
            name=name,
            concern="registry",
            # ECR copies an image into the repository of the same name in the other region.
            repository_name=(draft.primary or draft).called("ecr_repository", repository, "services"),
            kms_key=main_key(draft),
            keep_images=settings.keep,
            scan_on_push=settings.scan,
            tags=draft.name_tag(repository),
        )
    )
    draft.output(f"{name}_repository", f"Where images of {repository} are pushed", ref.attribute("url"))


def add_task_group(draft: Draft, family: str, name: str, workload: Workload) -> None:
    """The security group of a service's or job's tasks: out to AWS's APIs over HTTPS, and to what it needs."""
    group = add_group(draft, identifier(name), f"{family.removesuffix('s').capitalize()} {name}", f"{family}.{name}")
    allow_range(draft, group, "egress", 443, ANYWHERE, "HTTPS to AWS APIs and the internet")
    for need in workload.needs:
        port, what = port_of(draft, need.name)
        if port:
            allow(draft, group, group_of(need.name), port, f"{name} to {what} {need.name}")


def port_of(draft: Draft, name: str) -> tuple[int | None, str]:
    """The port of something that is needed, None where it has none in the network, and what it is."""
    blueprint = draft.blueprint
    if name in blueprint.databases:
        return blueprint.databases[name].port, "database"
    if name in blueprint.caches:
        return blueprint.caches[name].port, "cache"
    if name in blueprint.services:
        return blueprint.services[name].port, "service"
    return None, "bucket"


def _given(draft: Draft, name: str, workload: Workload, port: int | None) -> dict[str, Textual]:
    """Variables that are no secret: ``PORT``, ``<BUCKET>_BUCKET``, ``<SERVICE>_URL``, ``<QUEUE>_QUEUE_URL``, …"""
    variables: dict[str, Textual] = {}
    if port:
        variables["PORT"] = str(port)
    blueprint = draft.blueprint
    for need in workload.needs:
        prefix = identifier(need.name).upper()
        if need.name in blueprint.buckets:
            variables[f"{prefix}_BUCKET"] = Ref(Bucket, identifier(need.name)).attribute("id")
        elif need.name in blueprint.services:
            variables[f"{prefix}_URL"] = f"http://{need.name}:{blueprint.services[need.name].port}"
        elif need.name in blueprint.databases and blueprint.databases[need.name].credentials == "managed":
            spec, primary = blueprint.databases[need.name], databases.primary(need.name)
            variables |= {
                f"{prefix}_HOST": primary.attribute("address"),
                f"{prefix}_PORT": str(spec.port),
                f"{prefix}_NAME": databases.database_name(draft, spec),
                # The password that ECS injects is stale after a rotation; with this the task reads the new one.
                f"{prefix}_SECRET_ARN": primary.attribute("master_user_secret_arn"),
            }
        elif need.name in blueprint.queues:
            variables[f"{prefix}_QUEUE_URL"] = queues.queue(need.name).attribute("id")
        elif need.name in blueprint.caches:
            cache = blueprint.caches[need.name]
            if cache.shards is not None:
                variables[f"{prefix}_CLUSTER"] = "true"
            if not cache.encryption:
                variables[f"{prefix}_HOST"] = caches.endpoint(need.name, cache)
    if workload.tracing:
        variables |= tracing.variables(draft, name)
    return variables


def _value(draft: Draft, written: str) -> Textual:
    """A variable with what it refers to put in."""
    return text(*(part if isinstance(part, str) else _referred(draft, part) for part in parts(written)))


def _referred(draft: Draft, reference: Reference) -> Textual:
    match reference.name:
        case "load_balancer":
            return edge.BALANCER.attribute("dns_name")
        case "cdn":
            return Ref(Distribution, identifier(reference.of or "")).attribute("dns_name")
        case "region":
            return Pseudo.REGION
        case "environment":
            return draft.environment
    raise ValueError(f"${{{reference}}} stands for nothing")


def _injected(draft: Draft, workload: Workload) -> dict[str, Textual]:
    """Environment variable to secret ARN: what ECS reads from Secrets Manager for the needs when a task starts."""
    blueprint, variables = draft.blueprint, dict[str, Textual]()
    needed = [need.name for need in workload.needs]
    one_database = sum(name in blueprint.databases for name in needed) == 1
    one_cache = sum(name in blueprint.caches for name in needed) == 1
    for name in needed:
        prefix = identifier(name).upper()
        if name in blueprint.databases and blueprint.databases[name].credentials == "generated":
            variable = "DATABASE_URL" if one_database else f"{prefix}_DATABASE_URL"
            variables[variable] = databases.url_secret(name).arn
        elif name in blueprint.databases:
            managed = databases.primary(name).attribute("master_user_secret_arn")
            variables[f"{prefix}_USERNAME"] = text(managed, ":username::")
            variables[f"{prefix}_PASSWORD"] = text(managed, ":password::")
        elif name in blueprint.caches and blueprint.caches[name].encryption:
            variables["REDIS_URL" if one_cache else f"{prefix}_REDIS_URL"] = caches.url_secret(name).arn
    return variables


def environment(draft: Draft, name: str, workload: Workload, port: int | None) -> dict[str, Textual]:
    """Variables that are no secret: what its needs give, and over it what the blueprint says."""
    own = {variable: _value(draft, value) for variable, value in workload.environment.items()}
    return _given(draft, name, workload, port) | own


def injected(draft: Draft, workload: Workload) -> dict[str, Textual]:
    """Environment variable to the ARN of a secret: what its needs give, and what the blueprint says."""
    own: dict[str, Textual] = {key: secret_arn(draft, secret) for key, secret in workload.secrets.items()}
    return _injected(draft, workload) | own


def check_variables(draft: Draft, place: str, name: str, workload: Workload, port: int | None) -> None:
    """ECS refuses a variable that is plain and a secret at once. And a secret never quietly takes a need's place.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    secret = {*_injected(draft, workload)}
    for family, written, taken in (
        ("environment", workload.environment, secret),
        ("secrets", workload.secrets, secret | {*_given(draft, name, workload, port)}),
    ):
        for variable in written:
            if variable in taken:
                draft.problem(
                    f"{place}.{family}.{variable}",
                    f"the task already gets {variable} from what it needs; leave it out, or choose another name",
                )


def image(draft: Draft, name: str, workload: Workload) -> Textual:
    tag = InputValue(f"{identifier(name)}_image_tag")
    draft.input(
        tag.name,
        f"Tag of the image that {name} starts with; releases change it later",
        default=workload.image.tag,
        pattern="[A-Za-z0-9_][A-Za-z0-9._-]{0,127}",
        hint="a tag of the ECR repository, at most 128 characters",
    )
    return text(Ref(ContainerRepository, identifier(workload.image.repository)).attribute("url"), ":", tag)


def check_command(health: Health, port: int) -> tuple[str, ...]:
    """What the container runs to check itself, with a program that its image has (C-10)."""
    if health.command is not None:
        return tuple(health.command)
    url = f"http://localhost:{port}{health.path}"
    command = {
        "curl": f"curl -f {url} || exit 1",
        "wget": f"wget -q -O /dev/null {url} || exit 1",
        "node": f"node -e \"fetch('{url}').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\"",
        "python": f"python -c \"import urllib.request as r; r.urlopen('{url}', timeout={health.timeout.seconds})\"",
    }[health.runtime]
    return ("CMD-SHELL", command)


def _beside(
    draft: Draft, name: str, workload: Workload, group: Ref[LogGroup], routes: Mapping[str, Ref[LogGroup]]
) -> tuple[Container, ...]:
    """What runs in the task beside the application."""
    found = []
    for need in workload.needs:
        database = draft.blueprint.databases.get(need.name)
        if database and database.extensions:
            found.append(extensions.creator(draft, need.name, database, group))
    if routes:
        found.append(routing.router(name, workload, group, routes))
    if workload.tracing:
        found.append(tracing.collector(group))
    return tuple(found)


def _rights_beside(
    draft: Draft, place: str, workload: Workload, group: Ref[LogGroup], routes: Mapping[str, Ref[LogGroup]]
) -> list[Statement]:
    """What log router and trace collector do with the role of the task."""
    routed = routing.statements((group, *routes.values())) if routes else ()
    traced = tracing.statements() if workload.tracing else ()
    return [
        *caused(routed, draft.cause(f"{place}.logs.routes")),
        *caused(traced, draft.cause(f"{place}.tracing")),
    ]


def _before(beside: tuple[Container, ...]) -> tuple[ContainerDependency, ...]:
    """The application starts when the extensions exist, and its log router and trace collector run."""
    return tuple(
        ContainerDependency(item.name, "START" if item.name in SIDECAR_PORTS else "SUCCESS") for item in beside
    )


def add_task(
    draft: Draft,
    family: str,
    name: str,
    workload: Workload,
    *,
    port: int | None = None,
    port_name: str | None = None,
    health_check: ContainerHealthCheck | None = None,
) -> Ref[TaskDefinition]:
    """The task definition of a service or job, with its roles and log group."""
    place, ident = f"{family}.{name}", identifier(name)
    group, routes = routing.add_groups(draft, name, workload, place)
    check_variables(draft, place, name, workload, port)
    beside = _beside(draft, name, workload, group, routes)
    check_sidecars(draft, place, workload, port, beside)
    container = Container(
        name=name,
        image=image(draft, name, workload),
        command=tuple(workload.command or ()),
        port=port,
        port_name=port_name,
        environment=environment(draft, name, workload, port),
        secrets=injected(draft, workload),
        depends_on=_before(beside),
        health_check=health_check,
        log_group=None if routes else group,
        log_stream_prefix=name,
        readonly_root_filesystem=workload.read_only,
    )
    return draft.add(
        TaskDefinition(
            name=ident,
            concern="services",
            family=draft.called("ecs_task_family", name, place),
            requires_compatibilities=("EC2",) if capacity.of_workload(draft, workload) else ("FARGATE",),
            cpu=workload.size.cpu,
            memory=workload.size.memory,
            cpu_architecture="ARM64" if workload.architecture == "arm64" else "X86_64",
            execution_role=access.add_execution_role(
                draft,
                name,
                workload,
                tuple(arn for item in (container, *beside) for arn in item.secrets.values()),
                group,
            ),
            task_role=access.add_task_role(
                draft, name, workload, _rights_beside(draft, place, workload, group, routes)
            ),
            containers=(container, *beside),
            tags=draft.name_tag(name),
        )
    )
