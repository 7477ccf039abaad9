"""PT-202, PT-204, PT-205, PT-244, PT-249: stages of the workflows, and how long they may take."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.acceptance.pipelines import Workflow, workflows
from tests.acceptance.rows import requirement

from groundplan.documents.pipelines.workflow import longest_minutes

ENVIRONMENT = "staging"


@pytest.fixture
def found(blueprint: Path) -> dict[str, Workflow]:
    return {Path(path).stem: workflow for path, workflow in workflows(blueprint).items()}


@requirement("PT-202")
def test_staging_gets_what_was_tested_and_is_tested_itself(found: dict[str, Workflow]) -> None:
    deploy = found["deploy"]
    assert deploy.step("test", "Test")["run"] == "pytest"
    assert deploy.jobs["build-and-deploy"]["needs"] == "test"
    assert deploy.jobs["deploy-staging"]["needs"] == "build-and-deploy"
    assert "/health" in deploy.step("deploy-staging", "Check its health")["run"]
    assert deploy.jobs["deploy-production"]["needs"] == "deploy-staging"


@requirement("PT-204")
def test_security_is_scanned(found: dict[str, Workflow]) -> None:
    assert (
        "pip-audit -r requirements.txt" in found["deploy"].step("test", "Search packages for known weaknesses")["run"]
    )
    assert "image-scan-complete" in found["deploy"].step("deploy-staging", "Look at what the scan found")["run"]
    step = found["infrastructure"].step("check", "Search staging for known weaknesses")
    assert "checkov --directory build/staging" in step["run"]


@requirement("PT-205")
def test_policies_are_code_and_come_before_any_deployment(found: dict[str, Workflow]) -> None:
    jobs = found["infrastructure"].jobs
    step = found["infrastructure"].step("check", "Check staging")
    assert step["run"].splitlines() == ["groundplan check -e staging", "groundplan cost -e staging --within-budget"]
    assert jobs["plan"]["needs"] == "check"
    assert jobs["deploy-development"]["needs"] == "check"
    assert jobs["deploy-staging"]["needs"] == "deploy-development"


@requirement("PT-244")
def test_a_change_is_delivered_within_two_hours(found: dict[str, Workflow]) -> None:
    """Each job ends at its limit at the latest. Approvals take what people take, and the first deployment of an
    environment, which creates clusters and databases, is a person's."""
    assert longest_minutes(found["deploy"].jobs) < 120
    infrastructure = found["infrastructure"].jobs
    until_first = {name: infrastructure[name] for name in ("check", "deploy-development")}
    assert longest_minutes(until_first) < 120


@requirement("PT-249")
def test_weaknesses_are_looked_for_every_week(found: dict[str, Workflow]) -> None:
    security = found["security"]
    assert security.data[True]["schedule"] == [{"cron": "41 5 * * 1"}]
    assert {"packages-api", "images", "infrastructure"} <= security.jobs.keys()
    assert "start-image-scan" in security.step("images", "Scan api of staging")["run"]
