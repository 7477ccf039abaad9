"""What is known of each environment before anything is compared: sizes by name, defaults, which environments are."""

from __future__ import annotations

import pytest
from tests.engines.terraform.modules.small import SHOP, tree

from groundplan.engines.terraform.modules.variables import Interface

ALONE = SHOP.partition("environments:")[0] + "environments: {prod: {}}\n"


def test_a_size_that_is_the_same_everywhere_is_a_variable_still() -> None:
    files = tree().files
    assert "cpu                      = var.settings.task_definition_cpu" in files["modules/compute"]["main.tf"]
    assert "locals.tf" not in files["modules/compute"]
    for environment in ("dev", "prod"):
        values = files[f"environments/{environment}"]["terraform.tfvars"]
        assert "task_definition_cpu    = 256" in values


def test_sizes_of_a_single_environment_are_fixed_in_one_place() -> None:
    files = tree(ALONE).files
    assert files["modules/database"]["locals.tf"].endswith('locals {\n  db_instance_class = "db.t4g.micro"\n}\n')
    assert "instance_class = local.db_instance_class" in files["modules/database"]["main.tf"]
    assert "db_instance_class" not in files["modules/database"]["variables.tf"]
    assert "db_instance_class" not in files["environments/prod"]["terraform.tfvars"]


def test_two_sizes_of_one_name_are_two() -> None:
    interface = Interface(("prod",), tree().rendering.modules["compute"].sharing.features)
    names = ("aws_thing_size", "aws_thing_main_size")
    given = [interface.size(names, "size", "aws_thing.main", {"prod": value}) for value in (1, 1, 2, 3)]
    assert given == [
        "local.aws_thing_size", "local.aws_thing_size", "local.aws_thing_main_size", "local.aws_thing_main_size_2",
    ]  # fmt: skip
    assert interface.sizes == {"aws_thing_size": 1, "aws_thing_main_size": 2, "aws_thing_main_size_2": 3}


@pytest.mark.parametrize(("name", "value"), [("region", "eu-west-1"), ("name_prefix", "shop-prod")])
def test_what_nobody_has_to_say_has_a_default(name: str, value: str) -> None:
    """One place says it: what stood in terraform.tfvars too, would always win."""
    files = tree().files["environments/prod"]
    declared = files["variables.tf"].partition(f'variable "{name}" {{')[2].partition("\n}")[0]
    assert f'default     = "{value}"' in declared
    assert "validation {" in declared
    assert f"\n{name} " not in files["terraform.tfvars"]


def test_an_environment_is_one_of_those_that_there_are() -> None:
    text = tree().files["environments/dev"]["variables.tf"]
    assert 'condition     = contains(["dev", "prod"], var.environment)' in text
