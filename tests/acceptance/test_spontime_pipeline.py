"""SP-19, SP-66, SP-71 to SP-77: how Spontime is delivered (C-08)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.acceptance.pipelines import Workflow, containers, executed, workflows
from tests.acceptance.rows import requirement

from groundplan.api.files import read_source
from groundplan.checks import examine
from groundplan.design import design
from groundplan.documents.pipelines import pipeline_files
from groundplan.resources import Architecture
from groundplan.resources.containers import ContainerRepository, TaskDefinition
from groundplan.resources.policies import Statement
from groundplan.resources.security import Role
from groundplan.resources.values import Ref

ENVIRONMENT = "poc"
JOB = "build-and-deploy"
ROLE = Ref(Role, "pipeline_release")


@pytest.fixture
def deploy(blueprint: Path) -> Workflow:
    return workflows(blueprint)[".github/workflows/deploy.yml"]


def statements(architecture: Architecture) -> dict[str, Statement]:
    (policy,) = architecture[ROLE].inline_policies
    return {statement.sid: statement for statement in policy.document.statements}


@requirement("SP-19", "SP-77")
def test_role_covers_the_one_repository_and_service(architecture: Architecture) -> None:
    found = statements(architecture)
    (repository,) = architecture.of(ContainerRepository)
    assert found["Images"].resources == (repository.ref.arn,)
    assert "ecr:PutImage" in found["Images"].actions
    assert "ecs:UpdateService" in found["Services"].actions
    assert {str(one).rpartition(":")[2].split("/")[0] for one in found["Services"].resources} <= {
        "service", "service-deployment", "service-revision",
    } or len(found["Services"].resources) == 3  # fmt: skip
    (definition,) = architecture.of(TaskDefinition)
    assert found["RolesOfTasks"].resources == (definition.execution_role.arn, definition.task_role.arn)
    everywhere = {action for one in found.values() if "*" in one.resources for action in one.actions}
    assert everywhere == {
        "ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions",
        "elasticloadbalancing:DescribeLoadBalancers",
    }  # fmt: skip
    assert found["RolesOfTasks"].actions == ("iam:PassRole",)


@requirement("SP-66")
def test_nothing_is_scanned(blueprint: Path) -> None:
    found = workflows(blueprint)
    assert [Path(path).name for path in found] == ["deploy.yml", "infrastructure.yml"]
    for workflow in found.values():
        assert not re.search(r"scan|pip-audit|checkov|trivy", workflow.text)


@requirement("SP-71")
def test_a_push_to_main_starts_it(deploy: Workflow) -> None:
    assert deploy.data[True]["push"] == {"branches": ["main"]}
    assert deploy.jobs[JOB]["if"] == "github.ref == 'refs/heads/main'"


@requirement("SP-72", "SP-73", "SP-74", "SP-75")
def test_stages_come_one_after_the_other(deploy: Workflow, blueprint: Path, tmp_path: Path) -> None:
    stages = [
        "Build",
        "Push",
        "Release api",
        "Wait until it is steady",
        "Check its health",
        "Go back to what ran before",
    ]
    assert [name for name in deploy.order(JOB) if name in stages] == stages
    assert "docker build" in deploy.step(JOB, "Build")["run"]
    assert "FROM python:3.12.8-slim AS builder" in containers(blueprint)["Dockerfile"]
    assert deploy.step(JOB, "Release api")["run"].startswith('groundplan release api "$IMAGE_TAG" -e poc --target aws')
    assert "services-stable" in deploy.step(JOB, "Wait until it is steady")["run"]
    health = deploy.step(JOB, "Check its health")
    asked = executed(health, {"aws": "echo lb.amazonaws.com", "curl": 'echo "$@"'}, tmp_path)
    assert asked.stdout.endswith(" http://lb.amazonaws.com/health\n")
    failing = executed(health, {"aws": "echo lb.amazonaws.com", "curl": "exit 22"}, tmp_path)
    assert failing.returncode == 22


@requirement("SP-76")
def test_keys_are_the_documented_fallback(blueprint: Path, deploy: Workflow, tmp_path: Path, readme: str) -> None:
    """C-08: OIDC, unless the blueprint says keys and accepts them with a reason."""
    assert "secrets." not in deploy.text
    text = blueprint.read_text()
    keys = text.replace("provider: create}", "credentials: keys, user: spontime-deployer}")
    assert keys != text
    accepted = keys.replace("accept:  #", 'accept:\n  - {rule: GP-SEC-087, reason: "keys are demanded (C-08)"}  #')
    for written, fine in ((keys, False), (accepted, True)):
        file = tmp_path / f"{fine}.yaml"
        file.write_text(written)
        loaded = read_source(file).environment("poc")
        report = examine(loaded, design(loaded))
        assert {one.rule for one in report.standing if one.severity == "error"} == (set() if fine else {"GP-SEC-087"})
        workflow = Workflow(pipeline_files([loaded])[".github/workflows/deploy.yml"])
        given = workflow.step(JOB, "Sign in to poc")["with"]
        assert given["aws-access-key-id"] == "${{ secrets.AWS_ACCESS_KEY_ID }}"
        assert given["aws-secret-access-key"] == "${{ secrets.AWS_SECRET_ACCESS_KEY }}"
        assert not re.search(r"AKIA[0-9A-Z]{16}", workflow.text)
    assert "credentials: keys" in readme
