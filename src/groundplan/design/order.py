"""What has to exist first although nothing refers to it.

CloudFormation's stacks by concern stand in that order anyway. Terraform, and a template for a whole region, make
everything side by side that nothing holds apart.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
and https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from groundplan.record import replace
from groundplan.resources.base import Resource
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsService
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.network import InternetGateway, Route, VpcEndpoint
from groundplan.resources.storage import BucketPolicy
from groundplan.resources.values import Ref

R = TypeVar("R", bound=Resource)

_WAITING = LoadBalancer | EcsService | AutoScalingGroup | NodeGroup


def with_order(resources: Iterable[Resource]) -> list[Resource]:
    """The same resources, which name what has to be there before they are of use."""
    before = _Before(resources)
    return [before.named_by(item) if isinstance(item, _WAITING) else item for item in before.resources]


class _Before:
    """What others wait for."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = tuple(resources)
        self._gateways = [gateway.ref for gateway in self._of(InternetGateway)]
        self._policies = self._of(BucketPolicy)
        # Tasks pull their image, and instances join their cluster, by ways that have to lead somewhere.
        self._ways = [*(route.ref for route in self._of(Route)), *(endpoint.ref for endpoint in self._of(VpcEndpoint))]

    def _of(self, kind: type[R]) -> list[R]:
        return [item for item in self.resources if isinstance(item, kind)]

    def named_by(self, resource: Resource) -> Resource:
        """A resource that waits, with what it waits for."""
        needed = self._of_balancer(resource) if isinstance(resource, LoadBalancer) else self._ways
        first = tuple(dict.fromkeys((*resource.depends_on, *needed)))
        return replace(resource, depends_on=first) if len(first) > len(resource.depends_on) else resource

    def _of_balancer(self, balancer: LoadBalancer) -> Iterator[Ref[Resource]]:
        """Elastic Load Balancing refuses a VPC without a gateway, and a log bucket that it may not write to yet."""
        if balancer.scheme == "internet-facing":
            yield from self._gateways
        if balancer.access_log_bucket:
            yield from (policy.ref for policy in self._policies if policy.bucket == balancer.access_log_bucket)
