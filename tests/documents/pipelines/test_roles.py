"""Roles of the pipelines: for one repository, and for no more than a release calls or a plan reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.documents.conftest import SHOP, Every

from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.catalog import iam
from groundplan.checks import examine
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import AccessEntry
from groundplan.resources.policies import Statement
from groundplan.resources.security import OidcProvider, Role
from groundplan.resources.values import Ref

RELEASE, PLAN = Ref(Role, "pipeline_release"), Ref(Role, "pipeline_plan")


def subjects(role: Role) -> tuple[object, ...]:
    (statement,) = role.trust.statements
    (found,) = [one.values for one in statement.conditions if one.key == "token.actions.githubusercontent.com:sub"]
    assert all(one.operator == "StringEquals" for one in statement.conditions)
    return found


def statements(role: Role) -> dict[str, Statement]:
    return {one.sid: one for policy in role.inline_policies for one in policy.document.statements}


@pytest.fixture(scope="module")
def designs(shop: list[LoadedEnvironment]) -> dict[str, Architecture]:
    return {loaded.name: design(loaded) for loaded in shop}


def test_role_is_for_one_repository_and_its_branch_or_environment(designs: dict[str, Architecture]) -> None:
    assert subjects(designs["staging"][RELEASE]) == ("repo:acme@12/shop@34:ref:refs/heads/release/next",)
    assert subjects(designs["production"][RELEASE]) == ("repo:acme@12/shop@34:environment:production",)
    assert subjects(designs["production"][PLAN]) == (
        "repo:acme@12/shop@34:pull_request", "repo:acme@12/shop@34:ref:refs/heads/release/next",
    )  # fmt: skip


def test_provider_is_made_once(designs: dict[str, Architecture]) -> None:
    assert len(designs["staging"].of(OidcProvider)) == 1
    assert designs["production"].of(OidcProvider) == ()


def test_nothing_is_found_against_the_roles(shop: list[LoadedEnvironment], designs: dict[str, Architecture]) -> None:
    for loaded in shop:
        report = examine(loaded, designs[loaded.name])
        assert [str(one) for one in report.findings if "pipeline" in str(one) or "oidc" in str(one)] == []


def test_release_reaches_its_own_environment_only(designs: dict[str, Architecture]) -> None:
    found = statements(designs["production"][RELEASE])
    assert {*found} == {
        "RegistryLogin", "Images", "Record", "SeeWhoIsAtWork", "Look", "Revisions", "Services", "Tasks", "RolesOfTasks",
    }  # fmt: skip
    everything = [sid for sid, one in found.items() if "*" in one.resources]
    assert everything == ["RegistryLogin", "Look"]  # AWS knows no resources for them
    assert found["RolesOfTasks"].conditions[0].values == ("ecs-tasks.amazonaws.com",)
    assert "ecs:RunTask" not in {action for one in found.values() for action in one.actions}
    assert not any(action.startswith(("rds:", "s3:", "secretsmanager:")) for action in found["Services"].actions)


def test_plan_reads_no_data_and_changes_nothing(designs: dict[str, Architecture]) -> None:
    read = statements(designs["production"][PLAN])["ReadSettings"]
    meant = {
        (action.partition(":")[0], each.name): each.level for action in read.actions for each in iam.expand(action)
    }
    assert {*meant.values()} <= {"Read", "List"}
    for service, action in (
        ("s3", "GetObject"), ("secretsmanager", "GetSecretValue"), ("sqs", "ReceiveMessage"), ("logs", "GetLogEvents"),
        ("ssm", "GetParameter"), ("kms", "Decrypt"), ("rds", "DownloadDBLogFilePortion"),
    ):  # fmt: skip
        assert (service, action) not in meant
    assert read.conditions[0].key == "aws:RequestedRegion"
    assert read.conditions[0].values == ("eu-central-1", "us-east-1")
    state = statements(designs["production"][PLAN])
    assert state["ReadState"].actions == ("s3:GetObject",)


def test_on_kubernetes_the_role_may_change_its_namespace(every: Every) -> None:
    (staging,) = [loaded for loaded in every("personal-timeline") if loaded.name == "staging"]
    architecture = design(staging)
    (entry,) = [one for one in architecture.of(AccessEntry) if one.name == "pipeline_release"]
    assert entry.namespaces == ("personal-timeline",)
    assert "AmazonEKSEditPolicy" in str(entry.policy_arn)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("provider: create,", "credentials: keys,", "keys are of an IAM user: write user: NAME"),
        ("provider: create,", "user: somebody,", "with credentials: oidc nobody has a key"),
        ("repository: acme@12/shop@34", "repository: shop", "pipelines.repository"),
        ("version: 22.11.0", "version: '22'", "services.web.build.version"),
        (
            "schedule: cron(0 3 * * ? *)",
            "schedule: cron(0 3 * * ? *)\n    build: {language: python, version: 3.13.1, folder: b, start: [x]}",
            "mailer builds the image of repository mailer already",
        ),
        ("folder: services/mailer,", "", "web is built in . already, and a folder has one Dockerfile"),
    ],
)
def test_what_cannot_be_is_said_at_its_place(tmp_path: Path, before: str, after: str, message: str) -> None:
    file = tmp_path / "groundplan.yaml"
    assert before in SHOP
    file.write_text(SHOP.replace(before, after))
    with pytest.raises(InputError) as error:
        read_source(file).all()
    assert message in str(error.value)
    assert "groundplan.yaml:" in str(error.value)


def test_keys_are_found_unless_they_are_accepted(tmp_path: Path) -> None:
    text = SHOP.replace("provider: create, deploy_role: deployers/shop}", "credentials: keys, user: deployer}")
    accept = 'accept: [{rule: GP-SEC-087, reason: "the organisation has no OIDC yet"}]\n'
    for written, severity in ((text, "error"), (text + accept, "accepted")):
        file = tmp_path / f"{severity}.yaml"
        file.write_text(written)
        loaded = read_source(file).environment("production")
        architecture = design(loaded)
        report = examine(loaded, architecture)
        found = [one for one in report.findings if one.rule == "GP-SEC-087" and not one.accepted]
        assert bool(found) == (severity == "error")
