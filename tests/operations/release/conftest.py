"""One environment on the local AWS for all tests of a module; each test has a service or job of its own in it."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import write_blueprint
from tests.operations.running import REGION, Aws

from groundplan.api.files import read_source
from groundplan.cli.main import run
from groundplan.design import design
from groundplan.operations.release import Workload, named
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, connect

PROJECT = "released"
SLOW = "deployment: {strategy: canary, step: 10%, step_bake: 60m, bake: 5m}"
"""Locally the requests move for 1.2 s."""


def blueprint(cpu: int = 256) -> str:
    size = f"size: {{cpu: {cpu}, memory: 1024}}"
    return f"""\
project: {PROJECT}
region: {REGION}
profile: poc
alarms: {{email: ops@example.com}}
services:
  web: {{image: {{repository: web, tag: '1.0'}}, port: 80, public: {{tls: false}}, {size}, {SLOW}}}
  api: {{image: {{repository: api, tag: '1.0'}}}}
  worker: {{image: {{repository: worker, tag: '1.0'}}, {size}}}
  mail: {{image: {{repository: mail, tag: '1.0'}}}}
jobs:
  nightly: {{image: {{repository: nightly, tag: '1.0'}}, {size}, schedule: rate(1 day)}}
"""


class Lines(list[str]):
    """Remembers what was reported, and does something when a line says something."""

    def __init__(self, words: str = "", then: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.words, self.then = words, then

    def __call__(self, text: str, *, passing: bool = False) -> None:
        if not passing:
            self.append(text)
        if self.words and self.words in text:
            self.words = ""
            self.then()


@dataclass
class Stage:
    """The environment, past Groundplan and through it."""

    aws: Aws = field(default_factory=Aws)

    @property
    def connection(self) -> Connection:
        return connect("local")

    @property
    def architecture(self) -> Architecture:
        return design(read_source(write_blueprint(blueprint())).environment(None))

    def workload(self, name: str) -> Workload:
        [found] = named(self.architecture, name)
        return found

    def push(self, repository: str, tag: str, fault: str | None = None) -> str:
        """An image, as ``docker push`` leaves it; with a fault for the local AWS. Returns its digest."""
        layer = hashlib.sha256(f"{repository}:{tag}".encode()).hexdigest()
        manifest: dict[str, Any] = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": f"sha256:{'0' * 64}"},
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": f"sha256:{layer}"}],
        }
        if fault:
            manifest["annotations"] = {"dev.groundplan.local.fault": fault}
        image = self.aws.client("ecr").put_image(
            repositoryName=f"{PROJECT}-production-{repository}", imageTag=tag, imageManifest=json.dumps(manifest)
        )
        digest: str = image["image"]["imageId"]["imageDigest"]
        return digest

    def service(self, name: str) -> dict[str, Any]:
        """A service as ECS describes it."""
        ecs = self.aws.client("ecs")
        [found] = ecs.describe_services(
            cluster=f"{PROJECT}-production-cluster", services=[f"{PROJECT}-production-{name}"]
        )["services"]  # fmt: skip
        result: dict[str, Any] = found
        return result

    def definition(self, name: str) -> dict[str, Any]:
        """The newest task definition of a job, or the one that a service runs."""
        family = f"{PROJECT}-production-{name}"
        which = family if name == "nightly" else self.service(name)["taskDefinition"]
        result: dict[str, Any] = self.aws.client("ecs").describe_task_definition(
            taskDefinition=which, include=["TAGS"]
        )  # fmt: skip
        return result

    def tag(self, name: str) -> str:
        """What a service or job runs."""
        image: str = self.definition(name)["taskDefinition"]["containerDefinitions"][0]["image"]
        return image.rpartition(":")[2]

    def weights(self) -> list[int]:
        """The shares of the two target groups of ``web``."""
        elbv2 = self.aws.client("elbv2")
        [balancer] = elbv2.describe_load_balancers(Names=[f"{PROJECT}-production-alb"])["LoadBalancers"]
        [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        rules = elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        groups = [action["ForwardConfig"]["TargetGroups"] for rule in rules for action in rule["Actions"]
                  if len(action.get("ForwardConfig", {}).get("TargetGroups", [])) == 2]  # fmt: skip
        return [int(group["Weight"]) for group in groups[0]]


@pytest.fixture(scope="session")
def deployed(state_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The environment with its first images."""
    with pytest.MonkeyPatch.context() as patch, Path(os.devnull).open() as nobody:
        patch.chdir(tmp_path_factory.mktemp("released"))
        patch.setenv("GROUNDPLAN_STATE_DIR", str(state_folder))
        patch.setattr(sys, "stdin", nobody)
        write_blueprint(blueprint())
        assert run(["deploy"]) == 0
        stage = Stage()
        for name in ("web", "api", "worker", "mail", "nightly"):
            stage.push(name, "1.0")
            stage.push(name, "1.1")
    return stage


@pytest.fixture
def stage(deployed: Stage) -> Stage:
    """The environment, with its blueprint in the working folder."""
    write_blueprint(blueprint())
    return deployed
