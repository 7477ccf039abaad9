"""SecureString parameters and what an account has once: values in no file and no state, copies that follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines.parts.account import account
from tests.engines.parts.security import security
from tests.engines.terraform.architectures import architecture
from tests.terraform_core.harness import TerraformCore
from tests.terraform_core.secret_store import PASSWORD

from groundplan.engines.terraform import Options, render, write
from groundplan.resources import Architecture
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Key
from groundplan.resources.values import Ref

PARAMETERS = {"aws_ssm_parameter.session_key", "aws_ssm_parameter.session_key_copy", "aws_ssm_parameter.maps_key"}


def parameters() -> Architecture:
    keys = [item for item in security() if isinstance(item, Key)]
    return architecture(*keys, *account())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(render(parameters(), Options(backend="local")), tmp_path / "root")
    return tmp_path / "root"


@pytest.fixture
def core(tmp_path: Path) -> TerraformCore:
    return TerraformCore(tmp_path / "workspace", {})


def changed(core: TerraformCore, root: Path) -> set[str]:
    return {
        change["address"]
        for change in core.plan(root)["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    }


def test_no_value_is_in_the_state_and_nothing_is_left_to_do(core: TerraformCore, root: Path) -> None:
    core.fmt_check(root)
    core.validate(root)
    core.apply(root)
    core.second_plan_is_empty(root)
    states = [file.read_text() for file in root.parent.rglob("*.tfstate") if file.is_file()]
    assert any("aws_ssm_parameter" in state for state in states)
    assert not any(PASSWORD[:8] in state for state in states)


def test_a_value_that_is_made_anew_is_sent_to_its_copy_as_well(core: TerraformCore, root: Path) -> None:
    core.apply(root)
    again = TerraformCore(core.workspace, {"secret_versions": '{"session_key" = 2}'})
    assert changed(again, root) == PARAMETERS - {"aws_ssm_parameter.maps_key"}


def test_what_a_person_filled_is_never_sent_again(core: TerraformCore, root: Path) -> None:
    core.apply(root)
    other = parameters()
    other = other.changed(other[Ref(SecureParameter, "maps-key")], description="Another description")
    write(render(other, Options(backend="local")), root)
    assert changed(core, root) == set()


def test_a_copy_of_what_a_person_fills_follows_the_count_of_its_values() -> None:
    copy = SecureParameter(
        name="maps-copy",
        concern="services",
        region="ap-southeast-1",
        parameter_name="/sample/standby/maps-key",
        description="Copy",
        source=Ref(SecureParameter, "maps-key"),
    )
    whole = parameters()
    files = render(whole.with_resources([*whole, copy])).files
    assert "value_wo_version = aws_ssm_parameter.maps_key.version" in files["secrets.tf"]
    assert "value_wo_version = aws_ssm_parameter.session_key.value_wo_version" in files["secrets.tf"]


def test_cost_tags_can_wait_for_the_day_that_cost_explorer_knows_them(core: TerraformCore, root: Path) -> None:
    assert "aws_ce_cost_allocation_tag.project[0]" in changed(core, root)
    later = TerraformCore(core.workspace, {"activate_cost_tags": "false"})
    assert not {address for address in changed(later, root) if address.startswith("aws_ce")}


def test_a_misspelt_parameter_cannot_be_made_anew(core: TerraformCore, root: Path) -> None:
    wrong = TerraformCore(core.workspace, {"secret_versions": '{"sesion_key" = 2}'})
    with pytest.raises(AssertionError, match="Secrets that have a version: session_key"):
        wrong.plan(root)
