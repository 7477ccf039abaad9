"""What no template can hold: how templates speak of it, and that nothing hides that it is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.design.blueprints import designed
from tests.engines.cloudformation.reading import read

from groundplan.engines.cloudformation import Rendering, render, write
from groundplan.resources import Architecture, Output
from groundplan.resources.account import CostAllocationTag
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.values import Attribute, Ref

BLUEPRINT = """\
project: shop
region: eu-central-1
services: {web: {image: {repository: web, tag: '1'}, secrets: {TOKEN: token, MAPS: maps}}}
secrets: {token: {store: parameter-store, generate: 40}, maps: {store: parameter-store}}
account: {}
"""
ARN = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/shop/production"


def resources(rendering: Rendering) -> dict[str, Any]:
    """Every template resource by its logical id."""
    found: dict[str, Any] = {}
    for stack in rendering.stacks:
        inside = stack.template["Resources"]
        assert isinstance(inside, dict)
        found |= inside
    return found


def test_templates_spell_out_what_they_need_of_it() -> None:
    rendering = render(designed(BLUEPRINT))
    assert rendering.unsupported == ()
    (container,) = resources(rendering)["WebTaskDefinition"]["Properties"]["ContainerDefinitions"]
    assert container["Secrets"] == [
        {"Name": "TOKEN", "ValueFrom": {"Fn::Sub": f"{ARN}/token"}},
        {"Name": "MAPS", "ValueFrom": {"Fn::Sub": f"{ARN}/maps"}},
    ]
    assert not [name for stack in rendering.stacks for name in stack.parameters if "SecureParameter" in name]
    assert not [item for item in resources(rendering).values() if item["Type"] == "AWS::SSM::Parameter"]


def test_it_stands_between_what_it_needs_and_what_needs_it() -> None:
    rendering = render(designed(BLUEPRINT))
    beside = {item.ref.address: item for item in rendering.beside}
    token = beside["secure_parameter.token"]
    assert (token.after, token.before) == (("shop-production-encryption",), ("shop-production-services",))
    assert token.settings["Generate"] == 40
    assert beside["account_password_policy.main"].after == ()
    assert beside["cost_allocation_tag.project"].after == tuple(stack.name for stack in rendering.stacks)


def test_in_a_stack_of_another_region_the_region_is_spelled_out() -> None:
    copy = SecureParameter(
        name="copy", concern="services", region="eu-west-1", parameter_name="/shop/copy", description="Copy",
        source=Ref(SecureParameter, "token"),
    )  # fmt: skip
    found = designed(BLUEPRINT)
    container = next(item for item in found if item.address == "task_definition.web")
    whole = found.with_resources([*found, copy])
    first = container.containers[0]  # type: ignore[attr-defined]  # it is a task definition
    whole = whole.changed(container, containers=(replace(first, secrets={"COPY": copy.ref.arn}),))
    rendering = render(whole)
    (rendered,) = resources(rendering)["WebTaskDefinition"]["Properties"]["ContainerDefinitions"]
    assert rendered["Secrets"][0]["ValueFrom"] == {
        "Fn::Sub": "arn:${AWS::Partition}:ssm:eu-west-1:${AWS::AccountId}:parameter/shop/copy"
    }
    (beside,) = (item for item in rendering.beside if item.ref == copy.ref)
    assert beside.after == ("secure_parameter.token",)
    assert beside.settings["Region"] == "eu-west-1"


def test_a_person_can_ask_for_the_name() -> None:
    outputs = [stack.template.get("Outputs", {}) for stack in render(designed(BLUEPRINT)).stacks]
    assert {"Description": "Name of the parameter with token", "Value": "/shop/production/token"} in [
        output for each in outputs if isinstance(each, dict) for output in each.values()
    ]


def test_the_key_of_what_a_person_fills_stays() -> None:
    key = resources(render(designed(BLUEPRINT)))["MainKey"]
    assert key["DeletionPolicy"] == "RetainExceptOnCreate"
    made = BLUEPRINT.replace(", MAPS: maps", "").replace(", maps: {store: parameter-store}", "")
    assert resources(render(designed(made)))["MainKey"]["DeletionPolicy"] == "Delete"


def test_the_files_say_what_is_left_out(tmp_path: Path) -> None:
    write(render(designed(BLUEPRINT)), tmp_path)
    text = (tmp_path / "stacks.yaml").read_text()
    left_out = {item["Resource"]: item for item in read(text)["NotInTemplates"]}
    assert left_out["secure_parameter.token"]["After"] == ["shop-production-encryption"]
    assert left_out["secure_parameter.token"]["Settings"]["ParameterName"] == "/shop/production/token"
    assert left_out["cost_allocation_tag.project"]["After"] == "every stack"
    assert left_out["account_password_policy.main"]["Why"].startswith("CloudFormation has no type")
    write(render(designed("project: shop\nregion: eu-central-1\n")), tmp_path)
    assert "NotInTemplates" not in (tmp_path / "stacks.yaml").read_text()


def test_what_aws_makes_up_cannot_be_spoken_of() -> None:
    found = designed(BLUEPRINT)
    tag = found.of(CostAllocationTag)[0]
    unknown = Output(name="tag", description="Tag", value=Attribute(tag.ref, "id"))
    architecture = Architecture(
        project="shop", title="shop", environment="production", region="eu-central-1",
        resources=found.resources, outputs=(unknown,), inputs=found.inputs,
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"id of cost_allocation_tag.project is not known before it exists"):
        render(architecture)
