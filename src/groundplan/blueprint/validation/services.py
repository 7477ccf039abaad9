"""Services: health checks, scaling, listeners, and secrets that stand in the open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.services import Scaling, Service
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding, check_range, check_retention, check_zones, workloads
from groundplan.blueprint.workloads import Workload

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|API_?KEY|KEY)$", re.IGNORECASE
)
_PUBLIC_NAME = r"(?i)(?:^|_)(?:PUBLIC|PUBLISHABLE)_(?:API_)?KEY$"
_SECRET_VALUE = re.compile(
    r"^[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@|\bAKIA[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY"
)


def check_workloads(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """What services and jobs have in common."""
    for family, name, workload in workloads(blueprint):
        at: Steps = (family, name)
        if workload.image.tag == "latest":
            yield Finding(
                (*at, "image", "tag"),
                '"latest" names another image every day, and tags here are immutable; write the tag of one build, '
                "or none: the deployment asks for it",
            )
        if workload.size.cpu < 1 or workload.size.memory < 1:
            yield Finding((*at, "size"), "cpu and memory have to be more than 0")
        yield from check_zones(workload.zones, blueprint.network.zones, (*at, "zones"))
        yield from check_retention(workload.logs.retention, (*at, "logs"))
        yield from _check_variables(workload, at)


def check_services(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """What only services have."""
    for name, service in blueprint.services.items():
        at: Steps = ("services", name)
        if service.public is not None and service.port is None:
            yield Finding(
                (*at, "public"), "a public service listens on a port; write port: beside public:", at_key=True
            )
        if service.deployment.maximum <= service.deployment.minimum_healthy.percent:
            yield Finding(
                (*at, "deployment"),
                f"no task could be replaced: {service.deployment.minimum_healthy} stay, and there may be no more than "
                f"{service.deployment.maximum}%; lower minimum_healthy or raise maximum",
            )
        yield from _check_health(service, (*at, "health"))
        yield from _check_scaling(service, (*at, "scaling"))


def _check_health(service: Service, at: Steps) -> Iterator[Finding]:
    """Ranges of container and target group health checks.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """
    health = service.health
    yield from check_range(health.interval, 5, 300, (*at, "interval"), "interval")
    yield from check_range(health.timeout, 2, 60, (*at, "timeout"), "timeout")
    yield from check_range(health.start, 0, 300, (*at, "start"), "start")
    if health.timeout >= health.interval:
        written = "interval" if "timeout" not in health.model_fields_set else "timeout"
        yield Finding(
            (*at, written), f"the timeout ({health.timeout}) has to be shorter than the interval ({health.interval})"
        )
    if service.public is not None and health.retries < 2:
        yield Finding((*at, "retries"), "a load balancer needs 2 failed checks at least to call a task unhealthy")


def _check_scaling(service: Service, at: Steps) -> Iterator[Finding]:
    scaling = service.scaling
    if scaling is None:
        return
    targets = (scaling.cpu, scaling.memory, scaling.requests, scaling.backlog)
    if all(target is None for target in targets):
        yield Finding(at, "scaling has no target; write cpu:, memory:, requests: or backlog:", at_key=True)
    for key in ("cpu", "memory"):
        share = getattr(scaling, key)
        if share is not None and not share.percent:
            yield Finding((*at, key), "a target of 0% can never be held")
    if scaling.requests is not None and service.public is None:
        yield Finding((*at, "requests"), "requests are counted by the load balancer, and this service is not public")
    if scaling.method == "step":
        yield from _check_steps(scaling, at)


def _check_steps(scaling: Scaling, at: Steps) -> Iterator[Finding]:
    """Alarms look at data points of a minute, over a day at most.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    if scaling.backlog is not None:
        yield Finding((*at, "backlog"), "a backlog is held by target-tracking; leave method: step out")
    for key, time in (("in", scaling.cooldown_in), ("out", scaling.cooldown_out)):
        if time.seconds % 60 or not 60 <= time.seconds <= 86400:
            yield Finding((*at, key), f"steps are made after whole minutes, 1m to 24h, and {key} is {time}")


def _check_variables(service: Workload, at: Steps) -> Iterator[Finding]:
    for name, value in service.environment.items():
        path = (*at, "environment", name)
        if not _VARIABLE.fullmatch(name):
            message = f'"{name}" is not a name of a variable: letters, digits and _, no digit first'
            yield Finding(path, message, at_key=True)
        named = _SECRET_NAME.search(name) and not re.search(_PUBLIC_NAME, name)
        if value and (named or _SECRET_VALUE.search(value)):
            yield Finding(
                path,
                f"{name} looks like a secret, and would stand in the open; write it under secrets: as {name}: "
                f"{name.lower().replace('_', '-')}",
            )
    for name in service.secrets:
        path = (*at, "secrets", name)
        if not _VARIABLE.fullmatch(name):
            message = f'"{name}" is not a name of a variable: letters, digits and _, no digit first'
            yield Finding(path, message, at_key=True)
        if name in service.environment:
            yield Finding(path, f"{name} also stands under environment:; one of them has to go", at_key=True)


def check_listeners(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """On one listener a domain and path lead to one service. HTTPS and plain HTTP are two listeners."""
    claimed: dict[tuple[bool, str | None, str], str] = {}
    for name, service in blueprint.services.items():
        public = service.public
        if public is None:
            continue
        claim = (public.tls, public.domain, public.path)
        if claim in claimed:
            where = f"{public.domain or 'every host'}, path {public.path}"
            port = 443 if public.tls else 80
            message = f"{claimed[claim]} already answers {where} on port {port}; give one another domain or path"
            yield Finding(("services", name, "public"), message, at_key=True)
        claimed.setdefault(claim, name)
