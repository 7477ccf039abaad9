"""EC2 networks: the endpoint that is of no type, what goes with a network."""

from __future__ import annotations

from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once


@once
def endpoints_are_gateways() -> None:
    """moto makes a VPC endpoint of no type, and fails when it is deleted; AWS makes a gateway of it.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html, VpcEndpointType
    """
    from moto.ec2.models.vpcs import VPCBackend

    original = VPCBackend.create_vpc_endpoint

    @wraps(original)
    def create(self: Any, vpc_id: str, service_name: str, endpoint_type: str | None, *args: Any, **rest: Any) -> Any:
        return original(self, vpc_id, service_name, endpoint_type or "Gateway", *args, **rest)

    setattr(VPCBackend, "create_vpc_endpoint", create)  # noqa: B010 - mypy forbids assigning to a method


@once
def default_lists_go_with_their_network() -> None:
    """moto leaves the default network ACL of a VPC behind that it deletes.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
    """
    from moto.ec2.models.vpcs import VPCBackend

    original = VPCBackend.delete_vpc

    @wraps(original)
    def delete(self: Any, vpc_id: str) -> Any:
        vpc = original(self, vpc_id)
        for acl in [
            acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id and acl.default in (True, "true")
        ]:
            del self.network_acls[acl.id]
        return vpc

    setattr(VPCBackend, "delete_vpc", delete)  # noqa: B010 - mypy forbids assigning to a method
