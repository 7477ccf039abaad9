"""What was released stays through deployments by Terraform: the real core with the stand-in for AWS, and the local AWS
for what ECS says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.commands import FILE, Command
from tests.operations.release.conftest import Lines
from tests.operations.running import REGION, Aws
from tests.operations.terraform.conftest import Blueprint
from tests.operations.terraform.test_lifecycle import in_state

from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.errors import ExitCode
from groundplan.operations import release as releasing
from groundplan.operations.release import Settings, Workload, find_image, named
from groundplan.targets import local
from groundplan.targets.connection import connect

STATE = Path(".groundplan/terraform/tfreleased-production/terraform.tfstate")
SHOP = f"""
    project: tfreleased
    region: {REGION}
    profile: poc
    engine: terraform
    state: {{backend: local}}
    services: {{worker: {{image: {{repository: worker, tag: '1.0'}}, size: {{cpu: 256, memory: 1024}}}}}}
    jobs:
      nightly:
        image: {{repository: worker, tag: '1.0'}}
        schedule: rate(1 day)
        size: {{cpu: 256, memory: 1024}}
    """


def _tags() -> dict[str, str]:
    """The tag in the revision that Terraform has registered last."""
    found = {}
    for name in ("worker", "nightly"):
        [container] = json.loads(in_state(STATE)[f"aws_ecs_task_definition.{name}"]["container_definitions"])
        found[name] = container["image"].rpartition(":")[2]
    return found


def _make(aws: Aws, workload: Workload) -> None:
    """In ECS what Terraform has made of the stand-in."""
    ecs, ecr = aws.client("ecs"), aws.client("ecr")
    name = workload.repository.repository_name
    if workload.service is not None:
        ecs.create_cluster(clusterName=workload.cluster)
        uri = ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")["repository"]["repositoryUri"]
        manifest = '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": []}'
        ecr.put_image(repositoryName=name, imageTag="1.1", imageManifest=manifest)
    else:
        uri = ecr.describe_repositories(repositoryNames=[name])["repositories"][0]["repositoryUri"]
    container = {"name": workload.name, "image": f"{uri}:1.0", "memory": 1024}
    ecs.register_task_definition(family=workload.definition.family, containerDefinitions=[container])
    if workload.service is not None:
        called = {"serviceName": workload.service.service_name, "cluster": workload.cluster}
        ecs.create_service(**called, taskDefinition=workload.definition.family, desiredCount=1)


def test_released_images_stay(
    groundplan: Command, blueprint: Blueprint, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    blueprint(SHOP)
    surroundings = local.environment(local.start())
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, surroundings[name])
    first = groundplan("deploy", "--target", "aws", "--yes")
    assert first.code == ExitCode.FINE, first.err
    assert _tags() == {"worker": "1.0", "nightly": "1.0"}

    architecture = design(read_source(FILE).environment(None))
    for name in ("worker", "nightly"):
        [workload] = named(architecture, name)
        _make(aws, workload)
        image = find_image(connect("local"), workload, "1.1")
        assert releasing.release(connect("local"), workload, image, Lines(), Settings("user/test")).now == "1.1"
    FILE.write_text(FILE.read_text().replace("1.0", "0.9"))
    again = groundplan("plan", "--target", "aws", "--format", "json").json["changes"]
    assert again == [], "the blueprint's tag was that of the first deployment"

    FILE.write_text(FILE.read_text().replace("cpu: 256", "cpu: 512"))
    changed = groundplan("deploy", "--target", "aws", "--yes")
    assert changed.code == ExitCode.FINE, changed.err
    assert in_state(STATE)["aws_ecs_task_definition.worker"]["cpu"] == "512"
    assert _tags() == {"worker": "1.1", "nightly": "1.1"}
