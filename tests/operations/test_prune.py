"""What is left over of an earlier apply, and the way into a cluster that AWS gives."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.engines.kubernetes.systems import rendering, values
from tests.operations.cluster_server import ApiServer, running

from groundplan.errors import DeploymentError, EnvironmentalError, InputError
from groundplan.operations import kubernetes
from groundplan.operations.kubernetes import credentials
from groundplan.targets.connection import Connection


class Lines(list[str]):
    """Remembers what was reported."""

    def __call__(self, text: str, *, passing: bool = False) -> None:
        self.append(text)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    file = tmp_path / "kubeconfig"
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(file))
    with running() as state:
        content = {
            "clusters": [{"name": "mine", "cluster": {"server": state.endpoint}}],
            "contexts": [{"name": "mine", "context": {"cluster": "mine", "user": "me"}}],
            "users": [{"name": "me", "user": {"token": "none"}}],
            "current-context": "mine",
        }
        file.write_text(json.dumps(content))
        yield state


@pytest.fixture
def api(server: ApiServer) -> Iterator[Any]:
    with kubernetes.chosen("mine").client() as client:
        yield client


def _objects() -> list[dict[str, Any]]:
    system = rendering().systems["production"]
    found: list[dict[str, Any]] = system.filled(values(system))
    return found


def _claim(name: str, service: str, managed_by: str = "groundplan") -> dict[str, Any]:
    labels = {
        "app.kubernetes.io/name": service,
        "app.kubernetes.io/part-of": "timeline",
        "app.kubernetes.io/managed-by": managed_by,
    }
    metadata = {"name": name, "namespace": "timeline", "labels": labels}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata}


def _put(server: ApiServer, claim: dict[str, Any]) -> None:
    server.objects[f"/api/v1/namespaces/timeline/persistentvolumeclaims/{claim['metadata']['name']}"] = claim


def _without_mailer(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in objects if item["metadata"]["name"] != "mailer"]


def test_nothing_is_left_over_of_what_was_just_applied(api: Any, server: ApiServer) -> None:
    kubernetes.apply(api, _objects(), Lines(), poll=0.01)
    # Claims that pods of a StatefulSet have, and what others have made, are no business of it.
    _put(server, _claim("cache-api-0", "api"))
    _put(server, _claim("backup", "velero", "velero"))
    assert kubernetes.leftovers(api, _objects()) == []


def test_what_the_blueprint_no_longer_has_is_found_and_deleted(api: Any, server: ApiServer) -> None:
    kubernetes.apply(api, _objects(), Lines(), poll=0.01)
    _put(server, _claim("old-mailer-0", "mailer"))
    kept = _without_mailer(_objects())
    found = kubernetes.leftovers(api, kept)
    assert [str(item) for item in found] == [
        "VerticalPodAutoscaler mailer",
        "PodDisruptionBudget mailer",
        "PrometheusRule mailer",
        "Deployment mailer",
        "NetworkPolicy mailer",
        "ConfigMap mailer",
        "ServiceAccount mailer",
        "PersistentVolumeClaim old-mailer-0",
    ]
    assert [item.is_data for item in found] == [*[False] * 7, True]
    report = Lines()
    kubernetes.prune(api, [item for item in found if not item.is_data], report)
    assert "Deployment mailer: deleted" in report
    assert all(path.endswith("/mailer") for path in server.deleted)
    assert [str(item) for item in kubernetes.leftovers(api, kept)] == ["PersistentVolumeClaim old-mailer-0"]
    # What went meanwhile is gone, and no failure.
    kubernetes.prune(api, [item for item in found if not item.is_data], report)


def test_what_the_cluster_refuses_to_delete_is_told(api: Any, server: ApiServer) -> None:
    kubernetes.apply(api, _objects(), Lines(), poll=0.01)
    found = kubernetes.leftovers(api, _without_mailer(_objects()))
    server.refused["/deployments/mailer"] = (403, "forbidden: User cannot delete resource deployments")
    with pytest.raises(DeploymentError, match="Deployment mailer: forbidden"):
        kubernetes.prune(api, found, Lines())


def test_kinds_that_the_cluster_has_not_are_no_failure(api: Any, server: ApiServer) -> None:
    kubernetes.apply(api, _objects(), Lines(), poll=0.01)
    del server.groups["monitoring.coreos.com/v1"]
    assert "PrometheusRule mailer" not in map(str, kubernetes.leftovers(api, _without_mailer(_objects())))


def test_a_token_is_a_signed_question_who_we_are() -> None:
    connection = Connection("local", {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"})
    for _ in range(2):
        made = credentials.token(connection, "eu-west-1", "shop")
        prefix, _, content = made.partition(".")
        assert prefix == "k8s-aws-v1"
        url = urlsplit(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)).decode())
        asked = parse_qs(url.query)
        assert url.hostname == "sts.eu-west-1.amazonaws.com"
        assert asked["Action"] == ["GetCallerIdentity"]
        assert asked["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
        assert asked["X-Amz-Expires"] == ["60"]


def test_without_a_kubeconfig_aws_lets_us_in(server: ApiServer) -> None:
    connection = Connection("local", {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"})
    login = credentials.Login(connection, "eu-west-1", "shop", "")
    cluster = kubernetes.Cluster("shop", server.endpoint, None, login)
    assert cluster.version() == "1.35"
    with cluster.client() as api:
        assert len(kubernetes.apply(api, _objects(), Lines(), poll=0.01)) == len(_objects())
    assert all(header.startswith("Bearer k8s-aws-v1.") for header in server.authorizations[-20:])
    with cluster.helm() as (options, variables):
        assert login.token() not in " ".join(options), "no secret stands in a command line"
        assert variables == {"HELM_KUBETOKEN": login.token()}


def test_what_terraform_says_is_read(tmp_path: Path) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({"cluster": {"sensitive": False, "type": "string", "value": "shop"}}))
    assert kubernetes.terraform_outputs(file) == {"cluster": "shop"}
    file.write_text("shop")
    with pytest.raises(InputError, match="is not what terraform output -json writes"):
        kubernetes.terraform_outputs(file)
    with pytest.raises(EnvironmentalError, match="cannot be read"):
        kubernetes.terraform_outputs(tmp_path / "nothing.json")
