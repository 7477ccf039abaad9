"""An update that only changes tags: of a resource itself, and of its stack, which puts them on what it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groundplan.targets.local.cloudformation.stacks import Stack

from .conftest import Aws, failures, physical
from .test_types import CASES as TYPES
from .test_types import template

LAUNCH = {"LaunchTemplateName": "tagged", "LaunchTemplateData": {"InstanceType": "t3.micro"}}
BUDGET = {
    "BudgetName": "tagged", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": 5, "Unit": "USD"},
}  # fmt: skip
ACCOUNT = "123456789012"


def as_map(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].startswith("aws:")}


def of_budget(aws: Aws, name: str) -> dict[str, str]:
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/{name}"
    return as_map(aws.client("budgets").list_tags_for_resource(ResourceARN=arn)["ResourceTags"])


def of_pack(aws: Aws, name: str) -> dict[str, str]:
    config = aws.client("config")
    [pack] = config.describe_conformance_packs(ConformancePackNames=[name])["ConformancePackDetails"]
    return as_map(config.list_tags_for_resource(ResourceArn=pack["ConformancePackArn"])["Tags"])


def of_detector(aws: Aws, name: str) -> dict[str, str]:
    guardduty = aws.client("guardduty")
    region = guardduty.meta.region_name
    arn = f"arn:aws:guardduty:{region}:{ACCOUNT}:detector/{name}"
    found: dict[str, str] = guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert found == guardduty.get_detector(DetectorId=name)["Tags"]
    return {key: value for key, value in found.items() if not key.startswith("aws:")}


def of_template(aws: Aws, name: str) -> dict[str, str]:
    [found] = aws.client("ec2").describe_launch_templates(LaunchTemplateIds=[name])["LaunchTemplates"]
    return as_map(found.get("Tags", []))


def own(*tags: tuple[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags]


def specified(*tags: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"ResourceType": "launch-template", "Tags": own(*tags)}]


CASES = [
    ("AWS::Budgets::Budget", {"Budget": BUDGET}, "ResourceTags", own, of_budget),
    (
        "AWS::Config::ConformancePack", {"ConformancePackName": "tagged", "TemplateBody": "Resources: {}"}, "Tags", own,
        of_pack,
    ),
    ("AWS::GuardDuty::Detector", {"Enable": True}, "Tags", own, of_detector),
    ("AWS::EC2::LaunchTemplate", LAUNCH, "TagSpecifications", specified, of_template),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "properties", "key", "written", "read"), CASES, ids=[case[0][5:] for case in CASES])
def test_tags_alone_change_in_place(
    aws: Aws,
    kind: str,
    properties: dict[str, Any],
    key: str,
    written: Callable[..., list[dict[str, Any]]],
    read: Callable[[Aws, str], dict[str, str]],
) -> None:
    def tagged_with(*tags: tuple[str, str]) -> dict[str, Any]:
        tagged = {**properties, **({key: written(*tags)} if tags else {})}
        return {"Resources": {"T": {"Type": kind, "Properties": tagged}}}

    stack = aws.deploy(tagged_with(("stays", "1"), ("goes", "2"), ("changes", "3")))
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    name = physical(stack, "T")
    assert read(aws, name) == {"stays": "1", "goes": "2", "changes": "3"}
    aws.update(stack, tagged_with(("stays", "1"), ("changes", "4"), ("new", "5")))
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    assert (physical(stack, "T"), read(aws, name)) == (name, {"stays": "1", "changes": "4", "new": "5"})
    aws.update(stack, tagged_with())
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    assert read(aws, name) == {}
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE", failures(stack)


def of_trail(aws: Aws, stack: Stack) -> dict[str, str]:
    cloudtrail = aws.client("cloudtrail")
    arn = cloudtrail.get_trail(Name=physical(stack, "T"))["Trail"]["TrailARN"]
    [listed] = cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    return as_map(listed["TagsList"])


def of_stage(aws: Aws, stack: Stack) -> dict[str, str]:
    api, name = stack.resources["T"].state.properties["ApiId"], physical(stack, "T")
    apis = aws.client("apigatewayv2")
    arn = f"arn:aws:apigateway:{apis.meta.region_name}::/apis/{api}/stages/{name}"
    found: dict[str, str] = apis.get_tags(ResourceArn=arn)["Tags"]
    assert found == apis.get_stage(ApiId=api, StageName=name)["Tags"]
    return {key: value for key, value in found.items() if not key.startswith("aws:")}


def of_rule(aws: Aws, stack: Stack) -> dict[str, str]:
    return as_map(aws.client("xray").list_tags_for_resource(ResourceARN=physical(stack, "T"))["Tags"])


def of_alarm(aws: Aws, stack: Stack) -> dict[str, str]:
    cloudwatch = aws.client("cloudwatch")
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[physical(stack, "T")], AlarmTypes=["CompositeAlarm"])[
        "CompositeAlarms"
    ]
    return as_map(cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"])


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("AWS::CloudTrail::Trail", of_trail),
        ("AWS::ApiGatewayV2::Stage", of_stage),
        ("AWS::XRay::SamplingRule", of_rule),
        ("AWS::CloudWatch::CompositeAlarm", of_alarm),
    ],
)
def test_tags_of_a_stack_change_on_what_it_holds(
    aws: Aws, kind: str, read: Callable[[Aws, Stack], dict[str, str]]
) -> None:
    case = next(case for case in TYPES if case["type"] == kind)
    written = template(case, case["properties"])
    stack = aws.deploy(written, tags={"team": "one", "goes": "x"})
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    assert read(aws, stack) == {"team": "one", "goes": "x"}
    aws.update(stack, written, tags={"team": "two"})
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    assert read(aws, stack) == {"team": "two"}
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE", failures(stack)
