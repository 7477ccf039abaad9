"""The system under test from four sides: its command line, its templates, its Terraform plan, and what AWS answers."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeAlias

from tests.terraform_core.harness import TerraformCore

from groundplan.blueprint.loading import LoadedEnvironment, load_environment
from groundplan.cli.main import run
from groundplan.cost import Estimate, estimate
from groundplan.design import design
from groundplan.engines.cloudformation import Rendering
from groundplan.engines.kubernetes import Rendering as KubernetesRendering
from groundplan.resources import Architecture, Resource
from groundplan.resources.values import Ref

JsonObject: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class CommandLine:
    """The command ``groundplan`` for one blueprint, without a terminal, with its local AWS in a folder of its own."""

    blueprint: Path
    state: Path

    def run(self, *arguments: str, expect: int = 0, file: bool = True) -> str:
        """What a command wrote on stdout. It must end with the expected exit code. It runs in this process: one of its
        own would take a second to import what is here already."""
        told, remarks = io.StringIO(), io.StringIO()
        with self._surroundings(), redirect_stdout(told), redirect_stderr(remarks):
            code = run([*arguments, *self._file(file)])
        assert code == expect, f"groundplan {' '.join(arguments)}\n{told.getvalue()}{remarks.getvalue()}"
        return told.getvalue()

    def _file(self, file: bool = True) -> tuple[str, ...]:
        return ("--file", str(self.blueprint)) if file else ()

    @contextmanager
    def _surroundings(self) -> Iterator[None]:
        """Nobody at the terminal, and nothing of this machine's AWS settings."""
        before, keyboard = dict(os.environ), sys.stdin
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ["GROUNDPLAN_STATE_DIR"] = str(self.state)
        try:
            with Path(os.devnull).open() as sys.stdin:
                yield
        finally:
            sys.stdin = keyboard
            os.environ.clear()
            os.environ.update(before)

    def json(self, *arguments: str, expect: int = 0) -> Any:
        """What a command said, as data."""
        local = arguments[0] == "local"
        return json.loads(self.run(*arguments, "--format", "json", expect=expect, file=not local))

    def stop(self) -> None:
        """Stop the local AWS, if it runs."""
        self.run("local", "stop", file=False)


@dataclass(frozen=True)
class Templates:
    """CloudFormation templates."""

    rendering: Rendering

    def properties(self, ref: Ref[Resource], type_name: str | None = None) -> JsonObject:
        """The properties of a resource, or of a further one of that type which it becomes."""
        for place in self.rendering.locations[ref]:
            if type_name in (None, place.type):
                found: JsonObject = self.resource(place.stack, place.logical_id)["Properties"]
                return found
        raise AssertionError(f"{ref} becomes no {type_name}")

    def entry(self, ref: Ref[Resource]) -> JsonObject:
        """The whole entry of a resource: type, policies, properties."""
        place = self.rendering.locations[ref][0]
        return self.resource(place.stack, place.logical_id)

    def resource(self, stack: str, logical_id: str) -> JsonObject:
        """An entry under ``Resources``."""
        template: Any = next(item.template for item in self.rendering.stacks if item.name == stack)
        entry: JsonObject = template["Resources"][logical_id]
        return entry

    def every(self) -> Iterator[tuple[str, JsonObject]]:
        """Every entry of every template by its logical id."""
        for stack in self.rendering.stacks:
            template: Any = stack.template
            yield from template["Resources"].items()


@dataclass(frozen=True)
class TerraformRoot:
    """A rendered root, planned and applied by the real Terraform core."""

    folder: Path
    """As rendered."""
    core: TerraformCore
    addresses: Mapping[Ref[Resource], tuple[str, ...]]
    plan: JsonObject
    """The plan in Terraform's JSON form."""
    values: Mapping[str, JsonObject]
    """Values by address, as they stand in the state after an apply: a plan lacks what is known only then."""

    @classmethod
    def applied(cls, folder: Path, workspace: Path, addresses: Mapping[Ref[Resource], tuple[str, ...]]) -> Self:
        """Plan and apply what is in a folder."""
        core = TerraformCore(workspace / "copies")
        plan = core.plan(folder)
        found: dict[str, JsonObject] = {}
        for resource in core.apply(folder)["resources"]:
            if resource["mode"] != "managed":
                continue
            module = f"{resource['module']}." if "module" in resource else ""
            for instance in resource["instances"]:
                key = instance.get("index_key")
                index = "" if key is None else f"[{json.dumps(key)}]"
                found[f"{module}{resource['type']}.{resource['name']}{index}"] = instance["attributes"]
        return cls(folder, core, addresses, plan, found)

    def of(self, ref: Ref[Resource], type_name: str | None = None) -> JsonObject:
        """The values of a resource, or of a further one of that type which it becomes."""
        for address in self.addresses[ref]:
            if type_name is None or f".{type_name}." in f".{address}":
                return self.values[address]
        raise AssertionError(f"{ref} becomes no {type_name}, but {self.addresses[ref]}")

    def text(self, name: str = "*.tf") -> str:
        """Files of the root as they are written."""
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.rglob(name)))


@dataclass(frozen=True)
class Aws:
    """The AWS API behind an endpoint, through boto3."""

    environment: Mapping[str, str] = field(repr=False)
    region: str
    _clients: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client, for another region than the environment's where one is given."""
        key = f"{service} {region or self.region}"
        if key not in self._clients:
            self._clients[key] = self._make(service, region or self.region)
        return self._clients[key]

    def _make(self, service: str, region: str) -> Any:
        from boto3.session import Session

        session = Session(
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            region_name=region,
        )
        make: Callable[..., Any] = session.client
        return make(service, endpoint_url=self.environment["AWS_ENDPOINT_URL"])

    @cached_property
    def account(self) -> str:
        """The account's id."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def tags_of_database(self, arn: str) -> dict[str, str]:
        """The tags of an RDS resource."""
        return tags(self.client("rds").list_tags_for_resource(ResourceName=arn)["TagList"])


@dataclass(frozen=True)
class System:
    """One environment of an example from all sides. What takes time is made when it is first asked for, and once."""

    name: str
    environment: str
    scratch: Path
    """A folder for everything that is written."""
    shared: System | None = None
    """What stands once in its account and is deployed before it, to the same local AWS."""

    @property
    def example(self) -> Path:
        """The folder with the blueprint and its README."""
        return Path(__file__).parents[2] / "examples" / self.name

    @property
    def blueprint(self) -> Path:
        """The blueprint."""
        return self.example / "groundplan.yaml"

    @cached_property
    def readme(self) -> str:
        """The description of the system."""
        return (self.example / "README.md").read_text(encoding="utf-8")

    @cached_property
    def loaded(self) -> LoadedEnvironment:
        """The environment as it is read."""
        return load_environment(self.blueprint, self.environment)

    @cached_property
    def architecture(self) -> Architecture:
        """What the blueprint becomes."""
        return design(self.loaded)

    @cached_property
    def costs(self) -> Estimate:
        """What it costs."""
        return estimate(self.architecture, self.loaded.blueprint.usage, self.loaded.blueprint.objectives.budget)

    @cached_property
    def templates(self) -> Templates:
        """The architecture as CloudFormation templates."""
        from groundplan.engines import cloudformation

        return Templates(cloudformation.render(self.architecture))

    @cached_property
    def manifests(self) -> KubernetesRendering:
        """What ``groundplan render --engine kubernetes`` writes."""
        from groundplan.engines import kubernetes

        return kubernetes.render(self.architecture)

    @cached_property
    def root(self) -> Path:
        """The folder that ``groundplan render --engine terraform`` writes."""
        out = self.scratch / "terraform"
        self.command_line.run("render", "--engine", "terraform", "--out", str(out), *self.chosen)
        return out

    @cached_property
    def terraform(self) -> TerraformRoot:
        """The architecture in front of the real Terraform core, applied once."""
        from groundplan.engines import terraform as engine

        state = self.loaded.blueprint.state
        options = engine.Options(backend=state.backend, state_bucket=f"{self.name}-terraform-state")
        rendering = engine.render(self.architecture, options)
        folder = self.scratch / "root"
        engine.write(rendering, folder)
        return TerraformRoot.applied(folder, self.scratch / "terraform-core", rendering.addresses)

    @property
    def chosen(self) -> tuple[str, str]:
        """The option that chooses the environment."""
        return ("--environment", self.environment)

    @cached_property
    def command_line(self) -> CommandLine:
        """The command ``groundplan`` with a local AWS of its own."""
        return self.shared.command_line if self.shared else CommandLine(self.blueprint, self.scratch / "local-aws")

    @cached_property
    def deployed_in(self) -> float:
        """Seconds that its deployment to a local AWS took, the start of the local AWS included."""
        assert self.shared is None or self.shared.deployed_in
        start = time.perf_counter()
        self.command_line.run("local", "start", "--ephemeral", file=False)
        self.command_line.run("deploy", "--target", "local", *self.chosen)
        return time.perf_counter() - start

    @cached_property
    def aws(self) -> Aws:
        """The environment, deployed to a local AWS by one command."""
        assert self.deployed_in
        return Aws(self.command_line.json("local", "env"), region=self.architecture.region)

    def stop(self) -> None:
        """Stop the local AWS, if it was started and is its own."""
        if "command_line" in self.__dict__ and self.shared is None:
            self.command_line.stop()


def tags(pairs: list[dict[str, str]]) -> dict[str, str]:
    """AWS's list of keys and values as a dictionary."""
    return {pair["Key"]: pair["Value"] for pair in pairs}


def at(document: Any, path: str) -> Any:
    """The value at a path: ``at(x, "a.0.b")`` is ``x["a"][0]["b"]``; in a list a name finds the item that bears it."""
    for step in path.split("."):
        if isinstance(document, list) and not step.isdecimal():
            document = next(item for item in document if step in (item.get("name"), item.get("Name")))
        else:
            document = document[int(step) if isinstance(document, list) else step]
    return document


def pascal(path: str) -> str:
    """``healthCheck.startPeriod`` as CloudFormation spells it: ``HealthCheck.StartPeriod``; log options keep theirs."""
    return ".".join(step if "-" in step else step[:1].upper() + step[1:] for step in path.split("."))


def same(found: object, expected: object) -> bool:
    """Equal, where Terraform and CloudFormation may write a number or a truth as text."""
    if isinstance(found, str) and isinstance(expected, int):
        return found == str(expected).lower()
    return found == expected
