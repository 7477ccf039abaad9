"""Nested stacks, the transform AWS::LanguageExtensions, rules, what the CDK writes, and the API around them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.stacks import Stack

from .conftest import CAPABILITIES, Aws, failures, physical

BAD = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}
EXTENSIONS = "AWS::LanguageExtensions"


def parameter(value: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value, **more}}


def stored(aws: Aws, key: str, body: dict[str, Any]) -> str:
    """The URL of a template in the local S3."""
    s3 = aws.client("s3")
    if "templates" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key=key, Body=json.dumps(body))
    return f"https://templates.s3.us-east-1.amazonaws.com/{key}"


def nesting(url: str, **values: Any) -> dict[str, Any]:
    return {
        "Resources": {
            "N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": values}},
            "After": parameter({"Fn::GetAtt": ["N", "Outputs.Name"]}),
        },
        "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["N", "Outputs.Name"]}}},
    }


INNER = {
    "Parameters": {"X": {"Type": "String"}, "L": {"Type": "CommaDelimitedList", "Default": "a,b"}},
    "Resources": {"P": parameter({"Fn::Join": ["-", [{"Ref": "X"}, {"Fn::Select": [1, {"Ref": "L"}]}]]})},
    "Outputs": {"Name": {"Value": {"Ref": "P"}}},
}


def value(aws: Aws, name: str) -> str:
    return str(aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def nested_of(aws: Aws, stack: Stack) -> Stack:
    return aws.engine.stacks[physical(stack, "N")]


def test_nested_stack_is_created_updated_and_deleted_with_its_parent(aws: Aws) -> None:
    url = stored(aws, "inner.json", INNER)
    stack = aws.deploy(nesting(url, X="one", L=["c", "d"]), tags={"team": "x"})
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    inner = nested_of(aws, stack)
    assert (inner.status, inner.parent, inner.root) == ("CREATE_COMPLETE", stack.id, stack.id)
    assert inner.tags == {"team": "x"}
    assert value(aws, stack.outputs[0]["OutputValue"]) == "one-d"
    shown = aws.client("cloudformation").describe_stacks(StackName=inner.name)["Stacks"][0]
    assert (shown["ParentId"], shown["RootId"]) == (stack.id, stack.id)
    aws.update(stack, nesting(url, X="two"), tags={"team": "x"})
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    assert (inner.status, physical(stack, "N")) == ("UPDATE_COMPLETE", inner.id)
    assert value(aws, stack.outputs[0]["OutputValue"]) == "two-b"
    aws.delete(stack)
    assert (stack.status, inner.status) == ("DELETE_COMPLETE", "DELETE_COMPLETE")


def test_a_changed_nested_template_under_the_same_url_is_an_update(aws: Aws) -> None:
    url = stored(aws, "changing.json", INNER)
    stack = aws.deploy(nesting(url, X="one"))
    more = {**INNER, "Resources": {**INNER["Resources"], "Q": parameter("q")}}
    stored(aws, "changing.json", more)
    aws.update(stack, nesting(url, X="one"))
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    assert sorted(nested_of(aws, stack).resources) == ["P", "Q"]


def test_nested_failure_fails_the_parent_and_leaves_nothing(aws: Aws) -> None:
    before = aws.client("ssm").describe_parameters()["Parameters"]
    bad = {**INNER, "Resources": {**INNER["Resources"], "B": {**BAD, "DependsOn": "P"}}}
    stack = aws.deploy(nesting(stored(aws, "bad.json", bad), X="one"))
    assert stack.status == "ROLLBACK_COMPLETE"
    (reason,) = [event.reason for event in stack.events if event.status == "CREATE_FAILED"]
    assert "was not successfully created: [B]:" in reason
    assert "vpc-0123456789abcdef0" in reason
    assert not [item for item in aws.engine.stacks.values() if item.parent == stack.id and item.exists]
    assert aws.client("ssm").describe_parameters()["Parameters"] == before


def test_failed_update_of_the_parent_takes_the_nested_stack_back(aws: Aws) -> None:
    url = stored(aws, "back.json", INNER)
    stack = aws.deploy(nesting(url, X="one"))
    body = nesting(url, X="two")
    body["Resources"]["B"] = {**BAD, "DependsOn": "N"}
    aws.update(stack, body)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE", failures(stack)
    assert value(aws, stack.outputs[0]["OutputValue"]) == "one-b"
    assert nested_of(aws, stack).status == "UPDATE_COMPLETE"


def test_wrong_nested_stacks(aws: Aws) -> None:
    for url, message in (
        ("https://templates.s3.amazonaws.com/nothing.json", "S3 error"),
        ("nonsense", "TemplateURL must be"),
        ("https://s3.amazonaws.com/", "bucket and a key"),
    ):
        stored(aws, "any.json", INNER)
        stack = aws.deploy(nesting(url, X="one"))
        assert (stack.status, message in failures(stack)[0]) == ("ROLLBACK_COMPLETE", True), failures(stack)
    stack = aws.deploy(nesting(stored(aws, "missing.json", INNER)))
    assert "[X] must have values" in failures(stack)[0]


def test_template_from_a_url(aws: Aws) -> None:
    url = stored(aws, "direct.json", {"Resources": {"P": parameter("1")}})
    cloudformation = aws.client("cloudformation")
    name = aws.name()
    cloudformation.create_stack(StackName=name, TemplateURL=url)
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0})
    assert cloudformation.get_template_summary(TemplateURL=url)["ResourceTypes"] == ["AWS::SSM::Parameter"]


LOOPS = {
    "Transform": EXTENSIONS,
    "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": "one,two"}, "Keep": {"Type": "String",
                                                                                         "Default": "Delete"}},
    "Mappings": {"M": {"regions": {"all": ["eu-1", "us-2"]}}},
    "Conditions": {"Fn::ForEach::Conditions": ["Name", {"Ref": "Names"}, {"Is${Name}": {"Fn::Equals": ["${Name}",
                                                                                                   "one"]}}]},
    "Resources": {
        "Fn::ForEach::Parameters": ["Name", {"Ref": "Names"}, {"P${Name}": {
            **parameter({"Fn::Sub": "v-${Name}-${AWS::Region}"}, Description={"Ref": "Name"}),
            "DeletionPolicy": {"Ref": "Keep"}}}],
        "Fn::ForEach::Only": ["Name", ["one"], {"Only${Name}": {**parameter("x"), "Condition": "Is${Name}"}}],
        "Fn::ForEach::Regions": ["Region", {"Fn::FindInMap": ["M", "regions", "all"]}, {
            "Fn::ForEach::Inner": ["Name", ["x"], {"R&{Region}${Name}": parameter({"Fn::Join": ["", [
                {"Ref": "Region"}, {"Fn::ToJsonString": {"l": {"Fn::Length": {"Ref": "Names"}}}}]]})}]}],
    },
    "Outputs": {"Fn::ForEach::Out": ["Name", {"Ref": "Names"}, {"O${Name}": {"Value": {"Ref": "P${Name}"}}}]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"Fn::Length": ["a"]}, "Encountered unsupported function: Fn::Length"),
        ({"Fn::ToJsonString": {"a": 1}}, "Encountered unsupported function: Fn::ToJsonString"),
        ({"Fn::Join": ["", [{"Fn::Length": ["a"]}]]}, "Encountered unsupported function: Fn::Length"),
        ({"Fn::FindInMap": ["M", "a", "b", {"DefaultValue": "c"}]}, "every Fn::FindInMap object requires three"),
    ],
)
def test_extensions_need_the_transform(aws: Aws, written: Any, says: str) -> None:
    plain = {"Mappings": {"M": {"a": {"v": "1"}}}, "Resources": {"P": parameter(written)}}
    with pytest.raises(StackError, match=says):
        aws.deploy(plain)
    stack = aws.deploy({**plain, "Transform": EXTENSIONS})
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    aws.delete(stack)


def test_loops(aws: Aws) -> None:
    stack = aws.deploy(LOOPS)
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    assert sorted(stack.resources) == ["Onlyone", "Pone", "Ptwo", "Reu1x", "Rus2x"]
    assert value(aws, physical(stack, "Ptwo")) == "v-two-us-east-1"
    assert value(aws, physical(stack, "Reu1x")) == 'eu-1{"l":2}'
    assert {item["OutputKey"] for item in stack.outputs} == {"Oone", "Otwo"}
    assert stack.resources["Pone"].deletion_policy == "Delete"
    aws.update(stack, LOOPS, parameters={"Names": "one,three"})
    assert sorted(stack.resources) == ["Onlyone", "Pone", "Pthree", "Reu1x", "Rus2x"], failures(stack)


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ({"Fn::ForEach::A": ["N", "abc", {"P${N}": parameter("1")}]}, "no list"),
        ({"Fn::ForEach::A": ["N", {"P${N}": parameter("1")}]}, "an identifier, a collection"),
        ({"Fn::ForEach::A": ["N", ["a", "b"], {"P": parameter("1")}]}, "there twice"),
        ({"Fn::ForEach::A": ["N", {"Ref": "Q"}, {"P${N}": parameter("1")}]}, "not known"),
        ({"Fn::ForEach::A": ["N", {"Fn::FindInMap": ["X", "y", "z"]}, {"P${N}": parameter("1")}]}, "mapping"),
    ],
)
def test_wrong_loops(aws: Aws, resources: dict[str, Any], message: str) -> None:
    with pytest.raises(StackError, match=message):
        aws.deploy({"Transform": EXTENSIONS, "Resources": resources})


def test_loops_need_the_transform_and_others_are_refused(aws: Aws) -> None:
    with pytest.raises(StackError, match="needs the transform AWS::LanguageExtensions"):
        aws.deploy({"Resources": LOOPS["Resources"]})
    with pytest.raises(StackError, match="cannot run the transform AWS::Serverless"):
        aws.deploy({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"P": parameter("1")}})
    with pytest.raises(ClientError, match="CAPABILITY_AUTO_EXPAND"):
        aws.client("cloudformation").create_stack(StackName=aws.name(), TemplateBody=json.dumps(LOOPS))
    summary = aws.client("cloudformation").get_template_summary(TemplateBody=json.dumps(LOOPS))
    assert (summary["Capabilities"], summary["DeclaredTransforms"]) == (["CAPABILITY_AUTO_EXPAND"], [EXTENSIONS])


def cdk(version: str) -> dict[str, Any]:
    """The frame that the CDK writes around its resources."""
    regions = [{"Fn::Equals": [{"Ref": "AWS::Region"}, region]} for region in ("eu-west-1", "us-east-1")]
    return {
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic", "Metadata": {"aws:cdk:path": "App/Topic/Resource"}},
            "CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:deflate64:H4sIAAAA"},
                            "Metadata": {"aws:cdk:path": "App/CDKMetadata"}, "Condition": "CDKMetadataAvailable"},
        },
        "Conditions": {"CDKMetadataAvailable": {"Fn::Or": [{"Fn::Or": regions}]}},
        "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>",
                                            "Default": f"/cdk-bootstrap/{version}/version", "Description": "x"}},
        "Rules": {"CheckBootstrapVersion": {"Assertions": [{
            "Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2", "3", "4", "5"], {"Ref": "BootstrapVersion"}]}]},
            "AssertDescription": "CDK bootstrap stack version 6 required."}]}},
    }  # fmt: skip


def test_what_the_cdk_writes(aws: Aws) -> None:
    ssm = aws.client("ssm")
    ssm.put_parameter(Name="/cdk-bootstrap/new/version", Value="21", Type="String")
    ssm.put_parameter(Name="/cdk-bootstrap/old/version", Value="5", Type="String")
    stack = aws.deploy(cdk("new"))
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    assert sorted(stack.resources) == ["CDKMetadata", "Topic"]
    again = cdk("new")
    again["Resources"]["CDKMetadata"]["Properties"]["Analytics"] = "v2:deflate64:other"
    assert aws.update(stack, again).status == "UPDATE_COMPLETE", failures(stack)
    assert aws.delete(stack).status == "DELETE_COMPLETE"
    with pytest.raises(StackError, match="CheckBootstrapVersion: CDK bootstrap stack version 6 required"):
        aws.deploy(cdk("old"))
    with pytest.raises(StackError, match="/cdk-bootstrap/never/version"):
        aws.deploy(cdk("never"))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"Assertions": [{"Assert": {"Fn::EachMemberIn": [{"Ref": "L"}, ["a", "c"]]}}]}, "rule R"),
        ({"Assertions": [{"Assert": {"Fn::EachMemberEquals": [{"Ref": "L"}, "a"]}}]}, "rule R"),
        ({"RuleCondition": {"Fn::Equals": [{"Ref": "E"}, "prod"]},
          "Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "never"}]}, "never"),
        ({"RuleCondition": {"Fn::Equals": [{"Ref": "E"}, "dev"]},
          "Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}}]}, ""),
        ({"Assertions": [{"Assert": {"Fn::And": [{"Fn::Contains": [{"Ref": "L"}, "a"]},
                                                 {"Fn::Or": [{"Fn::Equals": ["x", "x"]}]}]}}]}, ""),
        ({"Assertions": [{"Assert": {"Fn::ValueOf": ["E", "x"]}}]}, "does not know Fn::ValueOf"),
        ({"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Nope"}, "x"]}}]}, "Ref of a parameter"),
        ({"Assertions": [{"Assert": {"Fn::Contains": ["a", "a"]}}]}, "a list was expected"),
        ({"Assertions": [{"Assert": "x"}]}, "one rule function"),
        ({}, "list of Assertions"),
    ],
)  # fmt: skip
def test_rules(aws: Aws, rule: dict[str, Any], message: str) -> None:
    body = {
        "Parameters": {"E": {"Type": "String", "Default": "prod"},
                       "L": {"Type": "CommaDelimitedList", "Default": "a,b"}},
        "Rules": {"R": rule},
        "Resources": {"P": parameter("1")},
    }  # fmt: skip
    if message:
        with pytest.raises(StackError, match=message):
            aws.deploy(body)
    else:
        assert aws.deploy(body).status == "CREATE_COMPLETE"


def test_imports_are_refused(aws: Aws) -> None:
    with pytest.raises(ClientError, match="cannot import existing resources"):
        aws.client("cloudformation").create_change_set(
            StackName=aws.name(), ChangeSetName="c", ChangeSetType="IMPORT", TemplateBody="{}",
            ResourcesToImport=[{"ResourceType": "AWS::SNS::Topic", "LogicalResourceId": "T",
                                "ResourceIdentifier": {"TopicArn": "x"}}],
        )  # fmt: skip


def test_drift_of_one_resource(aws: Aws) -> None:
    stack = aws.deploy({"Resources": {"P": parameter("1"), "Q": parameter("2")}})
    aws.client("ssm").put_parameter(Name=physical(stack, "P"), Value="changed", Type="String", Overwrite=True)
    cloudformation = aws.client("cloudformation")
    for name, expected in (("P", "MODIFIED"), ("Q", "IN_SYNC")):
        drift = cloudformation.detect_stack_resource_drift(StackName=stack.name, LogicalResourceId=name)
        assert drift["StackResourceDrift"]["StackResourceDriftStatus"] == expected
    assert len(cloudformation.describe_stack_resource_drifts(StackName=stack.name)["StackResourceDrifts"]) == 2
    with pytest.raises(ClientError, match="does not exist"):
        cloudformation.detect_stack_resource_drift(StackName=stack.name, LogicalResourceId="Z")


def test_pages(aws: Aws) -> None:
    stack = aws.deploy({"Resources": {f"P{n:03}": {"Type": "AWS::SNS::Topic"} for n in range(120)}})
    cloudformation = aws.client("cloudformation")
    for operation, key, count in (
        ("describe_stack_events", "StackEvents", 243),
        ("list_stack_resources", "StackResourceSummaries", 120),
    ):
        pages = list(cloudformation.get_paginator(operation).paginate(StackName=stack.name))
        assert len(pages) > 1
        assert sum(len(page[key]) for page in pages) == count
    with pytest.raises(ClientError, match="NextToken"):
        cloudformation.describe_stack_events(StackName=stack.name, NextToken="nonsense")
    aws.delete(stack)


def test_the_sequence_of_aws_cloudformation_deploy(aws: Aws) -> None:
    """What `aws cloudformation deploy` calls, in its order.

    Source: https://github.com/aws/aws-cli/blob/develop/awscli/customizations/cloudformation/deployer.py
    """
    from botocore.exceptions import WaiterError

    cloudformation, name = aws.client("cloudformation"), aws.name()

    def deploy(number: int, value: str) -> str:
        try:
            status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
            kind = "CREATE" if status == "REVIEW_IN_PROGRESS" else "UPDATE"
        except ClientError as error:
            kind = "CREATE" if f"Stack with id {name} does not exist" in str(error) else str(error)
        change_set = cloudformation.create_change_set(
            ChangeSetName=f"awscli-cloudformation-package-deploy-{number}", StackName=name, ChangeSetType=kind,
            TemplateBody=json.dumps({"Resources": {"P": parameter(value)}}), Parameters=[], Tags=[],
            Capabilities=CAPABILITIES, Description="Created by AWS CLI at 2026-01-01 UTC",
        )["Id"]  # fmt: skip
        try:
            cloudformation.get_waiter("change_set_create_complete").wait(
                ChangeSetName=change_set, StackName=name, WaiterConfig={"Delay": 0}
            )
        except WaiterError as error:
            reason = str(error.last_response["StatusReason"])
            return "no changes" if "The submitted information didn't contain changes." in reason else reason
        cloudformation.execute_change_set(ChangeSetName=change_set, StackName=name, DisableRollback=False)
        waiter = cloudformation.get_waiter(f"stack_{kind.lower()}_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 20000})
        return kind

    assert [deploy(1, "a"), deploy(2, "b"), deploy(3, "b")] == ["CREATE", "UPDATE", "no changes"]
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 20000}
    )


def reviewed(aws: Aws, name: str, body: dict[str, Any], kind: str = "UPDATE") -> dict[str, Any]:
    """A change set with nested ones, as the API describes it."""
    cloudformation = aws.client("cloudformation")
    cloudformation.create_change_set(
        StackName=name, ChangeSetName="nested-review", ChangeSetType=kind, TemplateBody=json.dumps(body),
        IncludeNestedStacks=True,
    )  # fmt: skip
    found: dict[str, Any] = cloudformation.describe_change_set(StackName=name, ChangeSetName="nested-review")
    return found


def test_change_sets_show_what_becomes_of_nested_stacks(aws: Aws) -> None:
    cloudformation, name = aws.client("cloudformation"), aws.name()
    url = stored(aws, "reviewed.json", INNER)
    root = reviewed(aws, name, nesting(url, X="one"), "CREATE")
    assert (root["Status"], root["IncludeNestedStacks"]) == ("CREATE_COMPLETE", True)
    changes = {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in root["Changes"]}
    inner = cloudformation.describe_change_set(ChangeSetName=changes["N"]["ChangeSetId"])
    assert [change["ResourceChange"]["LogicalResourceId"] for change in inner["Changes"]] == ["P"]
    assert inner["ParentChangeSetId"] == inner["RootChangeSetId"] == root["ChangeSetId"]
    with pytest.raises(ClientError, match="execute the root change set"):
        cloudformation.execute_change_set(ChangeSetName=inner["ChangeSetId"])
    with pytest.raises(ClientError, match="it goes with its root change set"):
        cloudformation.delete_change_set(ChangeSetName=inner["ChangeSetId"])
    aws.engine.execute(aws.engine.change_sets[root["ChangeSetId"]], wait=True)
    stack = aws.engine.stacks[root["StackId"]]
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    assert physical(stack, "N") == inner["StackId"]
    assert aws.engine.change_sets[inner["ChangeSetId"]].execution == "EXECUTE_COMPLETE"

    aws.engine.change_sets.pop(root["ChangeSetId"])
    again = reviewed(aws, name, nesting(url, X="two"))
    [change] = [
        item["ResourceChange"] for item in again["Changes"] if item["ResourceChange"]["LogicalResourceId"] == "N"
    ]
    shown = cloudformation.describe_change_set(ChangeSetName=change["ChangeSetId"])["Changes"]
    assert [item["ResourceChange"]["Action"] for item in shown] == ["Modify"]
    cloudformation.delete_change_set(ChangeSetName=again["ChangeSetId"])
    assert change["ChangeSetId"] not in aws.engine.change_sets
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE", failures(stack)


def test_a_reviewed_nested_stack_that_never_came_about_leaves_nothing(aws: Aws) -> None:
    cloudformation, name = aws.client("cloudformation"), aws.name()
    url = stored(aws, "reviewed.json", INNER)
    root = reviewed(aws, name, nesting(url, X="one"), "CREATE")
    before = len(aws.engine.stacks)
    cloudformation.delete_change_set(ChangeSetName=root["ChangeSetId"])
    assert len(aws.engine.stacks) == before - 1
    bad = nesting(url, X="one")
    bad["Resources"]["N"]["DependsOn"] = "Wrong"
    bad["Resources"]["Wrong"] = BAD
    root = reviewed(aws, name, bad, "CREATE")
    assert len(aws.engine.stacks) == before
    aws.engine.execute(aws.engine.change_sets[root["ChangeSetId"]], wait=True)
    assert aws.engine.stacks[root["StackId"]].status == "ROLLBACK_COMPLETE"
    assert len(aws.engine.stacks) == before - 1
    aws.delete(aws.engine.stacks[root["StackId"]])


def test_a_nested_template_that_is_wrong_fails_the_whole_review(aws: Aws) -> None:
    url = stored(aws, "unknown.json", {"Resources": {"A": {"Type": "AWS::Nope::Nope"}}})
    name = aws.name()
    root = reviewed(aws, name, nesting(url), "CREATE")
    assert root["Status"] == "FAILED"
    assert "Nested change set of N was not successfully created" in root["StatusReason"]
    assert "Unrecognized resource types: [AWS::Nope::Nope]" in root["StatusReason"]
    aws.client("cloudformation").delete_change_set(ChangeSetName=root["ChangeSetId"])


def test_drift_of_a_nested_stack_is_its_own(aws: Aws) -> None:
    """AWS detects nothing inside of nested stacks when the parent is asked.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    """
    cloudformation = aws.client("cloudformation")
    stack = aws.deploy(nesting(stored(aws, "inner.json", INNER), X="one"))
    nested = nested_of(aws, stack)
    aws.client("ssm").put_parameter(Name=physical(nested, "P"), Value="drifted", Overwrite=True)

    def drift(identifier: str) -> str:
        asked = cloudformation.detect_stack_drift(StackName=identifier)["StackDriftDetectionId"]
        found = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=asked)
        return str(found["StackDriftStatus"])

    assert (drift(nested.id), drift(stack.name)) == ("DRIFTED", "IN_SYNC")
    shown = cloudformation.describe_stack_resource_drifts(StackName=nested.id)["StackResourceDrifts"]
    assert [(item["LogicalResourceId"], item["StackResourceDriftStatus"]) for item in shown] == [("P", "MODIFIED")]
    aws.delete(stack)


def test_a_stack_in_review_has_no_template(aws: Aws) -> None:
    """The CDK asks for it between its two steps. It also offers to import what exists, which nothing here needs."""
    cloudformation, name = aws.client("cloudformation"), aws.name()
    body = json.dumps({"Resources": {"P": parameter("x")}})
    made = cloudformation.create_change_set(StackName=name, ChangeSetName="c", ChangeSetType="CREATE",
                                            TemplateBody=body, ImportExistingResources=True)  # fmt: skip
    assert not cloudformation.get_template(StackName=name).get("TemplateBody")
    aws.engine.execute(aws.engine.change_sets[made["Id"]], wait=True)
    assert cloudformation.get_template(StackName=name)["TemplateBody"]
    aws.delete(aws.engine.stacks[made["StackId"]])
