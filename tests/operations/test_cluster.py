"""Applying manifests to a cluster: an API server on 127.0.0.1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engines.kubernetes.systems import architectures, rendering, values
from tests.operations.cluster_server import ApiServer, running

from groundplan.errors import DeploymentError, EnvironmentalError, InputError
from groundplan.operations import kubernetes

NAME, REGION = "timeline-cluster", "us-east-1"


class Lines(list[str]):
    """Remembers what was reported."""

    def __call__(self, text: str, *, passing: bool = False) -> None:
        self.append(text)


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with running() as state:
        yield state


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "kubeconfig"
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(file))
    return file


def _write(file: Path, **clusters: str) -> None:
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": next(iter(clusters)),
        "clusters": [{"name": name, "cluster": {"server": server}} for name, server in clusters.items()],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "me"}} for name in clusters],
        "users": [{"name": "me", "user": {"token": "none"}}],
    }
    file.write_text(json.dumps(content))


def _objects() -> list[dict[str, Any]]:
    system = rendering().systems["production"]
    found: list[dict[str, Any]] = system.filled(values(system))
    return found


def _cluster(server: ApiServer, kubeconfig: Path) -> kubernetes.Cluster:
    _write(kubeconfig, other="http://127.0.0.1:1", ours=server.endpoint)
    return kubernetes.find(NAME, REGION, server.endpoint)


def test_the_context_is_found_by_where_it_leads(server: ApiServer, kubeconfig: Path) -> None:
    cluster = _cluster(server, kubeconfig)
    assert cluster.context == "ours"
    assert cluster.version() == "1.35"


def test_no_other_cluster_is_ever_touched(server: ApiServer, kubeconfig: Path) -> None:
    _write(kubeconfig, other=server.endpoint)
    with pytest.raises(
        EnvironmentalError, match="aws eks update-kubeconfig --name timeline-cluster --region us-east-1"
    ):
        kubernetes.find(NAME, REGION, "https://elsewhere.example.com")


def test_without_a_kubeconfig_the_command_for_one_is_told(kubeconfig: Path) -> None:
    with pytest.raises(EnvironmentalError, match="aws eks update-kubeconfig"):
        kubernetes.find(NAME, REGION, "https://elsewhere.example.com")


def test_a_cluster_that_does_not_answer(kubeconfig: Path) -> None:
    _write(kubeconfig, ours="http://127.0.0.1:1")
    with pytest.raises(EnvironmentalError, match="does not answer"):
        kubernetes.find(NAME, REGION, "http://127.0.0.1:1").version()


def test_every_object_is_applied_in_order_and_a_second_time_changes_nothing(
    server: ApiServer, kubeconfig: Path
) -> None:
    report = Lines()
    with _cluster(server, kubeconfig).client() as api:
        first = kubernetes.apply(api, _objects(), report, poll=0.01)
        second = kubernetes.apply(api, _objects(), report, poll=0.01)
    assert len(first) == len(_objects()) == len(server.objects)
    assert all(item.changed for item in first)
    assert not any(item.changed for item in second)
    assert server.applied[0][0] == "/api/v1/namespaces/timeline"
    assert all("fieldManager=groundplan" in query and "force=true" not in query for _, query in server.applied)
    assert "Deployment worker-api: 2 pods run" in report


def test_pods_that_do_not_start_are_told_with_the_reason(server: ApiServer, kubeconfig: Path) -> None:
    server.stuck.add("worker-api")
    with (
        _cluster(server, kubeconfig).client() as api,
        pytest.raises(DeploymentError, match=r"Deployment worker-api: 0 of 2 new pods run: .*image cannot be pulled"),
    ):
        kubernetes.apply(api, _objects(), Lines(), poll=0.01)


def test_what_somebody_else_set_is_not_taken_from_them(server: ApiServer, kubeconfig: Path) -> None:
    server.refused["/deployments/mailer"] = (409, "Apply failed with 1 conflict: conflict with kubectl: .spec.replicas")
    with (
        _cluster(server, kubeconfig).client() as api,
        pytest.raises(DeploymentError, match=r"Deployment mailer: .*conflict with kubectl.*Somebody else has set this"),
    ):
        kubernetes.apply(api, _objects(), Lines(), poll=0.01)


def test_who_may_not_is_told_where_to_stand(server: ApiServer, kubeconfig: Path) -> None:
    server.refused["/namespaces/timeline"] = (403, "forbidden: User cannot patch resource namespaces")
    with (
        _cluster(server, kubeconfig).client() as api,
        pytest.raises(DeploymentError, match=r"Namespace timeline: forbidden.*kubernetes\.admins"),
    ):
        kubernetes.apply(api, _objects(), Lines(), poll=0.01)


def test_a_kind_whose_chart_is_not_installed(server: ApiServer, kubeconfig: Path) -> None:
    del server.groups["external-secrets.io/v1"]
    with (
        _cluster(server, kubeconfig).client() as api,
        pytest.raises(DeploymentError, match=r"knows no SecretStore .*the chart external-secrets 2\.10\.0"),
    ):
        kubernetes.apply(api, _objects(), Lines(), poll=0.01)


def test_what_another_cluster_knew_at_that_address_is_not_believed(
    server: ApiServer, kubeconfig: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would keep what it is told in the folder for temporary files, for whoever asks the address next."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cluster = _cluster(server, kubeconfig)
    with cluster.client() as api:
        kubernetes.apply(api, _objects(), Lines(), poll=0.01)
    assert list(tmp_path.glob("osrcp-*")) == []
    del server.groups["external-secrets.io/v1"]
    with cluster.client() as api, pytest.raises(DeploymentError, match="knows no SecretStore"):
        kubernetes.apply(api, _objects(), Lines(), poll=0.01)


def test_without_helm_the_commands_are_told(
    server: ApiServer, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    report = Lines()
    cluster = _cluster(server, kubeconfig)
    assert kubernetes.install(architectures()[0], cluster, None, report) is False
    assert sum("helm upgrade --install" in line for line in report) == 7


def _helm(folder: Path, script: str) -> None:
    file = folder / "helm"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_helm_installs_every_chart_into_this_cluster(
    server: ApiServer, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "calls"
    _helm(tmp_path, f'echo "$@" >> {log}')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    cluster = _cluster(server, kubeconfig)
    assert kubernetes.install(architectures()[0], cluster, "arn:aws:sns:us-east-1:1:alarms", Lines()) is True
    calls = log.read_text().splitlines()
    assert [call.split()[2] for call in calls][:2] == ["external-secrets", "aws-load-balancer-controller"]
    assert all(f"--kube-context {cluster.context}" in call and "--version" in call for call in calls)
    assert sum("topic_arn=arn:aws:sns:us-east-1:1:alarms" in call for call in calls) == 1


def test_what_helm_says_is_told(
    server: ApiServer, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _helm(tmp_path, "echo no such chart >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(DeploymentError, match=r"external-secrets 2\.10\.0: helm says: no such chart"):
        kubernetes.install(architectures()[0], _cluster(server, kubeconfig), None, Lines())


def test_tags_are_given_by_name() -> None:
    assert kubernetes.parse_tags(architectures()[0], ["worker-api=2.0"]) == {"worker_api_image_tag": "2.0"}


@pytest.mark.parametrize(
    ("written", "why"),
    [("api", "is no tag"), ("api=a b", "is no tag"), ("worker=1", 'did you mean "worker-api"')],
)
def test_a_tag_of_nothing_is_refused(written: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        kubernetes.parse_tags(architectures()[0], [written])
