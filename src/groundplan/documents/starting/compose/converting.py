"""From a Compose file to a blueprint for production."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from groundplan.blueprint.validation.data import RESERVED_MASTER_NAMES
from groundplan.catalog import fargate
from groundplan.documents.starting.answers import Answers
from groundplan.documents.starting.compose.images import Becomes, Image, classify, engine_of, name_of, read_image
from groundplan.documents.starting.compose.parts import Parts, ServicePart, listed, scalar
from groundplan.documents.starting.compose.reading import ComposeFile, ComposeService
from groundplan.documents.starting.compose.values import Health, holds_secret
from groundplan.documents.starting.compose.variables import mentions, sort
from groundplan.errors import Position, Problem

_FIRST_TAG = "1.0.0"
_TARGET_GROUP = 32
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html"""
_EXTENSIONS = {"postgis/postgis": "postgis", "pgvector/pgvector": "vector"}
_KINDS: Mapping[Becomes, str] = {
    "service": "service", "database": "database", "redis": "cache", "valkey": "cache", "bucket": "bucket",
    "queue": "queue", "nothing": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conversion:
    """A blueprint out of a Compose file."""

    text: str
    summary: str
    notices: tuple[Problem, ...]
    """What is not in it, or is there in another way, by its place in the Compose file."""


def is_public(compose: ComposeFile) -> bool:
    """Whether a service of it is to be reached from the internet, so that a domain is needed."""
    return any(_becomes(service)[0] == "service" and _published(service) for service in compose.services)


def convert(compose: ComposeFile, answers: Answers) -> Conversion:
    """The blueprint of one environment, production. Where :func:`is_public` says so, a domain has to be answered."""
    return _Converter(compose, answers).convert()


class _Converter:
    def __init__(self, compose: ComposeFile, answers: Answers) -> None:
        self.compose = compose
        self.answers = answers
        self.parts = Parts()
        self.notices = list(compose.notices)
        self.completed = {
            dependency.name
            for service in compose.services
            for dependency in service.dependencies
            if dependency.completed
        }
        self.kinds = {
            service.name: "" if service.name in self.completed else _KINDS[_becomes(service)[0]]
            for service in compose.services
        }
        self.names = _names(compose)
        self.secrets: dict[str, str | None] = {}

    def notice(self, path: str, position: Position | None, message: str) -> None:
        self.notices.append(Problem(message, position, path))

    def convert(self) -> Conversion:
        running = [service for service in self.compose.services if self.kinds[service.name] == "service"]
        for service in self.compose.services:
            self.beside(service)
        edges = self.edges(running)
        for service in running:
            self.parts.services.append(self.service(service, edges[service.name]))
        needed = {name for names in edges.values() for name in names}
        for service in self.compose.services:
            extension = _EXTENSIONS.get(read_image(service.image).name)
            # They are made by a container of each task that needs the database.
            if extension and service.name in needed and self.kinds[service.name] == "database":
                self.parts.databases[self.names[service.name]].append(f"extensions: [{extension}]")
        self.place_domains({service.name: _published(service) for service in running})
        order = sorted(
            self.notices, key=lambda one: (one.position.line, one.position.column) if one.position else (0, 0)
        )
        return Conversion("\n".join(self.lines()) + "\n", self.parts.summary() or "nothing", tuple(order))

    def beside(self, service: ComposeService) -> None:
        """What is no service of the blueprint."""
        path, name = f"services.{service.name}", self.names[service.name]
        becomes, why = _becomes(service)
        if name != service.name and becomes != "nothing":
            self.notice(path, service.position, f"it is called {name} here, and others reach it under that name")
        if service.name in self.completed:
            self.notice(
                path,
                service.position,
                "it runs once and ends: run it before a release with aws ecs run-task, "
                "or write it under jobs: with a schedule",
            )
            return
        if why:
            self.notice(path, service.position, f"{service.image}: {why}")
        if becomes in ("database", "redis", "valkey"):
            image = read_image(service.image)
            engine, exact = engine_of(image, becomes)
            if not exact:
                asked = f"the version of {service.image} cannot be had or is not said"
                self.notice(f"{path}.image", service.position, f"{asked}; {engine} is taken")
            if becomes == "database":
                self.parts.databases[name] = _database(service, engine)
            else:
                self.parts.caches[name] = engine
        elif becomes in ("bucket", "queue"):
            (self.parts.buckets if becomes == "bucket" else self.parts.queues).append(name)

    def edges(self, running: list[ComposeService]) -> Mapping[str, list[str]]:
        """Who needs whom: by depends_on, and by addresses in variables. No circle comes of the latter."""
        listening = {service.name for service in running if service.ports}
        edges: dict[str, list[str]] = {}
        for service in running:
            edges[service.name] = []
            for dependency in service.dependencies:
                if dependency.name not in self.kinds:
                    self.notice(
                        f"services.{service.name}.depends_on",
                        dependency.position,
                        f"there is no service {dependency.name}",
                    )
                elif self.kinds[dependency.name] == "service" and dependency.name not in listening:
                    self.notice(
                        f"services.{service.name}.depends_on",
                        dependency.position,
                        f"no ports: or expose: says where {dependency.name} listens: write its port:, and name it here",
                    )
                elif self.kinds[dependency.name]:
                    edges[service.name].append(dependency.name)
        for service in running:
            for other, kind in self.kinds.items():
                told = any(mentions(variable.value or "", other) for variable in service.variables)
                usable = kind and (kind != "service" or other in listening) and other != service.name
                if told and usable and other not in edges[service.name] and not _reaches(edges, other, service.name):
                    edges[service.name].append(other)
        return edges

    def service(self, service: ComposeService, needed: list[str]) -> ServicePart:
        path = f"services.{service.name}"
        image = read_image(service.image) if service.image else Image(service.name, "")
        if len(service.ports) > 1:
            others = ", ".join(str(port.number) for port in service.ports[1:])
            self.notice(
                f"{path}.ports",
                service.ports[1].position,
                f"a service listens on one port: {service.ports[0].number} is taken, and not {others}",
            )
        tag = image.tag if re.fullmatch(r"[\w][\w.-]{0,127}", image.tag) and image.tag != "latest" else _FIRST_TAG
        if not service.built and tag != image.tag:
            self.notice(
                f"{path}.image",
                service.position,
                f"{service.image} names no tag that stays what it is: {tag} stands for the first one",
            )
        size = fargate.nearest(round((service.cpus or 0.5) * 1024), service.memory or 1024)
        variables = sort(
            service.name,
            service.variables,
            {name: self.kinds[name] for name in needed},
            self.kinds,
            self.secrets,
            self.notice,
        )
        port = service.ports[0].number if service.ports else None
        return ServicePart(
            name=self.names[service.name],
            repository=image.repository,
            tag=tag,
            where_from="push what build: makes" if service.built else f"push a copy of {service.image or image.name}",
            port=port,
            cpu=size.cpu,
            memory=size.memory_mib,
            arm=service.arm,
            # Without a port it may be one that must not run twice, like a scheduler.
            tasks=max(1, service.replicas if service.replicas is not None else 2 if port else 1),
            health=self.health(service, service.health),
            needs=[self.need(name) for name in needed],
            environment=variables.environment,
            secrets=variables.secrets,
            command=self.command(service),
            read_only=service.read_only,
        )

    def command(self, service: ComposeService) -> tuple[str, ...]:
        if not holds_secret(service.command):
            return service.command
        said = "a secret seems to stand in it, and it is not copied: give the secret as a variable, under secrets:"
        self.notice(f"services.{service.name}.command", service.position, said)
        return ()

    def need(self, name: str) -> str:
        written = self.names[name]
        return f"{{{written}: read-write}}" if self.kinds[name] == "bucket" else written

    def health(self, service: ComposeService, health: Health | None) -> dict[str, str]:
        """The health check within the ranges of ECS, see ``blueprint.validation.services``."""
        if health is None:
            if service.ports:
                self.notice(
                    f"services.{service.name}",
                    service.position,
                    "it has no healthcheck: /health is asked "
                    "with curl; write path: and runtime: under health: as the image has them",
                )
            return {}
        entries = {"command": listed(health.command)}
        if holds_secret(health.command):
            self.notice(
                f"services.{service.name}.healthcheck", service.position, "a secret seems to stand in it: left out"
            )
            return {}
        if health.path:
            entries["path"] = scalar(health.path)
        interval = _between(health.interval, 5, 300)
        timeout = _between(health.timeout, 2, 60)
        if timeout is not None and timeout >= (interval or 30):
            timeout = (interval or 30) - 1
        elif timeout is None and interval is not None and interval <= 5:
            timeout = interval - 1
        for key, seconds in (("interval", interval), ("timeout", timeout), ("start", _between(health.start, 0, 300))):
            if seconds is not None:
                entries[key] = f"{seconds}s"
        if (retries := _between(health.retries, 2, 10)) is not None:
            entries["retries"] = str(retries)
        return entries

    def place_domains(self, published: Mapping[str, bool]) -> None:
        """The first that is published answers under the domain itself, the others below it."""
        public = [
            part for part, is_published in zip(self.parts.services, published.values(), strict=True) if is_published
        ]
        for index, part in enumerate(public):
            host = part.name.replace("_", "-")
            part.domain = f"{host}.{self.answers.domain}" if index else self.answers.domain

    def convention(self) -> list[str]:
        """Shorter names where a public service's target group would have more than its 32 characters."""
        longest = max((len(part.name) for part in self.parts.services if part.domain), default=0)
        if len(f"{self.answers.name}-production-") + longest <= _TARGET_GROUP:
            return []
        return [
            'names: "{title}-{name}"  # names of target groups have 32 characters at most; {environment} is missing'
        ]

    def lines(self) -> list[str]:
        answers = self.answers
        lines = [
            f"# {answers.name}: made by `groundplan init --from-compose` out of {self.compose.file.name}.",
            "# Every key there is, and its default: docs/blueprint.md, or `groundplan explain` for this file's values.",
            f"project: {answers.name}",
            f"region: {answers.region}",
            *self.convention(),
            "",
            f"network: {{zones: [{', '.join(answers.zones)}]}}",
            *self.parts.lines(),
            "",
            f"alarms: {{email: {scalar(answers.email)}}}  # has to confirm the subscription once",
            "# objectives: {budget: 300 USD/month}  # `groundplan cost` and AWS Budgets hold the bill to it",
        ]
        single = [part.name for part in self.parts.services if part.tasks == 1]
        if single:
            lines += ["", "accept:"]
        lines += [
            f"  - {{rule: GP-REL-005, resource: ecs_service.{name}, reason: One task as the Compose file has it}}"
            for name in single
        ]
        return [*lines, "", "environments:", "  production: {}"]


def _becomes(service: ComposeService) -> tuple[Becomes, str]:
    """What is built is the application's own, whatever it is called."""
    return ("service", "") if service.built or not service.image else classify(read_image(service.image))


def _published(service: ComposeService) -> bool:
    return bool(service.ports) and service.ports[0].published


def _database(service: ComposeService, engine: str) -> list[str]:
    variables = {variable.name: variable.value or "" for variable in service.variables}
    lines = [f"engine: {engine}", "class: db.t4g.small", "storage: 20..100 GB  # grows by itself"]
    for key, names in (
        ("database", ("POSTGRES_DB", "POSTGRESQL_DATABASE")),
        ("username", ("POSTGRES_USER", "POSTGRESQL_USERNAME")),
    ):
        value = next((variables[name] for name in names if name in variables), "")
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", value) and value.lower() not in RESERVED_MASTER_NAMES:
            lines.append(f"{key}: {scalar(value)}")
    return lines


def _names(compose: ComposeFile) -> Mapping[str, str]:
    """Names of the blueprint for those of the Compose file."""
    taken: dict[str, str] = {}
    for service in compose.services:
        name, count = name_of(service.name), 1
        # What differs only in hyphens would have one name where a service of AWS knows none.
        while name.replace("_", "-") in {other.replace("_", "-") for other in taken.values()}:
            count += 1
            name = f"{name_of(service.name)}-{count}"
        taken[service.name] = name
    return taken


def _reaches(edges: Mapping[str, list[str]], start: str, goal: str) -> bool:
    """Whether ``goal`` is needed by ``start``, itself or through others."""
    seen, pending = {start}, [start]
    while pending:
        for name in edges.get(pending.pop(), ()):
            if name == goal:
                return True
            if name not in seen:
                seen.add(name)
                pending.append(name)
    return False


def _between(value: int | None, low: int, high: int) -> int | None:
    return None if value is None else min(max(value, low), high)
