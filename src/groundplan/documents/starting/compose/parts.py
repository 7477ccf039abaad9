"""What of a blueprint comes out of a Compose file, before it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from groundplan.blueprint.yaml import read_scalar

_PLAIN = re.compile(r"[A-Za-z0-9_/.@%+][A-Za-z0-9_/.@%+-]*")


def scalar(text: str) -> str:
    """A text as a YAML scalar, quoted where it would mean something else."""
    if _PLAIN.fullmatch(text) and read_scalar(text) == text and not text.startswith(("@", "%")):
        return text
    return json.dumps(text, ensure_ascii=False)


def listed(texts: Sequence[str]) -> str:
    """A YAML list in one line."""
    return f"[{', '.join(map(scalar, texts))}]"


@dataclass(slots=True, kw_only=True)
class ServicePart:
    """A service of the blueprint."""

    name: str
    repository: str
    tag: str
    where_from: str
    """What has to be pushed there."""
    port: int | None
    cpu: int
    memory: int
    arm: bool
    tasks: int
    domain: str = ""
    health: dict[str, str] = field(default_factory=dict)
    """Its entries, as they are written."""
    needs: list[str] = field(default_factory=list)
    """Entries as they are written."""
    environment: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    read_only: bool = False

    def lines(self) -> Iterator[str]:
        """Its YAML, without indentation."""
        yield f"{self.name}:"
        image = f"{{repository: {scalar(self.repository)}, tag: {scalar(self.tag)}, keep: 20}}"
        yield f"  image: {image}  # {self.where_from}"
        if self.arm:
            yield "  architecture: arm64"
        if self.port is not None:
            yield f"  port: {self.port}"
        yield f"  size: {{cpu: {self.cpu}, memory: {self.memory}}}"
        if self.command:
            yield f"  command: {listed(self.command)}"
        if self.health:
            yield "  health:"
            yield from (f"    {key}: {value}" for key, value in self.health.items())
        if self.port is None:
            yield f"  tasks: {{desired: {self.tasks}, min: {self.tasks}, max: {self.tasks}}}"
        else:
            yield f"  tasks: {{desired: {self.tasks}, min: {self.tasks}, max: {self.tasks * 3}}}"
            yield "  scaling: {cpu: 60%}"
        if self.domain:
            yield f"  public: {{domain: {self.domain}}}"
        if self.needs:
            yield f"  needs: [{', '.join(self.needs)}]"
        for key, values in (("environment", self.environment), ("secrets", self.secrets)):
            if values:
                yield f"  {key}:" + (
                    "  # created empty; a person fills each in AWS Secrets Manager" * (key == "secrets")
                )
                yield from (f"    {scalar(name)}: {scalar(value)}" for name, value in values.items())
        if self.read_only:
            yield "  read_only: true"


@dataclass(slots=True)
class Parts:
    """A blueprint in the making: entries of each family as they are written."""

    services: list[ServicePart] = field(default_factory=list)
    databases: dict[str, list[str]] = field(default_factory=dict)
    """Lines of each database."""
    caches: dict[str, str] = field(default_factory=dict)
    buckets: list[str] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)

    def names(self) -> frozenset[str]:
        """Everything that a service may need."""
        listening = (service.name for service in self.services if service.port is not None)
        return frozenset((*self.databases, *self.caches, *self.buckets, *self.queues, *listening))

    def lines(self) -> Iterator[str]:
        """The families, with empty lines between them."""
        if self.services:
            yield from ("", "services:")
            for service in self.services:
                yield from (f"  {line}" for line in service.lines())
        if self.databases:
            yield from ("", "databases:")
            for name, entries in self.databases.items():
                yield f"  {name}:"
                yield from (f"    {entry}" for entry in entries)
        if self.caches:
            yield from ("", "caches:")
            yield from (
                f"  {name}: {{engine: {engine}, class: cache.t4g.small}}" for name, engine in self.caches.items()
            )
        if self.buckets:
            yield from ("", "buckets:")
            yield from (
                f"  {name}: {{lifecycle: {{old-versions: {{expire_noncurrent: 30d}}}}}}" for name in self.buckets
            )
        if self.queues:
            yield from ("", "queues:")
            yield from (f"  {name}: {{}}" for name in self.queues)

    def summary(self) -> str:
        """``2 services, 1 database``."""
        counts = (
            (len(self.services), "service"),
            (len(self.databases), "database"),
            (len(self.caches), "cache"),
            (len(self.buckets), "bucket"),
            (len(self.queues), "queue"),
        )
        return ", ".join(f"{count} {what}{'s' if count > 1 else ''}" for count, what in counts if count)
