"""Deliveries of logs that AWS services write: sources, destinations, and what connects them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles


@handles("AWS::Logs::DeliverySource")
class DeliverySource(Handler):
    """The resource that writes the logs is one of a list, as the API shows it."""

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        rest = {name: value for name, value in asked.items() if name != "resourceArn"}
        super().verify(state, {**rest, "resourceArns": [asked["resourceArn"]]} if "resourceArn" in asked else rest)


@handles("AWS::Logs::DeliveryDestination")
class DeliveryDestination(Handler):
    """The call takes the destination inside of a configuration."""

    def supports(self, name: str) -> bool:
        return name == "DestinationResourceArn" or super().supports(name)

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in properties.items() if name != "DestinationResourceArn"}
        arguments = super().create_arguments(rest)
        target = properties.get("DestinationResourceArn")
        return {**arguments, "deliveryDestinationConfiguration": {"destinationResourceArn": target}}
