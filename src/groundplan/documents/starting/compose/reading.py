"""Reading a Compose file: each service with what can be taken over, and a remark on everything that cannot."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from groundplan.blueprint.tree import Node
from groundplan.blueprint.yaml import read_text, read_yaml
from groundplan.documents.starting.compose.images import classify, read_image
from groundplan.documents.starting.compose.values import (
    Health,
    Port,
    Variable,
    interpolate,
    plain_text,
    read_health,
    read_megabytes,
    read_ports,
    read_variables,
    words,
)
from groundplan.errors import InputError, Position, Problem, suggestion


@dataclass(frozen=True, slots=True)
class Dependency:
    """An entry of ``depends_on``."""

    name: str
    completed: bool
    """Whether it has to have ended, like a migration, instead of running."""
    position: Position | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeService:
    """What of a service is taken over."""

    name: str
    position: Position | None
    image: str
    """As written; empty where it is built only."""
    built: bool
    ports: tuple[Port, ...]
    variables: tuple[Variable, ...]
    dependencies: tuple[Dependency, ...]
    health: Health | None
    command: tuple[str, ...]
    replicas: int | None
    cpus: float | None
    """vCPUs at most."""
    memory: int | None
    """MiB at most."""
    read_only: bool
    arm: bool


@dataclass(frozen=True, slots=True)
class ComposeFile:
    """A Compose file."""

    file: Path
    name: str
    """What the file says that the project is called; empty where it does not."""
    services: tuple[ComposeService, ...]
    notices: tuple[Problem, ...]
    """What is not taken over."""


def read_compose(file: Path) -> ComposeFile:
    """Read a Compose file. Raises InputError with the place of what no Compose file can hold, EnvironmentalError where
    the system refuses to read it."""
    if not file.exists():
        raise InputError(f"{file} does not exist; name a Compose file, like docker-compose.yml")
    if file.is_dir():
        raise InputError(f"{file} is a folder; name the Compose file in it: {file / 'docker-compose.yml'}")
    try:
        root = read_yaml(read_text(file), file)
    except InputError as error:
        raise InputError(_about_compose(problem) for problem in error.problems) from error
    services = root.step("services")
    if services is None or not services.fields:
        raise InputError([Problem("a Compose file has services:, each with an image or a build", root.position)])
    reader = _Reader()
    reader.keys(root, "top", "")
    name = root.step("name")
    read = tuple(reader.service(key, node) for key, node in services.fields.items())
    if reader.wrong:
        raise InputError(reader.wrong)
    return ComposeFile(file, plain_text(name) if name else "", read, tuple(reader.notices))


def _about_compose(problem: Problem) -> Problem:
    """YAML is read by what reads blueprints, and speaks of one."""
    message = problem.message.partition("; it starts with project:")[0]
    message = re.sub(r", like project: shop$", "", message)
    message = re.sub(r"\b(a|the) blueprint", r"\1 Compose file", message)
    return Problem(message, problem.position, problem.path)


@cache
def _keys() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "keys.toml").read_text(encoding="utf-8"))


@dataclass(slots=True)
class _Reader:
    """Collects what is noticed on the way."""

    notices: list[Problem] = field(default_factory=list)
    wrong: list[Problem] = field(default_factory=list)

    def notice(self, path: str, position: Position | None, message: str) -> None:
        self.notices.append(Problem(message, position, path))

    def keys(self, node: Node, level: str, path: str) -> None:
        """Tell of each key that is not read."""
        table = _keys()[level]
        lost: Mapping[str, str] = table["lost"]
        for key, child in node.fields.items():
            if key in table["read"] or key in table["silent"] or key.startswith("x-"):
                continue
            at = f"{path}.{key}" if path else key
            if key not in lost:
                known = {*table["read"], *table["silent"], *lost}
                self.notice(at, child.key, f"this key is not known{suggestion(key, known)}")
            elif lost[key] and not (key == "privileged" and child.value is False):
                self.notice(at, child.key, lost[key])

    def service(self, name: str, node: Node) -> ComposeService:
        path = f"services.{name}"
        if not isinstance(node.value, dict) or not ({"image", "build"} & node.fields.keys()):
            if not isinstance(node.value, dict) or "extends" not in node.fields:
                self.wrong.append(Problem("a service has an image: or a build:", node.key, path))
            node = node if isinstance(node.value, dict) else Node({}, node.position, node.key)
        image = interpolate(plain_text(node.step("image")), unknown_as="") or ""
        becomes = "service" if "build" in node.fields or not image else classify(read_image(image))[0]
        # How a container runs is no matter for what AWS runs itself, or what is not there.
        if becomes == "service":
            self.keys(node, "service", path)
            self.deploy(node, path)
        if becomes != "nothing":
            self.mounts(node, path, keeps=becomes != "service")
        limits = node.find(("deploy", "resources", "limits"))
        variables = read_variables(node.step("environment"))
        ports, remarks = read_ports(node.step("ports"), node.step("expose"))
        for position, message in remarks:
            self.notice(f"{path}.ports", position, message)
        health = read_health(node.step("healthcheck"))
        return ComposeService(
            name=name,
            position=node.key,
            image=image,
            built="build" in node.fields,
            ports=ports or tuple(_port_of(variables)),
            variables=variables,
            dependencies=tuple(_dependencies(node.step("depends_on"))),
            health=health,
            command=tuple(words(node.step("command"))),
            replicas=self.whole(node.find(("deploy", "replicas")) or node.step("scale"), path),
            cpus=_number(limits.step("cpus") if limits else node.step("cpus")),
            memory=read_megabytes(limits.step("memory") if limits else node.step("mem_limit")),
            read_only=_is(node.step("read_only"), True),
            arm="arm64" in plain_text(node.step("platform")),
        )

    def whole(self, node: Node | None, path: str) -> int | None:
        if node is None:
            return None
        text = interpolate(plain_text(node))
        if text is not None and re.fullmatch(r"\d{1,4}", text):
            return int(text)
        self.notice(path, node.position, f"{plain_text(node)} is no number of tasks")
        return None

    def mounts(self, node: Node, path: str, *, keeps: bool) -> None:
        """Tell of each mount; ``keeps``: what it becomes keeps its data by itself."""
        volumes = node.step("volumes")
        for entry in volumes.value if volumes and isinstance(volumes.value, list) else ():
            source = plain_text(entry.step("source")) if entry.fields else plain_text(entry).partition(":")[0]
            if source.startswith((".", "/", "~", "$")):
                what = f"the folder or file {source} of this machine is not there on AWS: bring it in the image"
            elif keeps:
                continue
            else:
                what = f"the volume {source or 'here'} is not kept: databases and buckets keep data (volumes: on EKS)"
            self.notice(f"{path}.volumes", entry.place, what)

    def deploy(self, node: Node, path: str) -> None:
        deploy = node.step("deploy")
        for key, child in deploy.fields.items() if deploy else ():
            if key not in {"replicas", "resources", "restart_policy", "labels"}:
                self.notice(f"{path}.deploy.{key}", child.key, "deployment: and tasks: of the service say this")


def _dependencies(node: Node | None) -> Iterator[Dependency]:
    if node is None:
        return
    if isinstance(node.value, list):
        for entry in node.value:
            yield Dependency(plain_text(entry), False, entry.place)
    for name, entry in node.fields.items():
        condition = plain_text(entry.step("condition"))
        yield Dependency(name, condition == "service_completed_successfully", entry.key)


def _port_of(variables: Iterable[Variable]) -> Iterator[Port]:
    """The port that a variable called PORT says."""
    for variable in variables:
        if variable.name == "PORT" and re.fullmatch(r"[1-9]\d{1,3}|[1-5]\d{4}", variable.value or ""):
            yield Port(int(variable.value or ""), False, variable.position)


def _number(node: Node | None) -> float | None:
    text = interpolate(plain_text(node)) if node is not None else None
    return float(text) if text is not None and re.fullmatch(r"\d{1,4}(\.\d{1,6})?|\.\d{1,6}", text) else None


def _is(node: Node | None, value: bool) -> bool:
    return node is not None and node.value is value
