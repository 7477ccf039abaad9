"""From an architecture and its usage to an estimate."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING, Literal

from groundplan.catalog import prices as catalog_prices
from groundplan.cost import (
    compute,
    databases,
    delivery,
    edge,
    governance,
    kubernetes,
    messaging,
    monitoring,
    network,
    security,
    storage,
    tracing,
)
from groundplan.cost.bill import DATA, Allowances, Bill, PriceLookup, Pricer, stores
from groundplan.cost.model import Estimate, Free, Range, Unpriced, total
from groundplan.errors import suggestion
from groundplan.resources import Architecture
from groundplan.resources.containers import ContainerRepository
from groundplan.resources.files import FileSystem
from groundplan.resources.storage import Bucket

if TYPE_CHECKING:
    from groundplan.blueprint.models import Usage
    from groundplan.units import MonthlyAmount

PRICERS: tuple[Pricer, ...] = (
    *compute.PRICERS,
    *kubernetes.PRICERS,
    *databases.PRICERS,
    *edge.PRICERS,
    *delivery.PRICERS,
    *network.PRICERS,
    *storage.PRICERS,
    *messaging.PRICERS,
    *security.PRICERS,
    *monitoring.PRICERS,
    *tracing.PRICERS,
    *governance.PRICERS,
)
"""How each kind that costs something is charged, in the order of the bill."""


@cache
def free_kinds() -> dict[str, tuple[str, str]]:
    """Kinds that have no charge of their own: kind to why and source, out of ``data/free.csv``."""
    with (DATA / "free.csv").open(encoding="utf-8", newline="") as file:
        return {row["kind"]: (row["why"], row["source"]) for row in csv.DictReader(file)}


def estimate(
    architecture: Architecture,
    usage: Usage,
    budget: MonthlyAmount | None,
    *,
    allowances: Allowances | None = None,
    prices: PriceLookup = catalog_prices.price,
) -> Estimate:
    """What an environment costs in a month of 730 hours, at the desired number of tasks.

    ``allowances`` is what the account's free allowances still hold, and is used up; environments that share an
    account share one. Default: all of them. ``prices`` finds a price by sku and region; default: the catalog.
    Usage of something that the architecture does not have costs nothing.
    """
    left = allowances if allowances is not None else Allowances()
    before = left.copy()
    bill = _bill(architecture, usage, prices, left, "desired")
    return Estimate(
        region=architecture.region,
        lines=tuple(bill.lines),
        unpriced=(*bill.unpriced, *_unknown_kinds(architecture), *_unknown_stores(architecture, usage)),
        free=(*bill.free, *_free(architecture)),
        range=Range(
            least=total(_bill(architecture, usage, prices, before.copy(), "least").lines),
            most=total(_bill(architecture, usage, prices, before.copy(), "most").lines),
        ),
        budget=budget,
    )


def _bill(
    architecture: Architecture,
    usage: Usage,
    prices: PriceLookup,
    allowances: Allowances,
    scale: Literal["desired", "least", "most"],
) -> Bill:
    bill = Bill(architecture, usage, prices, allowances, scale)
    for pricer in PRICERS:
        pricer.charge(bill)
    return bill


def _free(architecture: Architecture) -> list[Free]:
    known = free_kinds()
    return [Free(item.address, *known[item.kind_name()]) for item in architecture if item.kind_name() in known]


def _unknown_kinds(architecture: Architecture) -> list[Unpriced]:
    known = {pricer.kind.kind_name() for pricer in PRICERS} | free_kinds().keys()
    return [
        Unpriced(item.address, f"no price model for {item.title or item.kind_name()} exists yet")
        for item in architecture
        if item.kind_name() not in known
    ]


def _unknown_stores(architecture: Architecture, usage: Usage) -> list[Unpriced]:
    names = {bucket.name for bucket in architecture.of(Bucket)}
    names |= {repository.name for repository in architecture.of(ContainerRepository)}
    names |= {system.name for system in architecture.of(FileSystem)}
    return [
        Unpriced(f"usage.stored.{name}", f"no bucket, repository or file system has this name{suggestion(name, names)}")
        for name in stores(usage)
        if name not in names
    ]
