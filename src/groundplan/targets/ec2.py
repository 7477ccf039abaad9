"""The part of EC2's client that is used here: the whole of its types would take a type checker longer than all else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, Protocol, TypedDict


class SecurityGroup(TypedDict):
    """A security group as EC2 answers.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html
    """

    GroupId: str
    IpPermissions: NotRequired[Sequence[Mapping[str, object]]]
    IpPermissionsEgress: NotRequired[Sequence[Mapping[str, object]]]


class SecurityGroups(Protocol):
    """A client for security groups. The names of arguments are EC2's."""

    def describe_security_groups(
        self,
        *,
        Filters: Sequence[Mapping[str, object]],  # noqa: N803
    ) -> Mapping[str, Sequence[SecurityGroup]]:
        """``SecurityGroups`` that a filter lets through."""

    def revoke_security_group_ingress(
        self,
        *,
        GroupId: str,  # noqa: N803
        IpPermissions: Sequence[Mapping[str, object]],  # noqa: N803
    ) -> object:
        """Take away rules for traffic inwards."""

    def revoke_security_group_egress(
        self,
        *,
        GroupId: str,  # noqa: N803
        IpPermissions: Sequence[Mapping[str, object]],  # noqa: N803
    ) -> object:
        """Take away rules for traffic outwards."""

    def describe_instances(
        self,
        *,
        InstanceIds: Sequence[str],  # noqa: N803
    ) -> Mapping[str, Sequence[Mapping[str, Sequence[Mapping[str, Mapping[str, str]]]]]]:
        """``Reservations`` with ``Instances``, each with a ``State`` that has a ``Name``."""

    def describe_nat_gateways(
        self,
        *,
        NatGatewayIds: Sequence[str],  # noqa: N803
    ) -> Mapping[str, Sequence[Mapping[str, str]]]:
        """``NatGateways``, each with a ``State``."""

    def describe_vpc_endpoints(
        self,
        *,
        VpcEndpointIds: Sequence[str],  # noqa: N803
    ) -> Mapping[str, Sequence[Mapping[str, str]]]:
        """``VpcEndpoints``, each with a ``State``."""
