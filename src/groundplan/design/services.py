"""Container services on Amazon ECS."""

from __future__ import annotations

from groundplan.blueprint.services import Public, Service
from groundplan.design import deployments, edge
from groundplan.design.cluster import CLUSTER, before_tasks, strategy, task_subnets
from groundplan.design.draft import Draft, identifier
from groundplan.design.networking import task_tier
from groundplan.design.tasks import add_repository, add_task, add_task_group, check_command, check_size
from groundplan.resources.base import Resource
from groundplan.resources.containers import (
    ContainerHealthCheck,
    EcsService,
    ServiceConnect,
    ServiceLoadBalancer,
    ServiceNamespace,
)
from groundplan.resources.network import SecurityGroup
from groundplan.resources.values import Ref

NAMESPACE = Ref(ServiceNamespace, "main")


def add_services(draft: Draft) -> None:
    """Every service of the blueprint."""
    services = draft.blueprint.services
    for name, service in services.items():
        check_size(draft, "services", name, service)
        add_repository(draft, service.image.repository)
        add_task_group(draft, "services", name, service)
    called = called_services(draft)
    if called:
        draft.add(
            ServiceNamespace(
                name="main",
                concern="services",
                namespace_name=draft.plain("services").lower(),
                description=f"Where services of {draft.title} {draft.stage} find each other",
                tags=draft.name_tag("services"),
            )
        )
    deployments.add_shifting_role(draft)
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
    return (*listener, *before_tasks(service), *(Ref(EcsService, identifier(name)) for name in called))


def _add_service(draft: Draft, name: str, service: Service, *, offered: bool) -> None:
    place, ident = f"services.{name}", identifier(name)
    task = add_task(
        draft,
        "services",
        name,
        service,
        port=service.port,
        port_name=name if offered else None,
        health_check=_health_check(service),
    )
    public = service.public if service.port else None
    shares, deployment = strategy(service), service.deployment
    service_name = draft.called("ecs_service", name, place)
    draft.add(
        EcsService(
            name=ident,
            concern="services",
            service_name=service_name,
            cluster=CLUSTER,
            task_definition=task,
            desired_count=service.tasks.desired,
            launch_type=None if shares else "FARGATE",
            capacity_providers=shares,
            subnets=task_subnets(draft, service),
            security_groups=(Ref(SecurityGroup, ident),),
            assign_public_ip=task_tier(draft) == "public",
            load_balancers=(
                ServiceLoadBalancer(
                    target_group=edge.target_group(name),
                    container_name=name,
                    container_port=service.port,
                    shift=deployments.traffic_shift(name, service),
                ),
            )
            if public and service.port
            else (),
            health_check_grace_period=service.health.start.seconds if public else None,
            deployment_strategy=deployments.STRATEGIES[deployment.strategy],
            bake_time=deployment.bake.minutes if deployment.shifts else None,
            gradual_shift=deployments.gradual_shift(service),
            rollback_alarms=deployments.add_rollback_alarms(draft, name, service, service_name),
            circuit_breaker=True,
            circuit_breaker_rollback=deployment.rollback,
            minimum_healthy_percent=None if deployment.shifts else int(deployment.minimum_healthy.percent),
            maximum_percent=None if deployment.shifts else deployment.maximum,
            enable_execute_command=service.execute_command,
            service_connect=_service_connect(draft, name, service, offered=offered),
            depends_on=_before_service(draft, service, public),
            tags=draft.name_tag(name),
        )
    )
