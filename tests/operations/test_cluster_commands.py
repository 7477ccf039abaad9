"""``groundplan kubernetes`` after a deployment to the local AWS: files filled in, plain words on what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.commands import Command, Write
from tests.operations.running import REGION

from groundplan.engines.kubernetes.deployed import read
from groundplan.errors import EnvironmentalError, ExitCode
from groundplan.operations import kubernetes
from groundplan.targets.connection import connect


def _blueprint(project: str) -> str:
    return f"""\
project: {project}
region: {REGION}
profile: development
platform: eks
network: {{nat: single, endpoints: []}}
kubernetes: {{nodes: {{general: {{instances: [t3.small]}}}}}}
services:
  api:
    image: {{repository: api}}
    port: 8080
    public: {{tls: false}}
    needs: [media]
    volumes: {{uploads: {{path: /var/uploads, size: 5 GB, shared: true}}}}
buckets:
  media: {{keep: false}}
"""


def test_what_a_deployment_knows_is_filled_in(groundplan: Command, write: Write, project: str, tmp_path: Path) -> None:
    write(_blueprint(project))
    out = tmp_path / "out"
    early = groundplan("kubernetes", "fill", "--out", out)
    assert early.code == ExitCode.BAD_INPUT
    assert "groundplan render --engine kubernetes" in early.err
    deployed = groundplan("deploy")
    assert deployed.code == ExitCode.FINE, deployed.err
    assert "no Kubernetes answers in the local AWS" in deployed.err
    assert groundplan("render", "--engine", "kubernetes", "--out", out).code == ExitCode.FINE
    filled = groundplan("kubernetes", "fill", "--out", out)
    assert filled.code == ExitCode.FINE, filled.err
    assert "still to be given: api_image_tag" in filled.err
    done = groundplan("kubernetes", "fill", "--out", out, "--tag", "api=1.2.3")
    assert "still to be given" not in done.err
    values = read((out / "overlays" / "production" / "deployed.env").read_text())
    assert values["api_image_tag"] == "1.2.3"
    assert values["api_repository"].endswith(f"amazonaws.com/{project}-production-api")
    assert values["api_target_group"].startswith(f"arn:aws:elasticloadbalancing:{REGION}:")
    assert values["api_uploads_files"].startswith("fs-")
    assert values["api_uploads_access_point"].startswith("fsap-")
    _status(groundplan)
    _apply(groundplan)
    _way_in(project)
    assert groundplan("destroy", "--yes", "--delete-data").code == ExitCode.FINE


def _way_in(project: str) -> None:
    """Nobody needs a kubeconfig: EKS says where the cluster is, and credentials for AWS open it."""
    cluster = kubernetes.reach(connect("local"), f"{project}-production-cluster", REGION)
    assert cluster.login
    assert cluster.login.token().startswith("k8s-aws-v1.")
    assert cluster.endpoint.startswith("https://")
    with pytest.raises(EnvironmentalError, match="Looking for the cluster nothing: AWS says ResourceNotFoundException"):
        kubernetes.reach(connect("local"), "nothing", REGION)


def _status(groundplan: Command) -> None:
    found = groundplan("kubernetes", "status", "--format", "json").json
    assert found["cluster"]["answers"] is False
    assert "no Kubernetes" in found["cluster"]["says"]
    assert found["missing"] == ["api_image_tag"]
    assert found["objects"]["Deployment"] == 1
    assert "cluster-autoscaler" in [chart["name"] for chart in found["charts"]]


def _apply(groundplan: Command) -> None:
    refused = groundplan("kubernetes", "apply", "--target", "local", "--tag", "api=1", "--yes")
    assert refused.code == ExitCode.BAD_INPUT
    assert "A cluster of your own (kind, k3d, minikube) can stand in for it: --context NAME" in refused.err
    unknown = groundplan("kubernetes", "apply", "--target", "local", "--context", "nowhere", "--tag", "api=1", "--yes")
    assert unknown.code == ExitCode.BAD_INPUT
    assert 'no kubeconfig has the context "nowhere"' in unknown.err


def test_a_system_on_ecs_has_no_cluster(groundplan: Command, write: Write, project: str) -> None:
    write(f"project: {project}\nregion: {REGION}\nservices:\n  web: {{image: {{repository: web, tag: '1'}}}}\n")
    for arguments in (("kubernetes", "status"), ("render", "--engine", "kubernetes", "--out", "out")):
        refused = groundplan(*arguments)
        assert refused.code == ExitCode.BAD_INPUT
        assert "platform: eks" in refused.err
