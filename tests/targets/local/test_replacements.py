"""Resources that a change replaces: what they are called then, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundplan.targets.local.cloudformation.stacks import Stack

from .conftest import Aws, failures, physical
from .test_types import CASES, template


def case(type_name: str) -> dict[str, Any]:
    return next(each for each in CASES if each["type"] == type_name)


def test_an_unnamed_node_group_gets_another_name(aws: Aws) -> None:
    nodes = case("AWS::EKS::Nodegroup")
    properties = {name: value for name, value in nodes["properties"].items() if name != "NodegroupName"}
    stack = aws.deploy(template(nodes, properties))
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    before = physical(stack, "T")
    aws.update(stack, template(nodes, {**properties, "InstanceTypes": ["m7i.large"]}))
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    assert physical(stack, "T") != before
    cluster = physical(stack, "Kubernetes")
    names = aws.client("eks").list_nodegroups(clusterName=cluster)["nodegroups"]
    assert [f"{cluster}/{name}" for name in names] == [physical(stack, "T")]
    aws.delete(stack)


def test_a_named_node_group_stands_in_its_own_way(aws: Aws, wrong: Callable[[Stack], str]) -> None:
    nodes = case("AWS::EKS::Nodegroup")
    stack = aws.deploy(template(nodes, nodes["properties"]))
    aws.update(stack, template(nodes, {**nodes["properties"], "InstanceTypes": ["m7i.large"]}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "NodeGroup already exists with name one and cluster name" in wrong(stack)
    assert "(HandlerErrorCode: ResourceInUseException)" in wrong(stack)
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE", failures(stack)


def test_what_is_fixed_inside_of_a_property_replaces_too(aws: Aws) -> None:
    """The change set says so, and so it happens: the group of a capacity provider."""
    provider = case("AWS::ECS::CapacityProvider")

    def whole(group: str) -> dict[str, Any]:
        made = template({**provider, "uses": ["Machines", "Instances"]}, {
            "AutoScalingGroupProvider": {"AutoScalingGroupArn": {"Ref": group}}})  # fmt: skip
        return {"Resources": {**made["Resources"]}}

    stack = aws.deploy(whole("Machines"))
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    before = physical(stack, "T")
    aws.update(stack, whole("Instances"))
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    changes = list(aws.engine.change_sets.values())[-1].changes
    assert [change["Replacement"] for change in changes if change["LogicalResourceId"] == "T"] == ["True"]
    assert physical(stack, "T") != before
    aws.delete(stack)


def test_an_endpoint_of_no_type_is_a_gateway_and_goes(aws: Aws) -> None:
    stack = aws.deploy({"Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "T": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {
            "VpcId": {"Ref": "Vpc"}, "ServiceName": "com.amazonaws.us-east-1.s3"}}}})  # fmt: skip
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    ec2 = aws.client("ec2")
    [endpoint] = ec2.describe_vpc_endpoints(VpcEndpointIds=[physical(stack, "T")])["VpcEndpoints"]
    assert endpoint["VpcEndpointType"] == "Gateway"
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE", failures(stack)
