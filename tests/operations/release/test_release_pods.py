"""Releases in a cluster: an API server on 127.0.0.1, and the local AWS as load balancer and registry."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cli.commands import Command, Write
from tests.operations import test_switch
from tests.operations.cluster_server import ApiServer
from tests.operations.test_switch import FAST, Breaking, Lines, Stage

from groundplan.engines.kubernetes import system_of
from groundplan.errors import DeploymentError, ExitCode, InputError
from groundplan.operations import kubernetes
from groundplan.operations.kubernetes import PodRelease

kubeconfig, server, stage, api = test_switch.kubeconfig, test_switch.server, test_switch.stage, test_switch.api


def _outputs(stage: Stage) -> dict[str, str]:
    """What the stacks say, as far as the manifests want to know it; no tags."""
    known = {item.key: item.default or f"value-of-{item.key}" for item in system_of(stage.architecture).wanted}
    tagless = {key: value for key, value in known.items() if not key.endswith("image_tag")}
    return tagless | kubernetes.live_colours(stage.connection, stage.architecture)


def _release(stage: Stage, api: Any, name: str, tag: str, **options: Any) -> PodRelease:
    [workload] = (item for item in stage.architecture.workloads if item.name == name)
    options = {"report": Lines(), "pace": FAST, **options}
    return kubernetes.release(
        stage.connection, stage.architecture, api, workload, tag, _outputs(stage), **options
    )  # fmt: skip


def _start(stage: Stage, api: Any) -> None:
    stage.apply(api, api_blue_image_tag="1", api_green_image_tag="1")
    stage.autoscale("blue", 2)


def test_pods_of_two_colours(stage: Stage, api: Any) -> None:
    """The idle colour gets the image, then the requests; and what is released stays."""
    _start(stage, api)
    done = _release(stage, api, "api", "2")
    assert (done.before, done.now, done.strategy, done.changed) == ("1", "2", "blue-green", True)
    assert stage.state()[0] == {"blue": 0, "green": 100}
    again = _release(stage, api, "api", "3")
    assert (again.before, again.now) == ("2", "3")
    assert stage.state()[0] == {"blue": 100, "green": 0}
    live = kubernetes.live_tags(api, stage.architecture)
    assert live == {"api_blue_image_tag": "3", "api_green_image_tag": "2", "worker_image_tag": "1"}
    assert not _release(stage, api, "api", "3").changed

    # Another apply, of whatever else has changed, with what the cluster says.
    stage.apply(api, **live)
    assert kubernetes.live_tags(api, stage.architecture) == live


def test_pods_that_do_not_start_are_rolled_back(stage: Stage, api: Any, server: ApiServer) -> None:
    _start(stage, api)
    server.stuck.add("worker")
    report = Breaking("rolling back", lambda: server.stuck.discard("worker"))
    with pytest.raises(
        DeploymentError, match=r"Deployment worker: 0 of \d new pods run.* Rolled back: 1 runs as before"
    ):
        _release(stage, api, "worker", "2", report=report)
    assert kubernetes.live_tags(api, stage.architecture)["worker_image_tag"] == "1"
    assert _release(stage, api, "worker", "2").now == "2"


def test_values_that_nobody_knows(stage: Stage, api: Any) -> None:
    [workload] = (item for item in stage.architecture.workloads if item.name == "worker")
    with pytest.raises(InputError, match="worker cannot be released, because values are missing: "):
        kubernetes.release(stage.connection, stage.architecture, api, workload, "2", {}, Lines())


def test_the_command(stage: Stage, groundplan: Command, write: Write, project: str) -> None:
    write(test_switch._blueprint(f"blue{project}"))
    missing = groundplan("release", "worker", "2")
    assert missing.code == ExitCode.BAD_INPUT
    assert "worker is not deployed to local: there is no repository" in missing.err
    [workload] = (item for item in stage.architecture.workloads if item.name == "worker")
    repository = stage.architecture[workload.pod.image.repository].repository_name
    ecr = stage.aws.client("ecr")
    ecr.create_repository(repositoryName=repository, imageTagMutability="IMMUTABLE")
    manifest = '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": []}'
    ecr.put_image(repositoryName=repository, imageTag="2", imageManifest=manifest)
    assert "the nearest are 2" in groundplan("release", "worker", "21").err
    assert "has the cluster as AWS describes it, and no Kubernetes" in groundplan("release", "worker", "2").err
    unknown = groundplan("release", "worker", "2", "--context", "mine")
    assert "worker cannot be released, because values are missing" in unknown.err
    assert "revisions are those of ECS" in groundplan("rollback", "worker", "--to", "1").err
    assert "worker has not been released yet" in groundplan("rollback", "worker").err
    [record] = groundplan("releases", "worker", "--format", "json").json["releases"]
    assert (record["operation"], record["engine"], record["result"]) == ("release", "kubernetes", "failed")
