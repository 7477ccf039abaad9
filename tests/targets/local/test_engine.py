"""The engine: functions, parameters, conditions, change sets, order, rollback, policies, exports."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.stacks import Stack

from .conftest import CAPABILITIES, Aws, failures, physical

BAD = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}
TOPIC = {"Type": "AWS::SNS::Topic"}


def parameter(value: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value, **more}}


def template(resources: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {"Resources": resources, **sections}


def value_of(aws: Aws, stack: Stack, name: str = "P") -> str:
    assert stack.status.endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE")), failures(stack)
    return str(aws.client("ssm").get_parameter(Name=physical(stack, name))["Parameter"]["Value"])


MAPPINGS = {"M": {"us-east-1": {"v": "ok"}}}
CONDITIONS = {
    "A": {"Fn::Equals": [{"Ref": "E"}, "prod"]},
    "B": {"Fn::Not": [{"Condition": "A"}]},
    "D": {"Fn::And": [{"Condition": "A"}, {"Fn::Or": [{"Condition": "B"}, {"Fn::Equals": ["x", "x"]}]}]},
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"Fn::Sub": "${AWS::Region}/${!Lit}/${E}"}, "us-east-1/${Lit}/prod"),
        ({"Fn::Sub": ["${K}-${AWS::Partition}", {"K": {"Fn::Join": ["", ["a", "b"]]}}]}, "ab-aws"),
        ({"Fn::Join": ["-", [{"Fn::Select": [1, {"Fn::Split": [",", "a,b,c"]}]}, "z"]]}, "b-z"),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "v"]}, "ok"),
        ({"Fn::FindInMap": ["M", "nope", "v", {"DefaultValue": "dd"}]}, "dd"),
        ({"Fn::Select": [2, {"Fn::Cidr": ["10.0.0.0/16", 4, 8]}]}, "10.0.2.0/24"),
        ({"Fn::Select": [1, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}, "us-east-1b"),
        ({"Fn::Base64": {"Fn::Sub": "${AWS::Region}"}}, "dXMtZWFzdC0x"),
        ({"Fn::ToJsonString": {"a": {"Ref": "AWS::Region"}}}, '{"a":"us-east-1"}'),
        ({"Fn::Sub": ["${n}", {"n": {"Fn::Length": ["a", "b"]}}]}, "2"),
        ({"Fn::If": ["D", {"Fn::If": ["B", "no", "yes"]}, "nope"]}, "yes"),
        ({"Fn::Join": ["-", [{"Fn::Select": [1, {"Ref": "L"}]}, {"Ref": "N"}]]}, "b-3"),
        ({"Ref": "AWS::AccountId"}, "123456789012"),
        ("x-{{resolve:ssm:/engine/dynamic}}", "x-dynamic"),
        ("{{resolve:secretsmanager:engine-secret:SecretString:p}}", "s3cret"),
        ({"Ref": "S"}, "dynamic"),
    ],
)
def test_functions(aws: Aws, written: Any, expected: str) -> None:
    aws.client("ssm").put_parameter(Name="/engine/dynamic", Value="dynamic", Type="String", Overwrite=True)
    secrets = aws.client("secretsmanager")
    if not [item for item in secrets.list_secrets()["SecretList"] if item["Name"] == "engine-secret"]:
        secrets.create_secret(Name="engine-secret", SecretString='{"p":"s3cret"}')
    parameters = {
        "E": {"Type": "String", "Default": "prod"},
        "L": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "N": {"Type": "Number", "Default": 3},
        "S": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/engine/dynamic"},
    }
    whole = template({"P": parameter(written)}, Parameters=parameters, Mappings=MAPPINGS, Conditions=CONDITIONS)
    stack = aws.deploy({**whole, "Transform": "AWS::LanguageExtensions"})
    assert value_of(aws, stack) == expected


def test_yaml_short_forms(aws: Aws) -> None:
    body = """
Resources:
  Q: {Type: AWS::SQS::Queue}
  P:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Value: !Join
        - '|'
        - [!Sub '${Q.QueueName}', !GetAtt Q.Arn, !Select [0, !Cidr [10.0.0.0/16, 2, 8]], !Ref 'AWS::StackName']
"""
    stack = aws.deploy(body)
    name, arn, block, stack_name = value_of(aws, stack).split("|")
    assert arn.endswith(f":{name}")
    assert (block, stack_name) == ("10.0.0.0/24", stack.name)


def test_conditions_on_resources_and_outputs(aws: Aws) -> None:
    no = {"No": {"Fn::Equals": ["a", "b"]}}
    described = parameter("1", Description={"Fn::If": ["No", "d", {"Ref": "AWS::NoValue"}]})
    outputs = {"X": {"Value": {"Ref": "P"}}, "Y": {"Condition": "No", "Value": {"Ref": "Q"}}}
    resources = {"P": described, "Q": {**parameter("2"), "Condition": "No"}}
    stack = aws.deploy(template(resources, Conditions=no, Outputs=outputs))
    assert list(stack.resources) == ["P"]
    assert [output["OutputKey"] for output in stack.outputs] == ["X"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "empty"),
        ("{not json", "Template format error"),
        ("a: [", "Template format error"),
        ("just text", "not an object"),
        ("Resources: {}", "At least one Resources member"),
        ("Resorces: {}", "Resorces"),
        ("Resources: {A: {Type: AWS::Nope::Thing}}", r"A \(AWS::Nope::Thing\)"),
        ("Resources: {A: {Type: AWS::EC2::VPC, Properties: {CidrBlok: 10.0.0.0/16}}}", "CidrBlok.*CidrBlock"),
        (
            "Resources: {A: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: 10.0.0.0/24}}}",
            "missing required property VpcId",
        ),
        ("Resources: {A: {Type: AWS::EC2::VPC, Properties: {VpcId: x, CidrBlock: 10.0.0.0/16}}}", "read-only"),
        ("Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref B}}}", r"\[B\]"),
        ("Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: !GetAtt A.TopicName}}}", "Circular"),
        ("Resources: {A: {Type: AWS::SNS::Topic, DependsOn: B}, B: {Type: AWS::SNS::Topic, DependsOn: A}}", "Circular"),
        (
            "Resources: {A: {Type: AWS::SNS::Topic}, B: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt A.X}}}",
            "attribute X",
        ),
        ("Resources: {A: {Type: AWS::SNS::Topic, Condition: C}}", "condition C"),
        ("Resources: {A: {Type: AWS::SNS::Topic, DeletionPolicy: Keep}}", "DeletionPolicy"),
        ("Resources: {A: &a {Type: AWS::SNS::Topic}, B: *a}", "aliases are not supported"),
        ("Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::SNS::Topic}}", "transform"),
        ("Resources: {A-b: {Type: AWS::SNS::Topic}}", "non alphanumeric"),
        ("Resources: {A: {Type: AWS::SNS::Topic}}\nOutputs: {O: {Value: !Ref Nope}}", "Nope"),
        (
            "Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x, NotificationARNs: []}}}",
            "NotificationARNs.*drop",
        ),
        (
            "Resources: {A: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Statuss: x}}}}",
            "VersioningConfiguration.Statuss",
        ),
    ],
)
def test_wrong_templates(aws: Aws, body: str, message: str) -> None:
    with pytest.raises(StackError, match=message):
        aws.engine.create_change_set("us-east-1", "wrong", "c", body, {}, "CREATE", None, CAPABILITIES)
    assert not [stack for stack in aws.engine.stacks.values() if stack.name == "wrong"]


@pytest.mark.parametrize(
    ("slot", "given", "message"),
    [
        ({"Type": "String"}, {}, "must have values"),
        ({"Type": "String", "AllowedValues": ["a"]}, {"E": "b"}, "AllowedValues"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, {"E": "B"}, "pattern"),
        ({"Type": "String", "MinLength": 3}, {"E": "b"}, "at least 3"),
        ({"Type": "String", "MaxLength": 3}, {"E": "abcd"}, "at most 3"),
        ({"Type": "Number", "MinValue": 3}, {"E": "2"}, "not less than 3"),
        ({"Type": "Number", "MaxValue": 3}, {"E": "4"}, "not greater than 3"),
        ({"Type": "Number"}, {"E": "four"}, "must be a number"),
        ({"Type": "String", "AllowedPattern": "a", "ConstraintDescription": "only a"}, {"E": "b"}, "only a"),
        ({"Type": "String", "Default": "x"}, {"Zzz": "b"}, "Zzz"),
        ({"Type": "AWS::SSM::Parameter::Value<String>"}, {"E": "/not/there"}, "not/there"),
    ],
)
def test_wrong_parameters(aws: Aws, slot: dict[str, Any], given: dict[str, str], message: str) -> None:
    with pytest.raises(StackError, match=message):
        aws.deploy(template({"P": parameter({"Ref": "E"})}, Parameters={"E": slot}), parameters=given)


@pytest.mark.parametrize(
    ("type_name", "properties", "message"),
    [
        ("AWS::Logs::LogGroup", {"RetentionInDays": 31}, "31"),
        ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/33"}, "CidrBlock|invalid"),
        ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/8"}, "10.0.0.0/8"),
        ("AWS::KMS::Alias", {"AliasName": "alias/z", "TargetKeyId": "1111-5555"}, "1111-5555"),
        ("AWS::ElastiCache::SubnetGroup", {"Description": "d", "SubnetIds": ["subnet-0123456789abcdef0"]}, "subnet-"),
        ("AWS::S3::Bucket", {"BucketName": "My_Bucket"}, "BucketName|InvalidBucketName"),
    ],
)  # fmt: skip
def test_wrong_values_fail_the_resource(
    aws: Aws, wrong: Callable[[Stack], str], type_name: str, properties: dict[str, Any], message: str
) -> None:
    import re

    stack = aws.deploy(template({"A": {"Type": type_name, "Properties": properties}}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert re.search(message, wrong(stack))


def test_order(aws: Aws) -> None:
    resources = {"A": parameter({"Ref": "B"}), "B": {**parameter({"Fn::Sub": "${C}"}), "DependsOn": ["D"]},
                 "C": parameter("1"), "D": parameter("2")}  # fmt: skip
    stack = aws.deploy(template(resources))
    done = [event.logical_id for event in stack.events if event.status == "CREATE_COMPLETE"]
    assert sorted(done[:2]) == ["C", "D"]  # made at the same time
    assert done[2:] == ["B", "A", stack.name]
    aws.delete(stack)
    gone = [event.logical_id for event in stack.events if event.status == "DELETE_COMPLETE"]
    assert gone == ["A", "B", "D", "C", stack.name]


def test_failed_creation_leaves_nothing(aws: Aws, wrong: Callable[[Stack], str]) -> None:
    before = len(aws.client("sns").list_topics()["Topics"])
    stack = aws.deploy(template({"A": TOPIC, "B": {**BAD, "DependsOn": "A"}}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "vpc-0123456789abcdef0" in wrong(stack)
    assert "[B]" in next(event.reason for event in stack.events if event.status == "ROLLBACK_IN_PROGRESS")
    assert len(aws.client("sns").list_topics()["Topics"]) == before
    with pytest.raises(StackError, match="ROLLBACK_COMPLETE"):
        aws.update(stack, template({"A": TOPIC}))


def test_failed_update_goes_back(aws: Aws) -> None:
    stack = aws.deploy(template({"P": parameter("1"), "Gone": parameter("g")}))
    topics = len(aws.client("sns").list_topics()["Topics"])
    aws.update(stack, template({"P": parameter("2"), "T": {**TOPIC, "DependsOn": "P"}, "B": {**BAD, "DependsOn": "T"}}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert aws.client("ssm").get_parameter(Name=physical(stack, "P"))["Parameter"]["Value"] == "1"
    assert sorted(stack.resources) == ["Gone", "P"]
    assert len(aws.client("sns").list_topics()["Topics"]) == topics
    aws.update(stack, template({"P": parameter("3")}))
    assert value_of(aws, stack) == "3"
    assert list(stack.resources) == ["P"]


def test_failed_update_with_a_replacement_goes_back(aws: Aws) -> None:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.7.0.0/16"}}
    stack = aws.deploy(template({"V": vpc}))
    before = physical(stack, "V")
    other = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.8.0.0/16"}}
    aws.update(stack, template({"V": other, "B": {**BAD, "DependsOn": "V"}}))
    assert (stack.status, physical(stack, "V")) == ("UPDATE_ROLLBACK_COMPLETE", before)
    found = aws.client("ec2").describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.8.0.0/16"]}])["Vpcs"]
    assert not found


def test_rollback_disabled_keeps_what_is_there_and_goes_on(aws: Aws) -> None:
    stack = aws.deploy(template({"A": TOPIC, "B": {**BAD, "DependsOn": "A"}}), on_failure="DO_NOTHING")
    assert (stack.status, list(stack.resources)) == ("CREATE_FAILED", ["A"])
    aws.update(stack, template({"A": TOPIC, "B": parameter("1")}))
    assert (stack.status, sorted(stack.resources)) == ("UPDATE_COMPLETE", ["A", "B"])


def test_on_failure_delete(aws: Aws) -> None:
    stack = aws.deploy(template({"A": TOPIC, "B": {**BAD, "DependsOn": "A"}}), on_failure="DELETE")
    assert stack.status == "DELETE_COMPLETE"


def changes(aws: Aws, stack: Stack, body: dict[str, Any], name: str, **options: Any) -> dict[str, Any]:
    cloudformation = aws.client("cloudformation")
    cloudformation.create_change_set(StackName=stack.name, ChangeSetName=name, TemplateBody=json.dumps(body), **options)
    found: dict[str, Any] = cloudformation.describe_change_set(
        StackName=stack.name, ChangeSetName=name, IncludePropertyValues=True
    )
    return found


def test_change_sets(aws: Aws) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "change-a"}}
    stack = aws.deploy(template({"A": parameter("1"), "B": parameter("2"), "C": parameter("3"), "T": topic}))
    renamed = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "change-b"}}
    uses = parameter({"Ref": "T"})
    body = template({"A": parameter("9"), "B": parameter("2"), "D": uses, "T": renamed})
    found = changes(aws, stack, body, "first")
    shown = {item["ResourceChange"]["LogicalResourceId"]: item["ResourceChange"] for item in found["Changes"]}
    assert {name: change["Action"] for name, change in shown.items()} == {
        "A": "Modify", "C": "Remove", "D": "Add", "T": "Modify",
    }  # fmt: skip
    assert (shown["A"]["Replacement"], shown["T"]["Replacement"]) == ("False", "True")
    (detail,) = shown["A"]["Details"]
    assert detail["Target"] == {
        "Attribute": "Properties", "Name": "Value", "RequiresRecreation": "Never", "Path": "/Properties/Value",
        "BeforeValue": "1", "AfterValue": "9",
    }  # fmt: skip
    assert detail["ChangeSource"] == "DirectModification"
    assert stack.status == "CREATE_COMPLETE"
    same = changes(
        aws, stack, template({"A": parameter("1"), "B": parameter("2"), "C": parameter("3"), "T": topic}), "same"
    )
    assert (same["Status"], same["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in same["StatusReason"]
    aws.client("cloudformation").delete_change_set(StackName=stack.name, ChangeSetName="first")
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        aws.client("cloudformation").describe_change_set(StackName=stack.name, ChangeSetName="first")


def test_parameter_change_names_its_cause_and_hides_secrets(aws: Aws) -> None:
    slots = {"E": {"Type": "String", "NoEcho": True}}
    body = template({"A": parameter({"Ref": "E"})}, Parameters=slots)
    stack = aws.deploy(body, parameters={"E": "hidden-one"})
    found = changes(aws, stack, body, "c", Parameters=[{"ParameterKey": "E", "ParameterValue": "hidden-two"}])
    detail = found["Changes"][0]["ResourceChange"]["Details"][0]
    assert (detail["ChangeSource"], detail["CausingEntity"]) == ("ParameterReference", "E")
    assert found["Parameters"] == [{"ParameterKey": "E", "ParameterValue": "****"}]
    shown = aws.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"][0]
    assert shown["Parameters"] == [{"ParameterKey": "E", "ParameterValue": "****"}]


def test_replacement_is_seen_by_what_refers_to_it(aws: Aws) -> None:
    def body(name: str) -> dict[str, Any]:
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
        return template({"T": topic, "P": parameter({"Ref": "T"})})

    stack = aws.deploy(body("seen-a"))
    found = changes(aws, stack, body("seen-b"), "c")
    assert [item["ResourceChange"]["LogicalResourceId"] for item in found["Changes"]] == ["T", "P"]
    aws.update(stack, body("seen-b"))
    assert value_of(aws, stack).endswith("seen-b")
    with pytest.raises(ClientError):
        aws.client("sns").get_topic_attributes(TopicArn="arn:aws:sns:us-east-1:123456789012:seen-a")


def test_retain_policies(aws: Aws) -> None:
    kept = {"Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    stack = aws.deploy(template({"T": {**kept, "Properties": {"TopicName": "kept-a"}}}))
    aws.update(stack, template({"T": {**kept, "Properties": {"TopicName": "kept-b"}}}))
    aws.delete(stack)
    names = {topic["TopicArn"].rsplit(":", 1)[1] for topic in aws.client("sns").list_topics()["Topics"]}
    assert {"kept-a", "kept-b"} <= names
    assert [event.logical_id for event in stack.events if event.status == "DELETE_SKIPPED"] == ["T", "T"]


def test_exports(aws: Aws) -> None:
    one = aws.deploy(template({"Q": parameter("1")}, Outputs={"O": {"Value": "v", "Export": {"Name": "the-export"}}}))
    two = aws.deploy(template({"P": parameter({"Fn::ImportValue": "the-export"})}))
    assert value_of(aws, two) == "v"
    third = aws.deploy(template({"Q": parameter("1")}, Outputs={"O": {"Value": "v", "Export": {"Name": "the-export"}}}))
    assert third.status == "ROLLBACK_COMPLETE"
    aws.delete(one)
    assert one.status == "DELETE_FAILED"
    assert two.name in one.reason
    aws.delete(two)
    aws.delete(one)
    assert one.status == "DELETE_COMPLETE"
    with pytest.raises(AssertionError, match="No export named"):
        aws.deploy(template({"P": parameter({"Fn::ImportValue": "the-export"})}))


def test_termination_protection_and_stack_policy(aws: Aws) -> None:
    stack = aws.deploy(template({"P": parameter("1")}))
    cloudformation = aws.client("cloudformation")
    cloudformation.update_termination_protection(StackName=stack.name, EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection"):
        cloudformation.delete_stack(StackName=stack.name)
    policy = {"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    cloudformation.set_stack_policy(StackName=stack.name, StackPolicyBody=json.dumps(policy))
    with pytest.raises(StackError, match="denied by stack policy"):
        aws.update(stack, template({"P": parameter("2")}))


def test_non_empty_bucket_is_not_deleted_and_can_be_afterwards(aws: Aws) -> None:
    stack = aws.deploy(template({"B": {"Type": "AWS::S3::Bucket"}, "T": TOPIC}))
    bucket = physical(stack, "B")
    aws.client("s3").put_object(Bucket=bucket, Key="k", Body=b"x")
    aws.delete(stack)
    assert stack.status == "DELETE_FAILED"
    assert (list(stack.resources), "BucketNotEmpty" in stack.reason) == (["B"], True)
    aws.client("s3").delete_object(Bucket=bucket, Key="k")
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE"


def test_capabilities(aws: Aws) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": "needs", "AssumeRolePolicyDocument": {"Statement": []}},
    }
    with pytest.raises(ClientError, match="InsufficientCapabilities"):
        aws.client("cloudformation").create_stack(StackName="needs", TemplateBody=json.dumps(template({"R": role})))


def test_drift(aws: Aws) -> None:
    stack = aws.deploy(template({"P": parameter("1")}))
    cloudformation = aws.client("cloudformation")
    for value, expected in (("1", "IN_SYNC"), ("changed", "DRIFTED")):
        aws.client("ssm").put_parameter(Name=physical(stack, "P"), Value=value, Type="String", Overwrite=True)
        detection = cloudformation.detect_stack_drift(StackName=stack.name)["StackDriftDetectionId"]
        found = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        assert found["StackDriftStatus"] == expected
    (drift,) = cloudformation.describe_stack_resource_drifts(StackName=stack.name)["StackResourceDrifts"]
    assert drift["PropertyDifferences"][0]["ActualValue"] == "changed"


def test_tags(aws: Aws) -> None:
    stack = aws.deploy(template({"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.3.0.0/16"}},
                                 "Q": {"Type": "AWS::SQS::Queue"}}), tags={"team": "x"})  # fmt: skip
    (vpc,) = aws.client("ec2").describe_vpcs(VpcIds=[physical(stack, "V")])["Vpcs"]
    tags = {tag["Key"]: tag["Value"] for tag in vpc["Tags"]}
    assert (tags["team"], tags["aws:cloudformation:stack-id"]) == ("x", stack.id)
    assert aws.client("sqs").list_queue_tags(QueueUrl=physical(stack, "Q"))["Tags"]["team"] == "x"
    body = json.dumps({"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.3.0.0/16"}},
                                     "Q": {"Type": "AWS::SQS::Queue"}}})  # fmt: skip
    aws.update(stack, body, tags={"team": "y"})
    (vpc,) = aws.client("ec2").describe_vpcs(VpcIds=[physical(stack, "V")])["Vpcs"]
    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]}["team"] == "y"


def test_hundred_and_fifty_resources_come_and_go(aws: Aws) -> None:
    network = {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
    subnets = {
        f"S{n}": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "V"}, "CidrBlock": f"10.0.{n}.0/24"}}
        for n in range(49)
    }
    topics = {f"T{n}": TOPIC for n in range(50)}
    parameters = {f"P{n}": parameter(str(n)) for n in range(50)}
    stack = aws.deploy(template({**network, **subnets, **topics, **parameters}))
    assert (stack.status, len(stack.resources)) == ("CREATE_COMPLETE", 150)
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE"


def test_a_change_set_is_found_while_others_come(aws: Aws) -> None:
    """Many threads ask at once. What comes while one looks made Python refuse to look on."""
    queue = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    stack = aws.deploy(queue)
    engine = aws.engine

    class MeanwhileAnother(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            engine.change_sets[f"another-{len(engine.change_sets)}"] = planned
            return str(self) == other

    planned = engine.create_change_set(aws.region, stack.name, "planned", json.dumps(queue), {})
    planned.id = MeanwhileAnother(planned.id)
    with pytest.raises(StackError, match="does not exist"):
        engine.find_change_set(aws.region, "missing")
    assert len(engine.change_sets) > 1
