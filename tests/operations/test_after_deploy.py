"""What a deployment to AWS does in the cluster: everything where it answers, plain words where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.operations.cluster_server import ApiServer, running

from groundplan.api.files import read_source
from groundplan.cli.in_cluster import after_deploy
from groundplan.design import design
from groundplan.engines.kubernetes import system_of
from groundplan.errors import DeploymentError, EnvironmentalError, InputError
from groundplan.operations import kubernetes
from groundplan.operations.kubernetes.credentials import Login
from groundplan.resources import Architecture
from groundplan.targets.connection import Connection

BLUEPRINT = """\
project: shop
region: eu-central-1
platform: eks
kubernetes: {nodes: {general: {instances: [t3.large]}}, monitoring: false}
services: {web: {image: {repository: web}, needs: [events]}}
queues: {events: {}}
"""
AWS = Connection("aws", {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"})


@pytest.fixture
def architecture(tmp_path: Path) -> Architecture:
    file = tmp_path / "groundplan.yaml"
    file.write_text(BLUEPRINT)
    return design(read_source(file).environment())


@pytest.fixture
def outputs(architecture: Architecture) -> dict[str, str]:
    """What the stacks say."""
    return {item.key: f"value-of-{item.key}" for item in system_of(architecture).wanted if item.key != "web_image_tag"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ApiServer]:
    """The cluster that the deployment made, and no helm."""
    monkeypatch.setenv("PATH", str(tmp_path))
    local = Connection("local", AWS.environment)
    with running() as state:
        cluster = kubernetes.Cluster("shop", state.endpoint, None, Login(local, "eu-central-1", "shop", ""))
        monkeypatch.setattr(kubernetes, "reach", lambda connection, name, region: cluster)
        yield state


def test_what_runs_in_the_cluster_is_applied(
    architecture: Architecture, outputs: dict[str, str], server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    after_deploy(architecture, AWS, outputs, ["web=1.2.3"], yes=True)
    objects = system_of(architecture).objects
    said = capsys.readouterr()
    assert said.out == "", "stdout is the deployment's"
    assert f"shop: {len(objects)} of {len(objects)} objects changed" in said.err
    deployment = server.objects["/apis/apps/v1/namespaces/shop/deployments/web"]
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "value-of-web_repository:1.2.3"


def test_nobody_is_surprised_by_it(architecture: Architecture, outputs: dict[str, str], server: ApiServer) -> None:
    with pytest.raises(InputError, match="answer with --yes"):
        after_deploy(architecture, AWS, outputs, ["web=1"], yes=False)
    assert not server.applied


def test_a_tag_that_is_missing_is_told_with_the_command(
    architecture: Architecture, outputs: dict[str, str], server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    after_deploy(architecture, AWS, outputs, [], yes=True)
    said = capsys.readouterr().err
    assert "web_image_tag is missing. To apply them: groundplan kubernetes apply -e production --tag NAME=TAG" in said
    assert not server.applied


def test_a_cluster_that_does_not_answer_is_no_failure(
    architecture: Architecture,
    outputs: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(connection: Connection, name: str, region: str) -> kubernetes.Cluster:
        raise EnvironmentalError("the cluster does not answer")

    monkeypatch.setattr(kubernetes, "reach", refuse)
    after_deploy(architecture, AWS, outputs, ["web=1"], yes=True)
    said = capsys.readouterr().err
    assert "the cluster does not answer. To apply them: groundplan kubernetes apply -e production" in said


def test_pods_that_do_not_start_fail_the_deployment(
    architecture: Architecture, outputs: dict[str, str], server: ApiServer
) -> None:
    server.stuck.add("web")
    with pytest.raises(DeploymentError, match="Deployment web: 0 of 2 new pods run"):
        after_deploy(architecture, AWS, outputs, ["web=1"], yes=True)
