"""EC2 networks: the endpoint that is of no type."""

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
