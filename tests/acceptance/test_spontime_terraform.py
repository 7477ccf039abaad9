"""SP-51 to SP-53: variables and fixed sizes of the Terraform modules."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.acceptance.conftest import Systems
from tests.acceptance.documents import table
from tests.acceptance.rows import proves, requirement
from tests.acceptance.terraform_tree import TerraformTree, undocumented
from tests.terraform_core.harness import TerraformCore

ENVIRONMENT = "poc"
ROOT = "environments/poc"


@pytest.fixture(scope="module")
def tree(systems: Systems, tmp_path_factory: pytest.TempPathFactory) -> TerraformTree:
    """The environment through its modules."""
    return TerraformTree.rendered(systems("spontime", ENVIRONMENT).command_line, tmp_path_factory.mktemp("tree"))


DEFAULTS = [proves("SP-51", "app_name", "name_prefix", "names"), proves("SP-52", "aws_region", "region", "region")]


@pytest.mark.parametrize(("variable", "name", "word"), DEFAULTS)
def test_variable_is_text_with_description_and_default(
    tree: TerraformTree, readme: str, variable: str, name: str, word: str
) -> None:
    declared = tree.variables(ROOT)[name]
    (row,) = (row for row in table(readme, "Variables") if row["specification"] == variable)
    assert (row["Terraform"], row["value"]) == (f"`{name}`", declared.literal("default"))
    assert declared.literal("default") == {"app_name": "spontime-poc", "aws_region": "us-east-1"}[variable]
    assert word in str(declared.literal("description"))
    assert "type        = string\n" in tree.text(f"{ROOT}/variables.tf").partition(f'variable "{name}"')[2][:200]
    assert name not in tree.read(f"{ROOT}/terraform.tfvars").attributes, "else the default would never count"


@requirement("SP-51", "SP-52")
def test_default_counts_until_another_value_is_given(tree: TerraformTree) -> None:
    assert _names_and_regions(tree.plan("poc")) == ({"spontime-poc-main"}, {"us-east-1a"})
    other = tree.plan("poc", name_prefix="spontime-demo", region="us-west-2")
    assert _names_and_regions(other) == ({"spontime-demo-main"}, {"us-west-2a"})


def _names_and_regions(plan: dict[str, object]) -> tuple[set[str], set[str]]:
    databases = [values for address, values in TerraformCore.show(plan).items() if ".aws_db_instance." in address]
    return {item["identifier"] for item in databases}, {item["availability_zone"] for item in databases}


SIZES = [
    proves("SP-53", "rds_instance_class", "database", "db_instance_class", "db.t4g.micro"),
    proves("SP-53", "ecs_cpu", "compute", "task_definition_cpu", 256),
    proves("SP-53", "ecs_memory", "compute", "task_definition_memory", 512),
]


@pytest.mark.parametrize(("variable", "module", "name", "value"), SIZES)
def test_sizes_are_fixed_in_a_locals_block(
    tree: TerraformTree, readme: str, variable: str, module: str, name: str, value: object
) -> None:
    """Nothing that is given to the code can make them larger."""
    (block,) = tree.read(f"modules/{module}/locals.tf").blocks
    assert block.type == "locals"
    assert block.body.literal(name) == value
    (row,) = (row for row in table(readme, "Variables") if row["specification"] == variable)
    assert (row["Terraform"], row["value"]) == (f"`local.{name}`", str(value))
    assert f"= local.{name}\n" in tree.text(f"modules/{module}/main.tf")
    assert name not in tree.variables(f"modules/{module}")


@requirement("SP-51", "SP-52", "SP-53")
def test_modules_are_valid_and_described(tree: TerraformTree, tmp_path: Path) -> None:
    assert undocumented(tree) == []
    tree.validate_each_module_alone(tmp_path)
