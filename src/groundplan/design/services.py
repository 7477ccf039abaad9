"""Container services on Amazon ECS with AWS Fargate."""

from __future__ import annotations

from groundplan.blueprint.services import Health, Public, Service
from groundplan.catalog import fargate
from groundplan.design import access, caches, databases, edge
from groundplan.design.draft import Draft, identifier
from groundplan.design.logs import add_log_group
from groundplan.design.networking import subnets_of, task_tier
from groundplan.design.security_groups import add_group, allow, allow_range, group_of
from groundplan.resources.base import Resource
from groundplan.resources.containers import (
    CapacityProviderShare,
    Container,
    ContainerHealthCheck,
    ContainerRepository,
    EcsCluster,
    EcsService,
    ServiceConnect,
    ServiceLoadBalancer,
    ServiceNamespace,
    TaskDefinition,
)
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import ANYWHERE, SecurityGroup
from groundplan.resources.security import Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import InputValue, Ref, Textual, text

CLUSTER = Ref(EcsCluster, "main")
NAMESPACE = Ref(ServiceNamespace, "main")
EXECUTE_COMMAND_LOGS = Ref(LogGroup, "ecs_exec")


def add_services(draft: Draft) -> None:
    """The cluster and every service of the blueprint."""
    services = draft.blueprint.services
    if not services:
        return
    add_log_group(draft, "ecs_exec", "ecs_exec", 30, "services", "project")
    cluster_name = draft.called("ecs_cluster", "cluster", "project")
    draft.add(
        EcsCluster(
            name="main",
            concern="services",
            cluster_name=cluster_name,
            execute_command_log_group=EXECUTE_COMMAND_LOGS,
            depends_on=(
                add_log_group(
                    draft,
                    "container_insights",
                    "performance",
                    7,
                    "services",
                    "project",
                    full_name=f"/aws/ecs/containerinsights/{cluster_name}/performance",
                ),
            ),
            tags=draft.name_tag("cluster"),
        )
    )
    draft.output("cluster", "Name of the ECS cluster", CLUSTER.attribute("id"))
    _add_secrets(draft)
    for name, service in services.items():
        _check_size(draft, name, service)
        _add_repository(draft, service.image.repository)
        add_service_group(draft, name, service)
    called = called_services(draft)
    if called:
        draft.add(
            ServiceNamespace(
                name="main",
                concern="services",
                namespace_name=draft.plain("services").lower(),
                description=f"Where services of {draft.title} {draft.environment} find each other",
                tags=draft.name_tag("services"),
            )
        )
    for name, service in services.items():
        _add_service(draft, name, service, offered=name in called)


def called_services(draft: Draft) -> set[str]:
    """The services that another service needs."""
    services = draft.blueprint.services
    return {need.name for service in services.values() for need in service.needs if need.name in services}


def _service_connect(draft: Draft, name: str, service: Service, *, offered: bool) -> ServiceConnect | None:
    """A service that is needed is offered under its name; one that needs others calls them by theirs."""
    if not offered and not any(need.name in draft.blueprint.services for need in service.needs):
        return None
    if offered and service.port is None:
        draft.problem(f"services.{name}", "other services need it, but it has no port that they could call")
    if not offered or service.port is None:
        return ServiceConnect(namespace=NAMESPACE)
    return ServiceConnect(namespace=NAMESPACE, port_name=name, dns_name=name, port=service.port)


def _check_size(draft: Draft, name: str, service: Service) -> None:
    size, path = service.size, f"services.{name}.size"
    if size.cpu not in fargate.cpus():
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


def _add_repository(draft: Draft, repository: str) -> None:
    """One repository for each image name, however many services run it."""
    name = identifier(repository)
    if Ref(ContainerRepository, name) in draft.refs:
        return
    ref = draft.add(
        ContainerRepository(
            name=name,
            concern="registry",
            repository_name=draft.called("ecr_repository", repository, "services"),
            kms_key=access.MAIN,
            tags=draft.name_tag(repository),
        )
    )
    draft.output(f"{name}_repository", f"Where images of {repository} are pushed", ref.attribute("url"))


def _add_secrets(draft: Draft) -> None:
    """Secrets that a person fills: created empty, so that no value ever stands in a file. Services may share one."""
    added: dict[str, str] = {}
    for service_name, service in draft.blueprint.services.items():
        for variable, name in service.secrets.items():
            ident, path = identifier(name), f"services.{service_name}.secrets.{variable}"
            if ident not in added and Ref(Secret, ident) in draft.refs:
                draft.problem(path, f"{name} is a secret that Groundplan fills itself; choose another name")
            elif ident not in added:
                added[ident] = name
                draft.add(
                    Secret(
                        name=ident,
                        concern="services",
                        secret_name=draft.legal("secret", databases.secret_name(draft, name), path),
                        description=f"{name}, filled by a person",
                        kms_key=access.MAIN,
                    )
                )
            elif added[ident] != name:
                draft.problem(path, f"{name} and {added[ident]} are too much alike; write one of them both times")


def add_service_group(draft: Draft, name: str, service: Service) -> None:
    """The security group of a service: out to AWS's APIs over HTTPS, and to what it needs."""
    group = add_group(draft, identifier(name), f"Service {name}", f"services.{name}")
    allow_range(draft, group, "egress", 443, ANYWHERE, "HTTPS to AWS APIs and the internet")
    for need in service.needs:
        port, what = _port_of(draft, need.name)
        if port:
            allow(draft, group, group_of(need.name), port, f"{name} to {what} {need.name}")


def _port_of(draft: Draft, name: str) -> tuple[int | None, str]:
    blueprint = draft.blueprint
    if name in blueprint.databases:
        return blueprint.databases[name].port, "database"
    if name in blueprint.caches:
        return blueprint.caches[name].port, "cache"
    if name in blueprint.services:
        return blueprint.services[name].port, "service"
    return None, "bucket"


def _environment(draft: Draft, service: Service) -> dict[str, Textual]:
    """Variables that are no secret: ``PORT``, ``<BUCKET>_BUCKET``, ``<SERVICE>_URL``, then what the blueprint says."""
    variables: dict[str, Textual] = {}
    if service.port:
        variables["PORT"] = str(service.port)
    blueprint = draft.blueprint
    for need in service.needs:
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
            }
        elif need.name in blueprint.caches and not blueprint.caches[need.name].encryption:
            cache = caches.replication_group(need.name)
            variables[f"{prefix}_HOST"] = cache.attribute("primary_endpoint_address")
    return variables | service.environment


def _injected(draft: Draft, service: Service) -> dict[str, Textual]:
    """Environment variable to secret ARN: what ECS reads from Secrets Manager when a task starts."""
    blueprint, variables = draft.blueprint, dict[str, Textual]()
    needed = [need.name for need in service.needs]
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
    for variable, secret in service.secrets.items():
        variables[variable] = Ref(Secret, identifier(secret)).arn
    return variables


def _image(draft: Draft, name: str, service: Service) -> Textual:
    tag = InputValue(f"{identifier(name)}_image_tag")
    draft.input(
        tag.name,
        f"Tag of the image that {name} starts with; releases change it later",
        default=service.image.tag,
        pattern="[A-Za-z0-9_][A-Za-z0-9._-]{0,127}",
        hint="a tag of the ECR repository, at most 128 characters",
    )
    return text(Ref(ContainerRepository, identifier(service.image.repository)).attribute("url"), ":", tag)


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


def _health_check(service: Service) -> ContainerHealthCheck | None:
    command = check_command(service.health, service.port) if service.port else tuple(service.health.command or ())
    if not command:
        return None
    health = service.health
    return ContainerHealthCheck(
        command=command,
        interval=health.interval.seconds,
        timeout=health.timeout.seconds,
        retries=health.retries,
        start_period=health.start.seconds,
    )


def _before_service(draft: Draft, service: Service, public: Public | None) -> tuple[Ref[Resource], ...]:
    """What has to exist first although nothing refers to it.

    A service is refused while its target group has no load balancer, so the listener comes before it. Service
    Connect tells a task only of services that exist when it starts, so the called come before the caller:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
    """
    listener: list[Ref[Resource]] = [edge.listener_of(public)] if public else []
    called = [need.name for need in service.needs if need.name in draft.blueprint.services]
    return (*listener, *(Ref(EcsService, identifier(name)) for name in called))


def _add_service(draft: Draft, name: str, service: Service, *, offered: bool) -> None:
    place, ident = f"services.{name}", identifier(name)
    group = add_log_group(draft, ident, name, service.logs.days, "services", f"{place}.logs")
    injected = _injected(draft, service)
    container = Container(
        name=name,
        image=_image(draft, name, service),
        command=tuple(service.command or ()),
        port=service.port,
        port_name=name if offered else None,
        environment=_environment(draft, service),
        secrets=injected,
        health_check=_health_check(service),
        log_group=group,
        log_stream_prefix=name,
        readonly_root_filesystem=service.read_only,
    )
    task = draft.add(
        TaskDefinition(
            name=ident,
            concern="services",
            family=draft.called("ecs_task_family", name, place),
            cpu=service.size.cpu,
            memory=service.size.memory,
            cpu_architecture="ARM64" if service.architecture == "arm64" else "X86_64",
            execution_role=access.add_execution_role(draft, name, service, injected, group),
            task_role=access.add_task_role(draft, name, service),
            containers=(container,),
            tags=draft.name_tag(name),
        )
    )
    public = service.public if service.port else None
    spot = service.capacity == "fargate-spot"
    tier = task_tier(draft)
    draft.add(
        EcsService(
            name=ident,
            concern="services",
            service_name=draft.called("ecs_service", name, place),
            cluster=CLUSTER,
            task_definition=task,
            desired_count=service.tasks.desired,
            launch_type=None if spot else "FARGATE",
            capacity_providers=(CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=1),) if spot else (),
            subnets=subnets_of(draft, tier),
            security_groups=(Ref(SecurityGroup, ident),),
            assign_public_ip=tier == "public",
            load_balancers=(
                ServiceLoadBalancer(
                    target_group=edge.target_group(name), container_name=name, container_port=service.port
                ),
            )
            if public and service.port
            else (),
            health_check_grace_period=service.health.start.seconds if public else None,
            circuit_breaker=True,
            circuit_breaker_rollback=service.deployment.rollback,
            minimum_healthy_percent=int(service.deployment.minimum_healthy.percent),
            maximum_percent=service.deployment.maximum,
            enable_execute_command=service.execute_command,
            service_connect=_service_connect(draft, name, service, offered=offered),
            depends_on=_before_service(draft, service, public),
            tags=draft.name_tag(name),
        )
    )
