"""From an architecture and its usage to an estimate."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Literal

from groundplan.catalog import prices as catalog_prices
from groundplan.cost import (
    compute,
    databases,
    delivery,
    detection,
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
from groundplan.cost.forecast import ranged, with_busy_month
from groundplan.cost.model import Estimate, Forecast, Free, OffHoursCost, Range, StandbyCost, Unpriced, sums, total
from groundplan.cost.usage import Case, Used, has_range
from groundplan.errors import suggestion
from groundplan.resources import Architecture, Resource
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
    *detection.PRICERS,
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
    Usage of something that the architecture does not have costs nothing. Where usage states low or high, the
    estimate has a ``forecast`` and its lines a ``low`` and a ``high``.
    """
    left = allowances if allowances is not None else Allowances()
    before = left.copy()
    bill = _bill(architecture, usage, prices, left, "desired")
    there = architecture.standby
    standby = None
    if there is not None:
        own = total(line for line in bill.lines if line.resource in architecture.in_standby)
        standby = StandbyCost(there.region, own)
    forecast, lines, unpriced = None, tuple(bill.lines), tuple(bill.unpriced)
    if has_range(usage) or before.differ:
        low = _bill(architecture, usage, prices, left, "desired", "low")
        high = _bill(architecture, usage, prices, left, "desired", "high")
        forecast = Forecast(sums(low.lines), sums(lines), sums(high.lines))
        lines = ranged(lines, low.lines, high.lines)
        unpriced = with_busy_month(unpriced, high.unpriced)
    else:
        left.as_expected()
    return Estimate(
        region=architecture.region,
        lines=lines,
        unpriced=(*unpriced, *_unknown_kinds(architecture), *_unknown_stores(architecture, bill.usage)),
        free=(*bill.free, *_free(architecture)),
        range=Range(
            least=lambda: total(_bill(architecture, usage, prices, before.copy(), "least").lines),
            most=lambda: total(_bill(architecture, usage, prices, before.copy(), "most").lines),
        ),
        budget=budget,
        standby=standby,
        off_hours=_off_hours(
            architecture, bill, _bill(_always_on(architecture), usage, prices, before.copy(), "desired")
        )
        if architecture.off_hours
        else None,
        forecast=forecast,
    )


def _always_on(architecture: Architecture) -> Architecture:
    return replace(architecture, off_hours=None)


def _off_hours(architecture: Architecture, bill: Bill, full: Bill) -> OffHoursCost:
    """Compared with the same that is never stopped."""
    hours = architecture.off_hours
    assert hours is not None
    stopped = {ref.address for ref in hours.running}
    by_the_hour = (line.resource for line in bill.lines if line.kind == "fixed" and line.sku.endswith("hour"))
    return OffHoursCost(
        hours_per_week=Decimal(hours.calendar.minutes_on()) / 60,
        saved=total(full.lines) - total(bill.lines),
        stopped=tuple(sorted(stopped)),
        always_on=tuple(dict.fromkeys(address for address in by_the_hour if address not in stopped)),
    )


def _bill(
    architecture: Architecture,
    usage: Usage,
    prices: PriceLookup,
    allowances: Allowances,
    scale: Literal["desired", "least", "most"],
    case: Case = "expected",
) -> Bill:
    bill = Bill(architecture, usage, prices, allowances, scale, case)
    for pricer in PRICERS:
        pricer.charge(bill)
    return bill


def _free(architecture: Architecture) -> list[Free]:
    known = free_kinds()
    return [Free(item.address, *known[item.kind_name()]) for item in architecture if item.kind_name() in known]


def _unknown_kinds(architecture: Architecture) -> list[Unpriced]:
    known = _known_kinds()
    return [Unpriced(item.address, _why_unknown(item)) for item in architecture if item.kind_name() not in known]


@cache
def _known_kinds() -> frozenset[str]:
    """What has a price, or none of its own."""
    return frozenset((*(pricer.kind.kind_name() for pricer in PRICERS), *free_kinds()))


def _why_unknown(resource: Resource) -> str:
    if resource.cloud == "google":
        return "no price source for Google Cloud in the catalog"
    return f"no price model for {resource.title or resource.kind_name()} exists yet"


def _unknown_stores(architecture: Architecture, usage: Used) -> list[Unpriced]:
    names = {bucket.name for bucket in architecture.of(Bucket)}
    names |= {repository.name for repository in architecture.of(ContainerRepository)}
    names |= {system.name for system in architecture.of(FileSystem)}
    return [
        Unpriced(f"usage.stored.{name}", f"no bucket, repository or file system has this name{suggestion(name, names)}")
        for name in stores(usage)
        if name not in names
    ]
