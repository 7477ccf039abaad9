"""Deletion protection: what AWS refuses to delete until it is told that it may."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groundplan.operations import stacks
from groundplan.operations.events import Report
from groundplan.resources import Resource
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsCapacityProvider
from groundplan.resources.databases import DatabaseInstance, Table
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.targets.connection import Connection, explained
from groundplan.targets.refusals import refusal

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering


def without_protection(architecture: Architecture) -> Architecture:
    """The same architecture with AWS's protection of databases, load balancers, clusters and instances off."""
    return architecture.with_resources(map(unprotected, architecture))


def unprotected(resource: Resource) -> Resource:
    """The same resource without protection; itself where it has none."""
    match resource:
        case (
            DatabaseInstance(deletion_protection=True)
            | LoadBalancer(deletion_protection=True)
            | KubernetesCluster(deletion_protection=True)
            | Table(deletion_protection=True)
        ):
            return replace(resource, deletion_protection=False)
        case EcsCapacityProvider(managed_termination_protection=True):
            return replace(resource, managed_termination_protection=False)
        case AutoScalingGroup(new_instances_protected_from_scale_in=True):
            return replace(resource, new_instances_protected_from_scale_in=False)
    return resource


def lift(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    stack: stacks.DeployedStack,
    report: Report,
) -> None:
    """Take protection off everything that a stack has, without the stack: one whose creation failed takes no update.

    Raises EnvironmentalError where AWS refuses.
    """
    guarded = [resource.ref for resource in architecture if unprotected(resource) is not resource]
    for address, name, type in stacks.parts_of(connection, rendering, stack, guarded):
        if unprotect(connection, address, type, name, stack.region):
            report(f"{address}: taking deletion protection off")


def unprotect(connection: Connection, address: str, type: str, physical_id: str, region: str) -> bool:
    """Have AWS no longer refuse to delete one thing. ``type``: CloudFormation's. Returns whether there was any to take
    off: False where the thing has gone meanwhile, and for types whose protection ends with the stack."""
    from botocore.exceptions import ClientError

    with explained(f"Taking deletion protection off {address}"):
        try:
            match type:
                case "AWS::RDS::DBInstance":
                    connection.rds(region).modify_db_instance(
                        DBInstanceIdentifier=physical_id, DeletionProtection=False, ApplyImmediately=True
                    )
                case "AWS::DynamoDB::Table":
                    connection.dynamodb(region).update_table(TableName=physical_id, DeletionProtectionEnabled=False)
                case "AWS::ElasticLoadBalancingV2::LoadBalancer":
                    connection.elbv2(region).modify_load_balancer_attributes(
                        LoadBalancerArn=physical_id,
                        Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
                    )
                case "AWS::EKS::Cluster":
                    connection.eks(region).update_cluster_config(name=physical_id, deletionProtection=False)
                case _:
                    return False
        except ClientError as error:
            if "NotFound" in refusal(error).get("Code", ""):
                return False
            raise
    return True
