"""What has to exist first although nothing refers to it.

CloudFormation's stacks by concern stand in that order anyway. Terraform, and a template for a whole region, make
everything side by side that nothing holds apart.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
and https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from groundplan.resources import Architecture, Resource
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsService
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.network import InternetGateway, Route, VpcEndpoint
from groundplan.resources.storage import BucketPolicy
from groundplan.resources.values import Ref

if TYPE_CHECKING:
    from groundplan.design.keeping import Kept

_WAITING = LoadBalancer | EcsService | AutoScalingGroup | NodeGroup


def with_order(architecture: Architecture, kept: Kept | None = None) -> Architecture:
    """The same architecture, in which resources name what has to be there before they are of use."""
    ordered = [_ordered(resource, architecture) for resource in architecture]
    return kept.in_order(ordered, architecture.with_resources) if kept else architecture.with_resources(ordered)


def _ordered(resource: Resource, architecture: Architecture) -> Resource:
    if not isinstance(resource, _WAITING):
        return resource
    first = tuple(dict.fromkeys((*resource.depends_on, *_first(resource, architecture))))
    return replace(resource, depends_on=first) if len(first) > len(resource.depends_on) else resource


def _first(resource: Resource, architecture: Architecture) -> Iterator[Ref[Resource]]:
    if isinstance(resource, LoadBalancer):
        # Elastic Load Balancing refuses a VPC without a gateway, and a log bucket that it may not write to yet.
        if resource.scheme == "internet-facing":
            yield from (gateway.ref for gateway in architecture.of(InternetGateway))
        logs = resource.access_log_bucket
        yield from (policy.ref for policy in architecture.of(BucketPolicy) if logs and policy.bucket == logs)
    if isinstance(resource, EcsService | AutoScalingGroup | NodeGroup):
        # Tasks pull their image, and instances join their cluster, by ways that have to lead somewhere.
        yield from (route.ref for route in architecture.of(Route))
        yield from (endpoint.ref for endpoint in architecture.of(VpcEndpoint))
