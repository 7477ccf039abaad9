"""``shared=``: what stands once in the account, written in Python."""

from __future__ import annotations

import pytest

import groundplan
from groundplan import Blueprint, InputError, Shared


def shop(shared: Shared) -> Blueprint:
    """A shop with an audit in common."""
    return Blueprint(
        project="shop",
        region="eu-central-1",
        services={"web": {"image": {"repository": "web"}, "port": 80, "public": {"domain": "web.shop.dev"}}},
        shared=shared,
    )


def test_it_is_an_environment_that_has_to_be_named() -> None:
    blueprint = shop(groundplan.Shared(dns={"zone": "shop.dev"}, audit={}, security={"regions": ["us-west-2"]}))
    assert blueprint.environments == ("production", "shared")
    assert blueprint.environment().name == "production"
    shared = blueprint.environment("shared")
    assert shared.settings.dns is not None
    assert "detector.us_west_2" in {resource.address for resource in shared.architecture}
    assert [item.name for item in blueprint.validate()] == ["production", "shared"]
    assert shared.cost().monthly > 0
    assert "security.tf" in shared.terraform().files
    assert any("security" in stack.name for stack in shared.cloudformation().stacks)


def test_what_belongs_into_an_environment_is_refused_at_its_place() -> None:
    wrong: Shared = {"network": {"zones": ["a"]}}  # type: ignore[typeddict-unknown-key]  # what is tested
    with pytest.raises(InputError, match='network: "network" belongs into an environment; shared: takes dns') as caught:
        shop(wrong).validate()
    (problem,) = caught.value.problems
    assert problem.position is not None
    assert problem.position.file.name == "test_shared.py"


def test_a_blueprint_in_a_file_may_have_it(tmp_path: object) -> None:
    blueprint = shop({"alarms": None})
    assert not list(blueprint.environment("shared").architecture)[1:]
