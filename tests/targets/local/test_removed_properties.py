"""Every optional property of every case of types.yaml, removed by an update.

It returns to its default, or the resource is replaced, or it is one that AWS keeps (``beyond_schemas.toml``) or needs:
then the update fails with a reason and the stack is as before. Nothing else is kept silently, and no stack is stuck.
"""

from __future__ import annotations

from typing import Any

import pytest

from groundplan.targets.local.cloudformation.stacks import Stack
from groundplan.targets.local.types.beyond_schemas import beyond_schema
from groundplan.targets.local.types.paths import member
from groundplan.targets.local.types.readback import differences
from groundplan.targets.local.types.registry import handler_of, row_of
from groundplan.targets.local.types.schemas import schema_of

from .conftest import Aws, failures, physical
from .test_types import CASES, template

NEEDED = {
    ("AWS::Route53::RecordSet", "ResourceRecords"),  # a record has these or an AliasTarget
    ("AWS::SecretsManager::RotationSchedule", "RotationLambdaARN"),  # or a HostedRotationLambda
    ("AWS::EC2::VPCEndpoint", "VpcEndpointType"),  # an endpoint with a security group cannot be of the default type
}
"""Optional for the schema, and not for the service."""


REFUSED = {
    "AWS::ApiGateway::Stage": {"DeploymentId"},
    "AWS::ApiGatewayV2::Api": {"Name", "ProtocolType"},
    "AWS::ApplicationAutoScaling::ScalingPolicy": {"ScalingTargetId", "TargetTrackingScalingPolicyConfiguration"},
    "AWS::AutoScaling::AutoScalingGroup": {"LaunchTemplate"},
    "AWS::AutoScaling::ScalingPolicy": {"PolicyType"},
    # ARNs or conditions; what AWS makes of a window that is taken away, its pages do not say.
    "AWS::Backup::RestoreTestingSelection": {"ProtectedResourceArns", "ValidationWindowHours"},
    "AWS::CE::AnomalySubscription": {"ThresholdExpression"},
    "AWS::Config::ConfigurationRecorder": {"Name"},
    "AWS::Config::DeliveryChannel": {"Name"},
    "AWS::DynamoDB::Table": {"AttributeDefinitions", "ProvisionedThroughput"},
    "AWS::EC2::FlowLog": {"DeliverLogsPermissionArn", "LogDestinationType", "LogGroupName", "TrafficType"},
    "AWS::EC2::Instance": {"InstanceType"},
    "AWS::EC2::NatGateway": {"SubnetId"},
    "AWS::EC2::NetworkAclEntry": {"Egress"},
    "AWS::EC2::Route": {"DestinationCidrBlock"},
    "AWS::EC2::SecurityGroupEgress": {"CidrIp", "FromPort", "ToPort"},
    "AWS::EC2::SecurityGroupIngress": {"CidrIp", "FromPort", "GroupId", "ToPort"},
    "AWS::EC2::Subnet": {"CidrBlock"},
    "AWS::EC2::VPC": {"CidrBlock"},
    "AWS::EC2::VPCGatewayAttachment": {"InternetGatewayId"},
    "AWS::ECS::CapacityProvider": {"AutoScalingGroupProvider"},
    "AWS::ECS::ClusterCapacityProviderAssociations": {"CapacityProviders"},
    "AWS::ECS::Service": {"Cluster", "LaunchType", "NetworkConfiguration", "TaskDefinition"},
    "AWS::ECS::TaskDefinition": {"ContainerDefinitions", "Cpu", "Memory", "NetworkMode"},
    "AWS::EKS::Nodegroup": {"CapacityType", "InstanceTypes"},
    "AWS::ElasticLoadBalancingV2::ListenerRule": {"ListenerArn"},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"SecurityGroups"},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"Port", "Protocol", "VpcId"},
    "AWS::Events::Rule": {"ScheduleExpression"},
    "AWS::FIS::ExperimentTemplate": {"Actions"},
    "AWS::Grafana::Workspace": {"RoleArn"},
    "AWS::IAM::OIDCProvider": {"Url"},
    "AWS::IAM::RolePolicy": {"PolicyDocument"},
    "AWS::Lambda::Function": {"Handler", "Runtime"},
    "AWS::Logs::DeliveryDestination": {"DestinationResourceArn", "OutputFormat"},
    "AWS::Logs::DeliverySource": {"LogType", "ResourceArn"},
    "AWS::Route53::HostedZone": {"Name"},
    "AWS::Route53::RecordSet": {"HostedZoneId"},
    "AWS::S3::Bucket": {"ObjectLockEnabled", "OwnershipControls", "VersioningConfiguration"},
    "AWS::SNS::Subscription": {"Endpoint"},
    "AWS::SSM::Document": {"DocumentType"},  # of another type it could not have this content
    "AWS::XRay::SamplingRule": {"SamplingRule"},
}
"""Properties that a resource needs, so that the update without them fails (at AWS too) and is rolled back."""


def optional(case: dict[str, Any]) -> list[str]:
    schema = schema_of(case["type"])
    assert schema
    type_name = case["type"]
    return [name for name in case["properties"] if name not in schema.required and (type_name, name) not in NEEDED]


def shown(aws: Aws, stack: Stack, name: str) -> Any:
    """What the API says of a property now."""
    record = stack.resources["T"]
    handler = handler_of(record.type, aws.engine.surroundings(stack.region))
    return member(handler.describe(record.state), row_of(record.type).rename.get(name, name))


def still_there(asked: Any, now: Any) -> bool:
    return now is not None and next(differences(asked, now, ""), None) is None


WITH_OPTIONAL = [case for case in CASES if optional(case)]


@pytest.mark.parametrize(
    "case", WITH_OPTIONAL, ids=[f"{case['type'][5:]}-{number}" for number, case in enumerate(WITH_OPTIONAL)]
)
def test_removed(aws: Aws, case: dict[str, Any]) -> None:
    whole = template(case, case["properties"])
    others = {name: resource for name, resource in whole["Resources"].items() if name != "T"}
    stack: Stack | None = None
    for name in optional(case):
        if stack is None or "T" not in stack.resources:
            stack = bring_about(aws, stack, whole)
        before, begin = physical(stack, "T"), len(stack.events)
        asked = stack.resources["T"].properties[name]
        fewer = template(case, {key: value for key, value in case["properties"].items() if key != name})
        fewer["Resources"] = {**whole["Resources"], **fewer["Resources"]}
        aws.update(stack, fewer)
        assert stack.status in ("UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"), (name, failures(stack))
        if stack.status == "UPDATE_ROLLBACK_COMPLETE":
            assert physical(stack, "T") == before
            failed = failures(stack, begin)
            assert failed, name
            assert name in REFUSED.get(case["type"], ()), failed
            continue  # it is as it was
        if (
            physical(stack, "T") == before
            and not beyond_schema(case["type"]).keeps(name)
            and still_there(asked, shown(aws, stack, name))
        ):
            stack = bring_about(aws, take_away(aws, stack, others), fewer)
            assert still_there(asked, shown(aws, stack, name)), f"{name} was kept silently"
        stack = take_away(aws, stack, others)
    if stack is not None:
        aws.delete(stack)
        assert stack.status == "DELETE_COMPLETE", failures(stack)


def bring_about(aws: Aws, stack: Stack | None, template: dict[str, Any]) -> Stack:
    """The stack with T, made anew."""
    stack = aws.update(stack, template) if stack else aws.deploy(template)
    assert stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), failures(stack)
    return stack


def take_away(aws: Aws, stack: Stack, others: dict[str, Any]) -> Stack | None:
    """Deletes T. What it stands on stays for the next one, where there is such a thing."""
    if not others:
        aws.delete(stack)
        assert stack.status == "DELETE_COMPLETE", failures(stack)
        return None
    aws.update(stack, {"Resources": others})
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    assert "T" not in stack.resources
    return stack
