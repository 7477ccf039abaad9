"""The engine as its clients see it: create, update and delete by the API's actions, and what those tell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundplan.targets.local.cloudformation.schedule import Schedule
from groundplan.targets.local.cloudformation.stacks import Stack

from .conftest import Aws, failures, physical

FAST = {"Delay": 0, "MaxAttempts": 100000}
QUIET = {"Type": "AWS::SQS::Queue"}


def parameter(value: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value, **more}}


def body(resources: dict[str, Any], **sections: Any) -> str:
    return json.dumps({"Resources": resources, **sections})


def created(aws: Aws, template: str, **more: Any) -> str:
    cloudformation, name = aws.client("cloudformation"), aws.name()
    cloudformation.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"], **more)
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=FAST)
    return name


def id_of(aws: Aws, name: str, logical_id: str) -> str:
    detail = aws.client("cloudformation").describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
    return str(detail["StackResourceDetail"]["PhysicalResourceId"])


def value(aws: Aws, name: str, logical_id: str = "P") -> str:
    return str(aws.client("ssm").get_parameter(Name=id_of(aws, name, logical_id))["Parameter"]["Value"])


def test_events_tell_the_whole_story(aws: Aws) -> None:
    name = created(aws, body({"P": parameter("1")}))
    events = aws.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"][::-1]
    stack = "AWS::CloudFormation::Stack"
    assert [(event["ResourceType"], event["ResourceStatus"]) for event in events] == [
        (stack, "REVIEW_IN_PROGRESS"), (stack, "CREATE_IN_PROGRESS"), ("AWS::SSM::Parameter", "CREATE_IN_PROGRESS"),
        ("AWS::SSM::Parameter", "CREATE_COMPLETE"), (stack, "CREATE_COMPLETE"),
    ]  # fmt: skip
    assert len({event["EventId"] for event in events}) == 5
    times = [event["Timestamp"] for event in events]
    assert times == sorted(times)


def test_a_change_set_creates_nothing_and_can_be_deleted(aws: Aws) -> None:
    cloudformation, name = aws.client("cloudformation"), aws.name()
    before = len(aws.client("sns").list_topics()["Topics"])
    cloudformation.create_change_set(StackName=name, ChangeSetName="c", ChangeSetType="CREATE",
                                     TemplateBody=body({"T": {"Type": "AWS::SNS::Topic"}}))  # fmt: skip
    cloudformation.get_waiter("change_set_create_complete").wait(StackName=name, ChangeSetName="c", WaiterConfig=FAST)
    assert cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert [item["ChangeSetName"] for item in cloudformation.list_change_sets(StackName=name)["Summaries"]] == ["c"]
    assert len(aws.client("sns").list_topics()["Topics"]) == before
    cloudformation.delete_change_set(StackName=name, ChangeSetName="c")
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        cloudformation.execute_change_set(StackName=name, ChangeSetName="c")


def test_update_stack(aws: Aws) -> None:
    cloudformation = aws.client("cloudformation")
    slots = {"E": {"Type": "String"}}
    first = body({"P": parameter({"Ref": "E"}), "Q": parameter("1")}, Parameters=slots)
    name = created(aws, first, Parameters=[{"ParameterKey": "E", "ParameterValue": "one"}])
    previous = [{"ParameterKey": "E", "UsePreviousValue": True}]
    with pytest.raises(ClientError, match="No updates are to be performed"):
        cloudformation.update_stack(StackName=name, TemplateBody=first, Parameters=previous)
    second = body({"P": parameter({"Ref": "E"}), "Q": parameter("2")}, Parameters=slots)
    cloudformation.update_stack(StackName=name, TemplateBody=second, Parameters=previous)
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig=FAST)
    assert (value(aws, name), value(aws, name, "Q")) == ("one", "2")
    cloudformation.update_stack(StackName=name, UsePreviousTemplate=True,
                                Parameters=[{"ParameterKey": "E", "ParameterValue": "two"}])  # fmt: skip
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig=FAST)
    assert value(aws, name) == "two"
    assert json.loads(json.dumps(cloudformation.get_template(StackName=name)["TemplateBody"])) == json.loads(second)


def test_names_that_are_taken(aws: Aws) -> None:
    cloudformation = aws.client("cloudformation")
    policy = {"Version": "2012-10-17", "Statement": []}
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "taken", "AssumeRolePolicyDocument": policy}}
    name = created(aws, body({"R": role}))
    with pytest.raises(ClientError, match="AlreadyExists"):
        cloudformation.create_stack(StackName=name, TemplateBody=body({"P": parameter("1")}))
    second = aws.deploy(body({"R": role, "Q": QUIET}))
    assert second.status == "ROLLBACK_COMPLETE"
    assert "taken" in failures(second)[0]
    assert aws.client("iam").get_role(RoleName="taken")["Role"]["RoleName"] == "taken"


def test_a_network_goes_in_the_right_order(aws: Aws) -> None:
    vpc, table, gateway = {"Ref": "V"}, {"Ref": "R"}, {"Ref": "I"}
    resources = {
        "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "I": {"Type": "AWS::EC2::InternetGateway"},
        "At": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": {"VpcId": vpc, "InternetGatewayId": gateway}},
        "S": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": vpc, "CidrBlock": "10.0.0.0/24"}},
        "R": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": vpc}},
        "Ro": {"Type": "AWS::EC2::Route", "DependsOn": "At", "Properties": {
            "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}},
        "A": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"SubnetId": {"Ref": "S"},
                                                                             "RouteTableId": table}},
    }  # fmt: skip
    name = created(aws, body(resources))
    vpc_id = id_of(aws, name, "V")
    cloudformation = aws.client("cloudformation")
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=FAST)
    with pytest.raises(ClientError, match=r"InvalidVpcID\.NotFound"):
        aws.client("ec2").describe_vpcs(VpcIds=[vpc_id])


def test_policies_and_summaries_are_given_back(aws: Aws) -> None:
    cloudformation = aws.client("cloudformation")
    name = created(aws, body({"P": parameter("1")}, Outputs={"O": {"Value": "v", "Export": {"Name": "shown"}}}))
    policy = '{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}'
    cloudformation.set_stack_policy(StackName=name, StackPolicyBody=policy)
    assert cloudformation.get_stack_policy(StackName=name)["StackPolicyBody"] == policy
    with pytest.raises(ClientError, match="Invalid stack policy"):
        cloudformation.set_stack_policy(StackName=name, StackPolicyBody="{}")
    assert {"Name": "shown", "Value": "v"}.items() <= cloudformation.list_exports()["Exports"][-1].items()
    summary = cloudformation.get_template_summary(StackName=name)
    assert summary["ResourceTypes"] == ["AWS::SSM::Parameter"]
    assert name in [item["StackName"] for page in cloudformation.get_paginator("list_stacks").paginate()
                    for item in page["StackSummaries"]]  # fmt: skip


def test_a_property_that_goes_returns_to_its_default(aws: Aws) -> None:
    """For types that keep defaults apart; every type is tried in test_removed_properties."""
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "k", "Value": "v"}]}}
    stack = aws.deploy({"Resources": {"V": vpc, "P": parameter("1", Description="d")}})
    less = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    aws.update(stack, {"Resources": {"V": less, "P": parameter("1")}})
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    (shown,) = aws.client("ec2").describe_vpcs(VpcIds=[physical(stack, "V")])["Vpcs"]
    assert "k" not in {tag["Key"] for tag in shown.get("Tags", [])}


def test_what_the_emulator_cannot_change_leaves_the_stack_usable(aws: Aws) -> None:
    volume = {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": "us-east-1a", "Size": 1}}
    stack = aws.deploy({"Resources": {"V": volume}})
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    other = {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": "us-east-1b", "Size": 1}}
    aws.update(stack, {"Resources": {"V": other, "P": {**parameter("1"), "DependsOn": "V"}}})
    assert stack.status in ("UPDATE_ROLLBACK_COMPLETE", "UPDATE_COMPLETE"), failures(stack)
    assert aws.update(stack, {"Resources": {"V": volume, "P": parameter("2")}}).status == "UPDATE_COMPLETE"


def test_generated_names_survive_a_failed_update(aws: Aws) -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(5 minutes)"}}
    stack = aws.deploy({"Resources": {"R": rule}})
    before = physical(stack, "R")
    aws.update(stack, {"Resources": {"R": {"Type": "AWS::Events::Rule", "Properties": {"State": "DISABLED"}}}})
    assert (stack.status, physical(stack, "R")) == ("UPDATE_ROLLBACK_COMPLETE", before), failures(stack)


def order_of(stack: Stack, status: str) -> dict[str, int]:
    return {event.logical_id: index for index, event in enumerate(stack.events) if event.status == status}


def test_parallel_creation_keeps_the_order_of_needs(aws: Aws) -> None:
    chains = {
        f"C{chain}L{link}": parameter("1" if not link else {"Ref": f"C{chain}L{link - 1}"})
        for chain in range(8)
        for link in reversed(range(6))
    }
    stack = aws.deploy({"Resources": chains})
    begun, done = order_of(stack, "CREATE_IN_PROGRESS"), order_of(stack, "CREATE_COMPLETE")
    for chain in range(8):
        for link in range(1, 6):
            assert done[f"C{chain}L{link - 1}"] < begun[f"C{chain}L{link}"]
    assert list(stack.resources) == list(stack.order)
    other = aws.deploy({"Resources": chains})
    assert (other.order, list(other.resources)) == (stack.order, list(stack.resources))


def test_schedule_runs_side_by_side_and_stops_at_a_failure() -> None:
    import threading

    meeting = threading.Barrier(3, timeout=10)
    met: list[str] = []

    def meet(name: str) -> None:
        if name in "abc":
            meeting.wait()
        met.append(name)

    assert Schedule({"a": set(), "b": set(), "c": set(), "d": {"a", "b", "c"}}, meet).run(3) == []
    assert (sorted(met[:3]), met[3]) == (["a", "b", "c"], "d")

    def fail(name: str) -> None:
        met.append(name)
        if name == "b":
            raise ValueError(name)

    met.clear()
    (failure,) = Schedule({"a": set(), "b": {"a"}, "c": {"b"}, "d": {"c"}}, fail).run(4)
    assert (str(failure), met) == ("b", ["a", "b"])
    assert Schedule({}, fail).run(4) == []


def test_failures_of_several_resources_are_all_told_and_nothing_is_left(aws: Aws) -> None:
    bad = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}
    before = len(aws.client("sqs").list_queues().get("QueueUrls", []))
    stack = aws.deploy({"Resources": {**{f"Q{n}": QUIET for n in range(20)}, "B": bad, "C": bad}})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert not stack.resources
    assert len(aws.client("sqs").list_queues().get("QueueUrls", [])) == before
