"""SS-03, SS-07, SS-10 to SS-26, SS-70 to SS-91: Dockerfile and workflow of SpendSense (C-08, C-82, C-83, C-84, C-92,
C-93)."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.pipelines import Workflow, containers, every, executed, workflows
from tests.acceptance.rows import requirement

from groundplan.documents.containers.size import estimate
from groundplan.resources import Architecture
from groundplan.resources.containers import ContainerRepository, EcsCluster, EcsService

ENVIRONMENT = "prod"
DEPLOY = ".github/workflows/deploy.yml"
PROD = "deploy-prod"
"""What reaches prod has been built and tried before."""


@pytest.fixture
def dockerfile(blueprint: Path) -> list[str]:
    return containers(blueprint)["Dockerfile"].splitlines()


@pytest.fixture
def deploy(blueprint: Path) -> Workflow:
    return workflows(blueprint)[DEPLOY]


@requirement("SS-10", "SS-11", "SS-14", "SS-22")
def test_two_stages_of_the_pinned_slim_image(dockerfile: list[str]) -> None:
    stages = [line for line in dockerfile if line.startswith("FROM")]
    assert stages == ["FROM python:3.11.7-slim AS builder", "FROM python:3.11.7-slim"]
    assert dockerfile[dockerfile.index(stages[1]) :].count("WORKDIR /app") == 1


@requirement("SS-12", "SS-13", "SS-15")
def test_packages_are_installed_first_and_found_by_the_runtime_user(dockerfile: list[str]) -> None:
    """C-83: not below /root, which the user cannot read."""
    text = "\n".join(dockerfile)
    assert dockerfile.index("WORKDIR /app") < dockerfile.index("COPY requirements.txt .")
    assert text.index("COPY requirements.txt .") < text.index("pip install --no-cache-dir -r requirements.txt")
    assert text.index("pip install") < text.index("COPY --chown=appuser:appuser . .")
    assert "COPY --from=builder /opt/venv /opt/venv" in dockerfile
    assert "PATH=/opt/venv/bin:$PATH" in text
    assert "/root" not in text


@requirement("SS-16", "SS-24")
def test_source_is_copied_without_what_no_image_needs(dockerfile: list[str], blueprint: Path) -> None:
    assert dockerfile.index("COPY --chown=appuser:appuser . .") > dockerfile.index("FROM python:3.11.7-slim")
    ignored = containers(blueprint)[".dockerignore"].splitlines()
    assert {".git", ".env", "tests", "__pycache__", ".venv", "*.pem"} <= {*ignored}


@requirement("SS-17")
def test_nobody_is_root(dockerfile: list[str]) -> None:
    text = "\n".join(dockerfile)
    assert "useradd -m -u 1000 appuser" in text
    assert "chown -R appuser:appuser /app" in text
    assert [line for line in dockerfile if line.startswith("USER")] == ["USER 1000"]
    assert dockerfile.index("USER 1000") < next(n for n, line in enumerate(dockerfile) if line.startswith("CMD"))


@requirement("SS-18", "SS-19", "SS-20")
def test_health_check_needs_no_package(dockerfile: list[str]) -> None:
    """C-82; tests/documents/containers runs it against a server that answers 200, 404 and 500."""
    assert "HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=3 \\" in dockerfile
    command = dockerfile[dockerfile.index("EXPOSE 8000") + 2]
    assert "import urllib.request as r; r.urlopen('http://localhost:8000/health', timeout=2)" in command
    assert "requests" not in command


@requirement("SS-21")
def test_command_listens_on_the_port_of_the_service(dockerfile: list[str]) -> None:
    assert dockerfile[-1] == 'CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]'


@requirement("SS-23")
def test_layers_are_few(dockerfile: list[str]) -> None:
    runtime = dockerfile[dockerfile.index("FROM python:3.11.7-slim") :]
    assert sum(line.startswith(("RUN", "COPY", "ADD")) for line in runtime) == 3


@requirement("SS-25")
def test_nothing_is_called_latest(blueprint: Path, deploy: Workflow) -> None:
    for text in (*containers(blueprint).values(), deploy.text):
        assert not re.search(r":latest\b", text)


@requirement("SS-26")
def test_image_stays_below_500_megabytes(blueprint: Path, deploy: Workflow, tmp_path: Path) -> None:
    """By what the stack of the specification takes, and by what the workflow lets pass."""
    build = every(blueprint)[0].blueprint.services["backend"].build
    assert build is not None
    stack = (
        "fastapi\nuvicorn\nsqlalchemy\nalembic\npsycopg2-binary\nredis\nboto3\npydantic-settings\npython-jose\nhttpx\n"
    )
    size = estimate(build, stack)
    assert size.unknown == ()
    assert size.megabytes < 500
    step = deploy.step("build-and-deploy", "Hold it to 500 MB")
    for given, passes in ((524288000, True), (524288001, False)):
        done = executed(step, {"docker": f"echo {given}"}, tmp_path, ECR_REGISTRY="r", IMAGE_TAG="t")
        assert (done.returncode == 0) == passes


@requirement("SS-03")
def test_docker_has_to_be_new_enough(deploy: Workflow, tmp_path: Path) -> None:
    step = deploy.step("build-and-deploy", "Check Docker")
    for version, passes in (("24.0.7", True), ("28.2.2", True), ("24.0.6", False), ("20.10.25", False)):
        assert (executed(step, {"docker": f"echo {version}"}, tmp_path).returncode == 0) == passes


@requirement("SS-07", "SS-74", "SS-75", "SS-76")
def test_workflow_tests_and_deploys(deploy: Workflow) -> None:
    """That it is valid is tested in tests/documents/pipelines by GitHub's schema."""
    found = deploy.data
    assert found["name"] == "Deploy Backend"
    assert found[True] == {"push": {"branches": ["main"]}, "pull_request": {"branches": ["main"]}}


@requirement("SS-70", "SS-77", "SS-78", "SS-79", "SS-80", "SS-81")
def test_source_is_linted_and_tested(deploy: Workflow, tmp_path: Path) -> None:
    """C-92: with the runtime's own version, and with the packages for tests."""
    assert deploy.jobs["test"]["runs-on"] == "ubuntu-latest"
    assert "v7.0.1" in deploy.text
    assert deploy.step("test", "actions/checkout")
    assert deploy.step("test", "actions/setup-python")["with"] == {"python-version": "3.11.7"}
    install = deploy.step("test", "Install packages")["run"]
    assert install == "pip install -r requirements.txt -r requirements-dev.txt"
    assert deploy.step("test", "Lint")["run"] == "pylint app/"
    sample = tmp_path / "app"
    sample.mkdir()
    (sample / "test_sample.py").write_text("def test_sample():\n    assert 1 + 1 == 2\n")
    step = deploy.step("test", "Test")
    own = f'exec {sys.executable} -m pytest -p no:cacheprovider "$@" {sample}'
    assert executed(step, {"pytest": own}, tmp_path).returncode == 0
    (sample / "test_sample.py").write_text("def test_sample():\n    assert 1 + 1 == 3\n")
    assert executed(step, {"pytest": own}, tmp_path).returncode == 1


@requirement("SS-71", "SS-72", "SS-73", "SS-82")
def test_what_is_tested_is_built_pushed_and_released(deploy: Workflow) -> None:
    job = deploy.jobs["build-and-deploy"]
    assert (job["needs"], job["if"], job["runs-on"]) == ("test", "github.ref == 'refs/heads/main'", "ubuntu-latest")
    order = deploy.order("build-and-deploy")
    stages = ["Build", "Push", "Look at what the scan found", "Release backend", "Check its health"]
    assert [name for name in order if name in stages] == stages


@requirement("SS-83")
def test_job_signs_in_with_a_role_and_no_key(deploy: Workflow) -> None:
    """C-08, C-92."""
    given = deploy.step(PROD, "aws-actions/configure-aws-credentials")["with"]
    assert given["role-to-assume"].endswith(":role/spendsense-pipeline-release-role")
    assert given["aws-region"] == "us-west-1"
    assert deploy.jobs[PROD]["permissions"] == {"contents": "read", "id-token": "write"}
    assert "secrets." not in deploy.text


@requirement("SS-84")
def test_login_is_at_the_host_of_the_registry(deploy: Workflow, tmp_path: Path) -> None:
    """C-93: the variable is the repository's URI."""
    done = executed(
        deploy.step("build-and-deploy", "Log in to the registry"),
        {"aws": 'test "$*" = "ecr get-login-password" && echo secret', "docker": 'echo "$@"; cat'},
        tmp_path,
        ECR_REGISTRY="1.dkr.ecr.us-west-1.amazonaws.com/spendsense-backend",
    )
    assert done.stdout.splitlines() == [
        "login --username AWS --password-stdin 1.dkr.ecr.us-west-1.amazonaws.com", "secret",
    ]  # fmt: skip


@requirement("SS-85", "SS-86")
def test_image_is_built_and_pushed_under_its_own_tag(deploy: Workflow, tmp_path: Path) -> None:
    variables = {"ECR_REGISTRY": "host/backend", "IMAGE_TAG": "abc"}
    docker = 'echo "$@"'
    build = executed(deploy.step("build-and-deploy", "Build"), {"docker": docker}, tmp_path, **variables)
    assert build.stdout == "build --platform linux/amd64 --tag host/backend:abc .\n"
    push = deploy.step("build-and-deploy", "Push")
    first = executed(push, {"docker": docker, "aws": "exit 254"}, tmp_path, **variables)
    assert first.stdout == "push host/backend:abc\n"
    again = executed(push, {"docker": docker, "aws": "exit 0"}, tmp_path, **variables)
    assert (again.returncode, again.stdout) == (0, "")


@requirement("SS-87")
def test_release_brings_the_new_image(deploy: Workflow) -> None:
    """C-84: a revision with the image is registered; the old one is not started anew."""
    assert "force-new-deployment" not in deploy.text
    release = deploy.step(PROD, "Release backend")["run"]
    assert release.startswith('groundplan release backend "$IMAGE_TAG" -e prod --target aws')
    assert "services-stable" in deploy.step(PROD, "Wait until it is steady")["run"]


@requirement("SS-88", "SS-89", "SS-90", "SS-91")
def test_variables_are_what_the_infrastructure_has(deploy: Workflow, architecture: Architecture) -> None:
    given: dict[str, Any] = deploy.jobs[PROD]["env"]
    (repository,) = architecture.of(ContainerRepository)
    assert given["ECR_REGISTRY"].endswith(f".dkr.ecr.us-west-1.amazonaws.com/{repository.repository_name}")
    assert given["IMAGE_TAG"] == "${{ github.sha }}"
    assert given["CLUSTER_NAME"] == architecture.of(EcsCluster)[0].cluster_name
    assert given["SERVICE_NAME"] == architecture.of(EcsService)[0].service_name
