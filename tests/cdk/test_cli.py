"""The real CDK CLI: ``cdk synth`` without network and account, ``deploy`` and ``diff`` against the local AWS."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import boto3
import pytest
from tests.cdk.conftest import UNCHECKED
from tests.cdk.templates import meaning, written

from groundplan import Blueprint
from groundplan.targets import local

DUSKSPENDR = Path(__file__).parents[2] / "examples/duskspendr/groundplan.yaml"
NOWHERE = "http://127.0.0.1:9"
"""A port where nobody listens."""
QUICK = Path(__file__).parent / "quick.cjs"
"""A quicker clock, since the CLI looks every five seconds whether CloudFormation is done; and a quicker start."""
SHOP = """\
import groundplan

blueprint = groundplan.Blueprint(
    project="shop",
    region="eu-central-1",
    services={"web": groundplan.Service(image={"repository": "web", "tag": "1"}, port=80)},
    environments={"development": {"profile": "development", "network": {"nat": "none"}}},
)

if __name__ == "__main__":
    import aws_cdk
    from groundplan.cdk import BlueprintStack

    app = aws_cdk.App()
    BlueprintStack(app, "Shop", blueprint=blueprint, synthesizer=aws_cdk.BootstraplessSynthesizer())
    app.synth()
"""


class Cdk:
    """The CDK CLI in a folder with an app, and nothing of this machine's AWS settings."""

    def __init__(self, cli: Path, folder: Path, app: str, environment: dict[str, str]) -> None:
        self._cli, self._folder = cli, folder
        (folder / "infrastructure.py").write_text(dedent(app), encoding="utf-8")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
        self._environment = clean | UNCHECKED | environment | {
            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true", "CDK_HOME": str(folder), "CDK_DISABLE_CLI_TELEMETRY": "1",
            "NO_COLOR": "1", "NODE_OPTIONS": f"--require {QUICK}",
        }  # fmt: skip

    def __call__(self, *arguments: str, app: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command on the app, or on what it was synthesized to."""
        return subprocess.run(
            [self._cli, "--app", app or f"{sys.executable} infrastructure.py", "--no-notices", *arguments],
            cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False, timeout=180,
        )  # fmt: skip


def test_synth_needs_neither_network_nor_account(cdk_cli: Path, tmp_path: Path) -> None:
    app = f"""\
        import aws_cdk
        from groundplan.cdk import BlueprintStack

        app = aws_cdk.App()
        BlueprintStack(app, "Production", blueprint={str(DUSKSPENDR)!r}, environment="production")
        app.synth()
        """
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), NOWHERE)
    cdk = Cdk(cdk_cli, tmp_path, app, proxies | {"CDK_VALIDATION": "true"})
    done = cdk("synth", "--quiet")
    assert done.returncode == 0, done.stderr
    (own,) = Blueprint.read(DUSKSPENDR).environment("production").cloudformation(stacks="region").stacks
    assert meaning(written(tmp_path / "cdk.out", "Production")) == meaning(own.template)


def test_a_mistake_ends_the_synthesis_with_its_place(cdk_cli: Path, tmp_path: Path) -> None:
    done = Cdk(cdk_cli, tmp_path, SHOP.replace("port=80)", "port=0)"), {})("synth", "--quiet")
    assert done.returncode != 0
    assert "infrastructure.py:6:87: services.web.port: 0 is too little; the least is 1" in done.stdout + done.stderr


@pytest.fixture
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_STATE_DIR", str(tmp_path_factory.mktemp("local")))
        try:
            yield local.start(ephemeral=True).endpoint
        finally:
            local.stop()


def test_deploy_and_diff_against_the_local_aws(cdk_cli: Path, tmp_path: Path, endpoint: str) -> None:
    """What is deployed has no differences; a change of the blueprint is one, and is deployed as an update."""
    credentials = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    cdk = Cdk(cdk_cli, tmp_path, SHOP, credentials | {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "eu-central-1"})
    deployed = cdk("deploy", "--require-approval", "never", "--no-version-reporting")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert ports(endpoint) == [80]
    same = cdk("diff", "--method", "template", "--fail", app="cdk.out")
    assert same.returncode == 0, same.stdout + same.stderr
    assert "There were no differences" in same.stdout + same.stderr

    (tmp_path / "infrastructure.py").write_text(SHOP.replace("port=80)", "port=81)"))
    other = cdk("diff", "--method", "template", "--fail", "--no-version-reporting")
    assert other.returncode == 1
    assert "[~] AWS::ECS::TaskDefinition Blueprint/Template/WebTaskDefinition" in other.stdout + other.stderr
    updated = cdk("deploy", "--require-approval", "never", app="cdk.out")
    assert updated.returncode == 0, updated.stdout + updated.stderr
    assert ports(endpoint) == [81]


def ports(endpoint: str) -> list[int]:
    """The ports of the tasks that the shop's service runs."""
    ecs: Any = boto3.client(
        "ecs", region_name="eu-central-1", endpoint_url=endpoint,
        aws_access_key_id="local", aws_secret_access_key="local",
    )  # fmt: skip
    (cluster,) = ecs.list_clusters()["clusterArns"]
    (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
    (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
    task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    return [port["containerPort"] for container in task["containerDefinitions"] for port in container["portMappings"]]
