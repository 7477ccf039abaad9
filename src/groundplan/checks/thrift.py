"""What rules about cost ask: what an hour costs, and whether an environment is one that has to survive a zone."""

from __future__ import annotations

from decimal import Decimal

from groundplan.catalog import prices
from groundplan.checks.facts import primaries
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.scaling import ScalableTarget

HOURS = 730
"""Hours of a month, as AWS counts them."""


def redundant(architecture: Architecture) -> bool:
    """Whether anything is there twice: a standby of a database, a service of two tasks or pods."""
    if any(database.multi_az for database in primaries(architecture)):
        return True
    scaled = {target.service: target.min_capacity for target in architecture.of(ScalableTarget)}
    if any(scaled.get(service.ref, service.desired_count) > 1 for service in architecture.of(EcsService)):
        return True
    return any(getattr(workload, "replicas", 1) > 1 for workload in architecture.workloads)


def monthly(sku: str, region: str, count: Decimal | int = 1) -> str:
    """``33 USD/month`` for what is charged by the hour; ``more every month`` where no price may be quoted."""
    price = prices.price(sku, region)
    if price is None or price.confidence <= prices.Confidence.LOW:
        return "more every month"
    return f"{(price.usd * HOURS * count).quantize(Decimal(1))} USD/month"
