"""What a template looks up in Systems Manager, and ``shared:`` as templates without a complaint of cfn-lint."""

from __future__ import annotations

import pytest
from tests.design.blueprints import designed
from tests.engines.cloudformation.linting import found_by_lint
from tests.engines.terraform.test_shared_core import BLUEPRINT

from groundplan.engines.cloudformation import Options, render


@pytest.mark.parametrize("environment", ["shared", "production"])
def test_cfn_lint_is_content(environment: str) -> None:
    rendering = render(designed(BLUEPRINT, environment))
    assert rendering.unsupported == ()
    assert list(found_by_lint(rendering.stacks)) == []


def test_the_zone_is_a_parameter_with_a_name_to_look_up() -> None:
    found = {stack.name: stack for stack in render(designed(BLUEPRINT, "production")).stacks if stack.looked_up}
    assert {stack.region for stack in found.values()} == {"eu-central-1", "us-east-1"}
    for stack in found.values():
        assert stack.looked_up == ("/shop/shared/hosted-zone",)
        parameters = stack.template["Parameters"]
        assert isinstance(parameters, dict)
        assert parameters["ShopSharedHostedZone"] == {
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Description": "Systems Manager parameter that another environment has written",
            "Default": "/shop/shared/hosted-zone",
        }
        assert "ShopSharedHostedZone" not in stack.parameters, "it has a default"


def test_one_template_for_each_region_looks_it_up_as_well() -> None:
    stacks = render(designed(BLUEPRINT, "production"), Options(stacks="region")).stacks
    assert {stack.region for stack in stacks if stack.looked_up} == {"eu-central-1", "us-east-1"}


def test_detectors_say_of_every_plan_whether_it_is_on() -> None:
    (stack,) = [item for item in render(designed(BLUEPRINT, "shared")).stacks if item.name == "shop-shared-security"]
    resources = stack.template["Resources"]
    assert isinstance(resources, dict)
    features = {item["Name"]: item for item in resources["MainDetector"]["Properties"]["Features"]}
    assert len(features) == 6
    assert {name for name, item in features.items() if item["Status"] == "ENABLED"} == {"RUNTIME_MONITORING"}
    assert len(features["RUNTIME_MONITORING"]["AdditionalConfiguration"]) == 3
    assert resources["FsbpSecurityStandard"]["DependsOn"] == "MainSecurityHub"
    assert resources["Cis12SecurityStandard"]["Properties"]["StandardsArn"] == {
        "Fn::Sub": "arn:${AWS::Partition}:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"
    }
