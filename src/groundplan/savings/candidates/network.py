"""NAT gateways and endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Plain
from groundplan.blueprint.usage import SizeForecast
from groundplan.savings.change import Change
from groundplan.units import DataSize

GATEWAYS = ("s3", "dynamodb")
"""Services that have an endpoint without a charge.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""
TASKS = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
"""What a task asks of AWS before and while it runs.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
"""


def changes(blueprint: Blueprint) -> Iterator[Change]:
    """Fewer gateways, endpoints instead of them and the other way round."""
    network, usage = blueprint.network, blueprint.usage
    if network.nat == "per-zone" and len(network.zones) > 1:
        yield Change(
            "network",
            "one NAT gateway",
            {"network.nat": "single"},
            "when its zone fails, nothing reaches the internet; traffic from other zones is charged between zones",
        )
    if network.nat != "none":
        yield Change(
            "network",
            "no NAT gateway",
            {"network.nat": "none"},
            "tasks stand in public subnets with addresses of their own",
        )
    interfaces = [name for name in network.endpoints if name not in GATEWAYS]
    gateways: list[str] = [name for name in network.endpoints if name in GATEWAYS]
    if interfaces:
        moved: dict[str, Plain] = {}
        if usage.endpoints is not None and network.nat != "none":
            moved = {"usage.nat": str(_sum(usage.nat, usage.endpoints)), "usage.endpoints": "0 GB"}
        yield Change(
            "network",
            "no interface endpoints",
            {"network.endpoints": [*gateways], **moved},
            "what went through them goes over the internet, and through NAT gateways at their price for each GB",
            choice=not moved,
        )
    if network.nat == "none" or usage.nat is None:
        return
    if "s3" not in network.endpoints:
        yield Change(
            "network",
            "S3 by a gateway endpoint instead of NAT",
            {"network.endpoints": [*network.endpoints, "s3"]},
            "at most: as if all of usage.nat went to S3",
            at_best={"usage.nat": "0 GB"},
        )
    more = [name for name in TASKS if name not in network.endpoints]
    if more:
        yield Change(
            "network",
            "interface endpoints instead of NAT traffic",
            {"network.endpoints": [*network.endpoints, *more]},
            "at most: as if all of usage.nat went to these services",
            at_best={"usage.nat": "0 GB", "usage.endpoints": str(_sum(usage.nat, usage.endpoints))},
        )


def _sum(one: SizeForecast | DataSize | None, two: SizeForecast | DataSize | None) -> DataSize:
    """What is expected of both together."""
    sizes = (size.expected if isinstance(size, SizeForecast) else size for size in (one, two))
    return DataSize(sum(size.mib for size in sizes if size is not None))
