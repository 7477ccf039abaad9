"""What stacks are given, and what they cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.design.blueprints import designed

from groundplan.engines import cloudformation
from groundplan.engines.cloudformation.model import StackOutput
from groundplan.errors import InputError
from groundplan.operations.parameters import parameters_of, parse_inputs, resolve_inputs
from groundplan.operations.price_tags import added, priced, with_price_tags
from groundplan.operations.templates import read
from groundplan.resources import Architecture, Input
from groundplan.resources.values import InputValue

TAG = Input(name="web_image_tag", description="Tag of web", pattern="[a-z0-9.]+", pattern_hint="letters and digits")
USER = Input(name="user", description="User", default="admin")


def architecture(*inputs: Input) -> Architecture:
    return Architecture(
        project="shop", title="Shop", environment="live", region="eu-west-1", resources=(), inputs=inputs
    )


def test_inputs_are_read_as_they_are_written() -> None:
    assert parse_inputs(["a=1", "b=", "c=x=y"]) == {"a": "1", "b": "", "c": "x=y"}
    for written in ("a", "=1", ""):
        with pytest.raises(InputError, match="write NAME=VALUE"):
            parse_inputs([written])


def test_given_values_stand_before_defaults() -> None:
    assert resolve_inputs(architecture(TAG, USER), {"web_image_tag": "1.2"}) == {
        "web_image_tag": "1.2",
        "user": "admin",
    }
    assert resolve_inputs(architecture(USER), {"user": "root"}) == {"user": "root"}


def test_all_that_is_wrong_with_inputs_is_said_at_once() -> None:
    other = replace(TAG, name="api_image_tag", description="Tag of api")
    with pytest.raises(InputError) as error:
        resolve_inputs(architecture(TAG, other), {"api_image_tag": "A B", "usr": "x"})
    assert [str(problem) for problem in error.value.problems] == [
        'there is no input "usr"; known here: api_image_tag, web_image_tag',
        "Tag of web: give it with --input web_image_tag=VALUE",
        'input api_image_tag: "A B" does not fit; it takes letters and digits',
    ]


def test_a_pattern_has_to_match_the_whole_value() -> None:
    with pytest.raises(InputError):
        resolve_inputs(architecture(TAG), {"web_image_tag": "1.2\n"})


def test_parameters_come_from_inputs_and_from_stacks_before() -> None:
    stack = cloudformation.Stack(
        name="s", concern="services", region="eu-west-1", template={}, body="", depends_on=(),
        parameters={
            "Tag": InputValue("web_image_tag"),
            "Vpc": StackOutput("network", "VpcId"),
            "Key": StackOutput("encryption", "KeyArn"),
        },
    )  # fmt: skip
    outputs = {("network", "VpcId"): "vpc-1"}
    values, unknown = parameters_of(stack, {"web_image_tag": "1.2"}, lambda name, key: outputs.get((name, key)))
    assert values == {"Tag": "1.2", "Vpc": "vpc-1"}
    assert unknown == ["Key"]


def test_every_stack_says_what_it_costs() -> None:
    found = designed("project: shop\nregion: eu-central-1\n")
    rendering = cloudformation.render(found)
    tagged = with_price_tags(rendering, {"nat_gateway.main[a]": Decimal("32.854"), "key.main": Decimal(1)})
    prices = {stack.concern: priced(stack) for stack in tagged.stacks}
    assert prices["network"] == (Decimal("32.85"), {"nat_gateway.main[a]": Decimal("32.8540")})
    assert prices["encryption"] == (Decimal("1.00"), {"key.main": Decimal(1)})
    untagged = {stack.concern: priced(stack) for stack in rendering.stacks}
    assert untagged == dict.fromkeys(prices, (None, {})), "unknown"
    for before, after in zip(rendering.stacks, tagged.stacks, strict=True):
        assert after.body.startswith(before.body.rstrip())
        assert after.template["Resources"] is before.template["Resources"]
        deployed = read(after.body)
        assert (deployed.monthly, deployed.costs) == priced(after), "the text says the same"
        assert list(deployed.resources) == list(after.template["Resources"])  # type: ignore[call-overload]
    assert (read(rendering.stacks[0].body).monthly, read(rendering.stacks[0].body).costs) == (None, None)
    assert read("Resources: [").resources == {}
    assert read({"Metadata": {"Groundplan": {"MonthlyUSD": "soon"}}}).monthly is None


def test_a_difference_with_an_unknown_part_is_unknown() -> None:
    assert added(Decimal(1), Decimal(5), Decimal(2)) == Decimal(4)
    assert added(None, Decimal(5), Decimal(2)) is None
    assert added(Decimal(1), None, Decimal(2)) is None
    assert added(Decimal(1), Decimal(5), None) is None
