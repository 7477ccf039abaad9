"""``terraform test`` of every module passes, and fails where somebody switches off what it asks for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.engines.terraform.modules.small import tree
from tests.engines.terraform.modules.systems import SYSTEMS
from tests.engines.terraform.modules.systems import tree as tree_of
from tests.terraform_core.harness import TerraformCore

from groundplan.catalog import terraform_providers
from groundplan.engines.terraform.hcl import Expression, Value
from groundplan.engines.terraform.modules import Tree, write_tree
from groundplan.engines.terraform.modules.assertions import demands, expected
from groundplan.engines.terraform.modules.module_tests import placeholder

GOOGLE = Path(__file__).parents[2] / "google" / "groundplan.yaml"
MUTANTS = [
    ("database", r"(storage_encrypted +)= true", r"\1= false", "aws_db_instance.main is encrypted at rest"),
    ("database", r"(publicly_accessible +)= false", r"\1= true", "aws_db_instance.main has no public address"),
    ("database", r'(identifier +)= "\$\{var.name_prefix\}-', r'\1= "x-', "aws_db_instance.main is called after"),
    (
        "storage",
        "(block_public_policy +)= true",
        r"\1= false",
        "aws_s3_bucket_public_access_block.media takes no public",
    ),
    ("security", "(enable_key_rotation +)= true", r"\1= false", "is rotated every year"),
]


def _test_of(found: Tree, module: str) -> str:
    return found.files[f"modules/{module}/tests"][f"{module}.tftest.hcl"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_module_keeps_its_promises(system: str, tmp_path: Path) -> None:
    found = tree_of(system)
    write_tree(found, tmp_path / "tree")
    core = TerraformCore(tmp_path / "core", {})
    for module in found.rendering.modules:
        core.test(tmp_path / "tree" / "modules" / module)
    assert not (tmp_path / "core" / "secrets.json").exists(), "something ephemeral was opened"


@pytest.mark.parametrize("module", list(dict.fromkeys(module for module, *_ in MUTANTS)))
def test_what_is_switched_off_is_found(module: str, tmp_path: Path) -> None:
    write_tree(tree(), tmp_path / "tree")
    folder = tmp_path / "tree" / "modules" / module
    wanted = []
    for _, pattern, changed, message in (mutant for mutant in MUTANTS if mutant[0] == module):
        for file in folder.glob("*.tf"):
            file.write_text(re.sub(pattern, changed, file.read_text()))
        wanted.append(message)
    with pytest.raises(AssertionError) as failure:
        TerraformCore(tmp_path / "core", {}).test(folder)
    said = " ".join(str(failure.value).split())
    assert [message for message in wanted if message not in said] == []


def test_nothing_is_asked_that_an_environment_does_not_keep() -> None:
    """The blueprint has its load balancer without TLS: no policy is asked of a listener that has none."""
    assert "ssl_policy" not in _test_of(tree(), "load_balancing")
    assert "!item.map_public_ip_on_launch" in _test_of(tree(), "networking")


def test_google_cloud_is_tested_as_well(tmp_path: Path) -> None:
    found = tree(GOOGLE.read_text(encoding="utf-8"))
    write_tree(found, tmp_path / "tree")
    core = TerraformCore(tmp_path / "core", {})
    core.fmt_check(tmp_path / "tree")
    core.test(tmp_path / "tree" / "modules" / "google")
    text = _test_of(found, "google")
    assert 'provider "google" {' in text
    assert "google_redis_instance" in text
    assert "hashicorp/google" not in found.files["modules/networking"]["versions.tf"]


def test_every_input_of_a_module_is_given_and_nothing_else() -> None:
    for system in ("personal-timeline", "solemate"):
        found = tree_of(system)
        for module in found.rendering.modules:
            files = found.files[f"modules/{module}"]
            blocks = files.get("variables.tf", "").split('variable "')[1:]
            declared = {block.partition('"')[0]: "\n  default" in block for block in blocks}
            values = _test_of(found, module).partition("\nvariables {")[2].partition("\n}\n")[0]
            given = set(re.findall(r"^  (\w+) += ", values, re.MULTILINE))
            assert given <= declared.keys()
            assert {name for name, optional in declared.items() if not optional} <= given, (system, module)


def test_what_cannot_be_mocked_is_left_out_of_the_plan() -> None:
    text = _test_of(tree(), "security")
    assert 'provider "aws" {' in text
    assert "mock_provider" not in text
    assert "aws_secretsmanager_secret_version" not in text.partition("plan_options")[2]
    assert "mock_provider" in _test_of(tree(), "database")


def test_the_keys_that_the_code_names_are_there() -> None:
    text = _test_of(tree_of("solemate"), "database")
    assert re.search(r"key_arns += \{\s+rds = \"arn:aws:kms:us-west-2:123456789012:key/[0-9a-f-]{36}\"\s+\}", text)
    assert "monitoring = {}" in " ".join(text.split()), "what is only waited for needs no value"


@pytest.mark.parametrize(
    ("expects", "right", "wrong"),
    [
        ("true", True, False),
        ("false", False, True),
        ("given", Expression("aws_kms_key.main.arn"), None),
        ("beginning TLSv1.2", "TLSv1.2_2021", "TLSv1.1"),
        ("holding secrets", ["secrets"], []),
        ("without 0.0.0.0/0", ["203.0.113.0/24"], ["0.0.0.0/0"]),
        ("one of KMS|KMS_DSSE", "KMS", "AES256"),
        ("one of required", "required", "optional"),
    ],
)
def test_what_is_expected(expects: str, right: Value, wrong: Value) -> None:
    holds, condition = expected(expects)
    assert holds(right)
    assert not holds(wrong)
    assert not holds(Expression("var.unknown")) or expects == "given"
    assert "x.y" in condition("x.y")


def test_the_table_asks_for_what_exists() -> None:
    """Every type and path of it is one of the providers' schemas."""
    asked = [demand for demand in demands() if demand.type != "*"]
    providers = terraform_providers.select({("resource", demand.type) for demand in asked})
    schemas = {type_: schema for provider in providers.values() for type_, schema in provider["resource"].items()}
    assert [demand for demand in asked if not _has(schemas.get(demand.type, {}), demand.path)] == []


def _has(block: dict[str, Any], path: tuple[str, ...]) -> bool:
    name, *rest = path
    if not rest:
        return name in block.get("attributes", {})
    inner = block.get("block_types", {}).get(name)
    return inner is not None and _has(inner["block"], tuple(rest))


@pytest.mark.parametrize(
    ("type_", "attribute", "text"),
    [
        ("aws_iam_role", ".arn", "arn:aws:iam::123456789012:role/the-api"),
        ("aws_sfn_activity", ".arn", "arn:aws:sfn:eu-west-1:123456789012:the-api"),
        ("aws_vpc", ".id", "vpc-0123456789abcdef0"),
        ("aws_x", ".dns_name", "the-api.example.com"),
        ("aws_x", ".name", "the-api"),
    ],
)
def test_placeholders_have_the_form_that_aws_gives(type_: str, attribute: str, text: str) -> None:
    assert placeholder(type_, attribute, "the_api", "eu-west-1") == text
