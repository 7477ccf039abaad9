"""One root, applied once by the real Terraform core, looked at from all sides."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.terraform_core.harness import JsonObject, TerraformCore
from tests.terraform_core.secret_store import PASSWORD

ROOTS = Path(__file__).parent / "roots"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOTS / "valid", tmp_path_factory.mktemp("valid") / "project"))


@pytest.fixture(scope="module")
def root(project: Path) -> Path:
    """A root that refers to a module beside it."""
    return project / "environments" / "production"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TerraformCore:
    return TerraformCore(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def plan(shared: TerraformCore, project: Path, root: Path) -> JsonObject:
    shared.init(root, within=project)
    shared.validate(root, within=project)
    return shared.plan(root, within=project)


@pytest.fixture(scope="module")
def state(shared: TerraformCore, project: Path, root: Path, plan: JsonObject) -> JsonObject:
    return shared.apply(root, within=project)


def test_is_formatted(shared: TerraformCore, project: Path) -> None:
    shared.fmt_check(project)


def test_planned_values(plan: JsonObject) -> None:
    planned = TerraformCore.show(plan)

    network = "module.network."
    assert list(planned) == [
        "aws_acm_certificate.public",
        "aws_db_instance.main",
        "aws_elasticache_replication_group.sessions",
        'aws_route53_record.validation["example.com"]',
        'aws_route53_record.validation["www.example.com"]',
        "aws_secretsmanager_secret.db",
        "aws_secretsmanager_secret_version.db",
        "aws_security_group.public",
        f'{network}aws_subnet.private["ap-south-1a"]',
        f'{network}aws_subnet.private["ap-south-1b"]',
        f"{network}aws_vpc.main",
    ]
    assert planned[f"{network}aws_vpc.main"]["cidr_block"] == "10.0.0.0/16"
    assert planned[f"{network}aws_vpc.main"]["tags_all"] == {"Name": "main", "Project": "stand-in"}
    subnet = planned[f'{network}aws_subnet.private["ap-south-1b"]']
    assert subnet["cidr_block"] == "10.0.1.0/24"
    assert subnet["region"] == "ap-south-1"
    assert planned["aws_acm_certificate.public"]["region"] == "us-east-1"
    assert "vpc_id" not in subnet, "known only after the apply"
    assert planned["aws_db_instance.main"]["password_wo"] is None
    assert PASSWORD not in json.dumps(plan)


def test_state(state: JsonObject) -> None:
    applied = {
        resource["type"]: resource["instances"][0]["attributes"]
        for resource in state["resources"]
        if resource["mode"] == "managed"
    }

    assert applied["aws_subnet"]["vpc_id"] == applied["aws_vpc"]["id"]
    assert applied["aws_vpc"]["id"].startswith("vpc-")
    assert applied["aws_db_instance"]["password_wo_version"] == 1
    assert applied["aws_db_instance"]["password_wo"] is None
    assert applied["aws_secretsmanager_secret_version"]["secret_string_wo"] is None
    assert PASSWORD not in json.dumps(state)


def test_second_plan_is_empty(shared: TerraformCore, project: Path, root: Path, state: JsonObject) -> None:
    shared.second_plan_is_empty(root, within=project)


def test_folder_is_untouched(project: Path, state: JsonObject) -> None:
    def contents(folder: Path) -> dict[Path, bytes]:
        return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert contents(project) == contents(ROOTS / "valid")


def test_change_is_seen(shared: TerraformCore, project: Path, root: Path, state: JsonObject) -> None:
    main = root / "main.tf"
    main.write_text(main.read_text().replace('engine              = "postgres"', 'engine              = "mysql"'))

    with pytest.raises(AssertionError, match=r'(?s)not empty.*"postgres" -> "mysql".*0 to add, 1 to change'):
        shared.second_plan_is_empty(root, within=project)


def test_destroy(shared: TerraformCore, project: Path, root: Path, state: JsonObject) -> None:
    shared.destroy(root, within=project)
