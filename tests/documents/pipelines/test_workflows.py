"""Workflows of GitHub Actions: valid, safe, and with what a delivery needs in its order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.documents.conftest import DELIVERED, Every
from tests.documents.linters import against_schema, unsafe

from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.catalog.actions import actions
from groundplan.documents.pipelines import pipeline_files, settings_of_repository
from groundplan.documents.pipelines.workflow import longest_minutes
from groundplan.errors import InputError


def workflow(files: dict[str, str], name: str) -> Any:
    return yaml.safe_load(files[f".github/workflows/{name}.yml"])


def steps(job: Any) -> list[str]:
    """What each step runs or uses."""
    return [step.get("run") or step["uses"] for step in job["steps"]]


def place_of(found: list[str], part: str) -> int:
    """Which step has a text in it."""
    (number,) = [number for number, text in enumerate(found) if part in text]
    return number


@pytest.fixture(scope="module")
def written(shop: list[LoadedEnvironment]) -> dict[str, str]:
    return pipeline_files(shop)


def test_every_workflow_is_valid_and_safe(every: Every, written: dict[str, str], tmp_path: Path) -> None:
    """One run of each program over all, since starting them takes longer than judging."""
    found = {"shop": written, **{name: pipeline_files(every(name)) for name in DELIVERED}}
    files = []
    for name, several in found.items():
        for path, text in several.items():
            file = tmp_path / ".github" / "workflows" / f"{name}-{Path(path).name}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            files.append(file)
    assert len(files) == 11  # spontime wants no scans
    assert against_schema("github-workflows", *files) == ""
    assert unsafe(tmp_path) == ""


def test_the_judges_find_what_is_wrong(tmp_path: Path) -> None:
    bad = tmp_path / ".github" / "workflows" / "bad.yml"
    bad.parent.mkdir(parents=True)
    bad.write_text("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{uses: actions/checkout@v4}], wants: b}}\n")
    assert "wants" in against_schema("github-workflows", bad)
    assert "unpinned-uses" in unsafe(tmp_path)


def test_actions_are_pinned_to_commits_at_their_current_majors(written: dict[str, str]) -> None:
    text = "".join(written.values())
    used = re.findall(r"uses: (\S+)@(\S+) # (\S+)", text)
    assert len(used) == text.count("uses: ")
    known = {(each.uses, each.commit, each.version) for each in actions().values()}
    assert set(used) == known
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, commit, _ in known)


def test_delivery_goes_from_environment_to_environment(written: dict[str, str]) -> None:
    jobs = workflow(written, "deploy")["jobs"]
    assert [*jobs] == [
        "test-web", "build-and-deploy-web", "deploy-production-web",
        "test-mailer", "build-and-deploy-mailer", "deploy-production-mailer",
    ]  # fmt: skip
    assert jobs["build-and-deploy-web"]["needs"] == "test-web"
    assert jobs["deploy-production-web"]["needs"] == "build-and-deploy-web"
    for name, job in jobs.items():
        if not name.startswith("test"):
            assert job["if"] == "github.ref == 'refs/heads/release/next'"
            assert job["env"]["IMAGE_TAG"] == "${{ github.sha }}"
            assert not job["concurrency"]["cancel-in-progress"]
    assert "environment" not in jobs["build-and-deploy-web"]
    assert jobs["deploy-production-web"]["environment"] == "production"


def test_image_is_built_once_and_handed_on(written: dict[str, str]) -> None:
    jobs = workflow(written, "deploy")["jobs"]
    first, second = steps(jobs["build-and-deploy-web"]), steps(jobs["deploy-production-web"])
    assert place_of(first, "docker build") < place_of(first, "docker push") < place_of(first, "groundplan release")
    assert place_of(first, "groundplan release") < place_of(first, "upload-artifact")
    assert not any("docker build" in step for step in second)
    assert place_of(second, "download-artifact") < place_of(second, "docker load") < place_of(second, "docker push")


def test_release_is_verified_and_taken_back(written: dict[str, str]) -> None:
    job = workflow(written, "deploy")["jobs"]["deploy-production-web"]
    found = steps(job)
    release = place_of(found, "groundplan release web")
    assert found[release].endswith("-e production --target aws --timeout 15 --verify /ready")
    assert place_of(found, "ecs wait services-stable") > release
    assert place_of(found, "curl --fail") > release
    assert "https://shop.acme-shop.com/ready" in found[place_of(found, "curl --fail")]
    back = job["steps"][-1]
    assert back["run"] == "groundplan rollback web -e production --target aws"
    assert back["if"] == "failure() && steps.release-web.outcome == 'success'"
    assert "force-new-deployment" not in "".join(written.values())


def test_scan_stands_between_push_and_release(written: dict[str, str]) -> None:
    found = steps(workflow(written, "deploy")["jobs"]["build-and-deploy-web"])
    assert place_of(found, "docker push") < place_of(found, "image-scan-complete") < place_of(found, "release web")


def test_job_of_the_same_image_is_released_with_it(written: dict[str, str]) -> None:
    found = steps(workflow(written, "deploy")["jobs"]["build-and-deploy-mailer"])
    assert place_of(found, "release mailer") < place_of(found, "release report")


def test_time_of_a_job_has_room_for_the_strategy(written: dict[str, str]) -> None:
    """10 minutes around it, 15 for new tasks; the canary waits 5 and 10 minutes."""
    jobs = workflow(written, "deploy")["jobs"]
    assert jobs["deploy-production-web"]["timeout-minutes"] == 10 + 15 + 5 + 10
    assert jobs["deploy-production-mailer"]["timeout-minutes"] == 10 + 15
    assert longest_minutes(jobs) == 15 + (15 + 15 + 15) + (10 + 15 + 15)


def test_account_is_in_the_blueprint_or_a_variable(written: dict[str, str]) -> None:
    jobs = workflow(written, "deploy")["jobs"]
    registry = "dkr.ecr.eu-central-1.amazonaws.com/shop"
    assert jobs["build-and-deploy-web"]["env"]["ECR_REGISTRY"] == (
        f"${{{{ vars.AWS_ACCOUNT_ID }}}}.{registry}-staging-web"
    )
    assert jobs["deploy-production-web"]["env"]["ECR_REGISTRY"] == f"210987654321.{registry}-production-web"


def test_infrastructure_is_planned_before_and_deployed_after_the_merge(written: dict[str, str]) -> None:
    found = workflow(written, "infrastructure")
    jobs = found["jobs"]
    assert [*jobs] == ["check", "plan", "deploy-staging", "deploy-production", "drift"]
    assert jobs["plan"]["permissions"] == {"contents": "read", "id-token": "write", "pull-requests": "write"}
    assert "gh pr comment" in steps(jobs["plan"])[-1]
    assert "groundplan plan -e production --target aws" in "".join(steps(jobs["plan"]))
    assert jobs["deploy-production"]["needs"] == "deploy-staging"
    assert jobs["deploy-production"]["environment"] == "production"
    roles = [step["with"]["role-to-assume"] for step in jobs["deploy-production"]["steps"] if "role" in str(step)]
    assert roles == ["arn:aws:iam::210987654321:role/deployers/shop"]
    assert found[True]["schedule"] == [{"cron": "17 2 * * *"}]
    assert "groundplan drift -e staging --target aws" in steps(jobs["drift"])


def test_role_that_bootstrapping_makes_deploys(tmp_path: Path, shop: list[LoadedEnvironment]) -> None:
    every = changed(tmp_path, shop, "deploy_role: deployers/shop", "deploy_role: bootstrap")
    job = workflow(pipeline_files(every), "infrastructure")["jobs"]["deploy-production"]
    (role,) = [step["with"]["role-to-assume"] for step in job["steps"] if "role-to-assume" in step.get("with", {})]
    assert role == "arn:aws:iam::210987654321:role/groundplan-deploy-shop-production"
    told = "\n".join(settings_of_repository(every))
    assert "groundplan bootstrap -e staging -e production --target aws, by somebody who may make roles" in told
    assert "a person does" not in told


def test_nothing_has_rights_that_it_does_not_need(written: dict[str, str]) -> None:
    for name in ("deploy", "infrastructure", "security"):
        found = workflow(written, name)
        assert found["permissions"] == {}
        for job in found["jobs"].values():
            signs_in = any("configure-aws-credentials" in step for step in steps(job))
            assert ("id-token" in job["permissions"]) == signs_in
            assert job["timeout-minutes"] <= 60


def test_security_is_looked_at_every_week(written: dict[str, str]) -> None:
    found = workflow(written, "security")
    assert [*found["jobs"]] == ["packages-web", "packages-mailer", "images", "infrastructure"]
    assert found[True]["schedule"] == [{"cron": "41 5 * * 1"}]
    assert any("npm audit" in step for step in steps(found["jobs"]["packages-web"]))
    assert any("start-image-scan" in step for step in steps(found["jobs"]["images"]))
    assert any("checkov" in step for step in steps(found["jobs"]["infrastructure"]))


def test_what_github_has_to_be_told(shop: list[LoadedEnvironment]) -> None:
    told = "\n".join(settings_of_repository(shop))
    assert "acme/shop, Settings > Environments: make production" in told
    assert "release/next as its only deployment branch" in told
    assert "AWS_ACCOUNT_ID" in told
    assert "a person does" not in told


def changed(tmp_path: Path, shop: list[LoadedEnvironment], before: str, after: str) -> list[LoadedEnvironment]:
    text = shop[0].text
    assert before in text
    file = tmp_path / "groundplan.yaml"
    file.write_text(text.replace(before, after))
    return read_source(file).all()


def test_keys_are_in_secrets_and_take_the_same_role(tmp_path: Path, shop: list[LoadedEnvironment]) -> None:
    keys = changed(
        tmp_path, shop, "provider: create, deploy_role: deployers/shop}", "credentials: keys, user: deployer}"
    )
    files = pipeline_files(keys)
    (step,) = [
        step
        for step in workflow(files, "deploy")["jobs"]["build-and-deploy-web"]["steps"]
        if "configure-aws-credentials" in step.get("uses", "")
    ]
    assert step["with"]["aws-access-key-id"] == "${{ secrets.AWS_ACCESS_KEY_ID }}"
    assert step["with"]["aws-secret-access-key"] == "${{ secrets.AWS_SECRET_ACCESS_KEY }}"
    assert step["with"]["role-to-assume"].endswith(":role/shop-staging-pipeline-release-role")
    assert not re.search(r"AKIA[0-9A-Z]{16}", "".join(files.values()))
    told = "\n".join(settings_of_repository(keys))
    assert "IAM user deployer, whose only right is sts:AssumeRole" in told
    assert "a person does" in told


def test_repositories_of_environments_have_to_be_one(tmp_path: Path, shop: list[LoadedEnvironment]) -> None:
    other = changed(tmp_path, shop, "{provider: exists}", "{provider: exists, repository: acme/other}")
    with pytest.raises(InputError, match=r"yaml:\d+:\d+: pipelines.repository: production has acme/other"):
        pipeline_files(other)


def test_without_pipelines_nothing_is_written(every: Every) -> None:
    with pytest.raises(InputError, match="nothing says where the pipelines are"):
        pipeline_files(every("duskspendr"))
