"""The bill in the making: families of resources charge to it, and it looks prices up, applies allowances and says
why something has no price."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from groundplan.catalog.prices import Confidence, Price
from groundplan.cost.model import Free, Kind, Line, Unpriced
from groundplan.cost.quantities import MONTH, Quantity, number
from groundplan.cost.usage import CASES, Case, Used, used
from groundplan.record import Record, dataclass
from groundplan.resources import Architecture, Resource
from groundplan.resources.architecture import STANDBY
from groundplan.resources.containers import (
    ContainerRepository,
    EcsService,
)
from groundplan.resources.files import FileSystem
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.storage import Bucket

if TYPE_CHECKING:
    from groundplan.blueprint.models import Usage
    from groundplan.units import DataSize

DATA = Path(__file__).parent / "data"

MINUTES_PER_WEEK = 7 * 24 * 60

R = TypeVar("R", bound=Resource)

PriceLookup: TypeAlias = Callable[[str, str], Price | None]
"""From sku and region to the price there, a worldwide price, or None; never another region's price."""

Chargeable: TypeAlias = "Resource | tuple[Resource, ...]"
"""Who causes a charge: one resource, or all of a kind together where their usage is stated as one figure."""


@dataclass(frozen=True)
class Allowance(Record):
    """What AWS gives every account free of charge each month, without an end."""

    sku: str
    quantity: Decimal
    """In the unit of the sku."""
    source: str
    source_date: str


@cache
def known_allowances() -> dict[str, Allowance]:
    """The always-free allowances by sku, out of ``data/allowances.csv``."""
    with (DATA / "allowances.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["sku"]: Allowance(row["sku"], Decimal(row["quantity"]), row["source"], row["source_date"])
            for row in csv.DictReader(file)
        }


@dataclass(frozen=True)
class Tier(Record):
    """How much of a sku has its price, before another one holds."""

    sku: str
    quantity: Decimal
    """In the unit of the sku, a month, by account and region; by account alone where its price holds everywhere."""
    words: str
    next: str
    """The sku of what is beyond; empty where the price book has none."""
    source: str
    source_date: str


@cache
def known_tiers() -> dict[str, Tier]:
    """The tiers by sku, out of ``data/tiers.csv``. A sku that is not there has one price for any quantity."""
    with (DATA / "tiers.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["sku"]: Tier(
                row["sku"], Decimal(row["quantity"]), row["words"], row["next"], row["source"], row["source_date"]
            )
            for row in csv.DictReader(file)
        }


class Allowances:
    """What is left of an account's free allowances this month, and of the tiers of what gets cheaper by the quantity.

    An allowance counts once per account: estimates of several environments in one account share one of these.
    A quiet month and a busy one leave different rests: each case of usage has its own.
    """

    def __init__(self) -> None:
        whole = {sku: allowance.quantity for sku, allowance in known_allowances().items()}
        self._left: dict[Case, dict[str, Decimal]] = {case: dict(whole) for case in CASES}
        self._charged: dict[Case, dict[tuple[str, str], Decimal]] = {case: {} for case in CASES}

    def take(self, sku: str, wanted: Decimal, case: Case = "expected") -> Decimal:
        """Use up as much of the allowance as is left and wanted; returns how much that is."""
        left = self._left[case]
        taken = min(wanted, left.get(sku, Decimal(0)))
        if taken:
            left[sku] -= taken
        return taken

    def fill(self, tier: Tier, region: str, wanted: Decimal, case: Case = "expected") -> Decimal:
        """Use up as much of a tier as is left and wanted; returns how much that is."""
        charged = self._charged[case]
        taken = min(wanted, tier.quantity - charged.get((tier.sku, region), Decimal(0)))
        charged[tier.sku, region] = charged.get((tier.sku, region), Decimal(0)) + taken
        return taken

    def copy(self) -> Allowances:
        """The same rest, used up apart from this one."""
        other = Allowances()
        other._charged = {case: dict(charged) for case, charged in self._charged.items()}
        other._left = {case: dict(left) for case, left in self._left.items()}
        return other

    @property
    def differ(self) -> bool:
        """Whether the cases have left different rests."""
        return any(
            self._left[case] != self._left["expected"] or self._charged[case] != self._charged["expected"]
            for case in CASES
        )

    def as_expected(self) -> None:
        """Leave in every case what the expected one has left."""
        for case in CASES:
            self._left[case] = dict(self._left["expected"])
            self._charged[case] = dict(self._charged["expected"])


def stores(usage: Used) -> dict[str, DataSize]:
    """What is kept, by the name that the architecture gives: underscores instead of the blueprint's hyphens."""
    return {name.replace("-", "_"): size for name, size in usage.stored.items()}


class Bill:
    """Collects what an architecture costs. One call of ``charge`` becomes one line, or the reason why there is none."""

    def __init__(
        self,
        architecture: Architecture,
        usage: Usage,
        prices: PriceLookup,
        allowances: Allowances,
        scale: Literal["desired", "least", "most"] = "desired",
        case: Case = "expected",
    ) -> None:
        self.architecture = architecture
        self.usage = used(usage, case)
        self.case = case
        self.prices = prices
        self.allowances = allowances
        self.scale = scale
        self._scaling = {target.service: target for target in architecture.of(ScalableTarget)}
        self.lines: list[Line] = []
        self.unpriced: list[Unpriced] = []
        self.free: list[Free] = []

    def hours(self, resource: Resource) -> Quantity:
        """The hours of a month in which a resource runs: all of them, save where off-hours stop it."""
        share = self._share(resource)
        return MONTH if share is None else MONTH * share

    def while_running(self, resource: Resource, quantity: Quantity) -> Quantity:
        """A quantity that is charged by the month, and only for the time in which a resource runs."""
        share = self._share(resource)
        return quantity if share is None else quantity * share

    def _share(self, resource: Resource) -> Quantity | None:
        """The share of a week in which off-hours let a resource run, in words that give it exactly."""
        stopped = self.architecture.off_hours
        minutes = stopped.running.get(resource.ref) if stopped else None
        if minutes is None:
            return None
        share = Decimal(minutes) / MINUTES_PER_WEEK
        if minutes % 3:  # no decimal fraction of an hour
            return Quantity(share, f"{number(Decimal(minutes))} / {number(Decimal(MINUTES_PER_WEEK))} min a week")
        return Quantity(share, f"{number(Decimal(minutes) / 60)} / {MINUTES_PER_WEEK // 60} h a week")

    def stored(self, resource: Bucket | ContainerRepository | FileSystem) -> DataSize | None:
        """How much a bucket, repository or file system keeps, where usage states it."""
        return stores(self.usage).get(self._stored_name(resource))

    def not_stated(self, resource: Bucket | ContainerRepository | FileSystem) -> str:
        """Why it is not known how much is kept."""
        if resource.address in self.architecture.in_standby and not isinstance(resource, ContainerRepository):
            return "usage does not state what the standby keeps for itself"
        return f"usage.stored.{self._stored_name(resource).replace('_', '-')} is not stated"

    def _stored_name(self, resource: Bucket | ContainerRepository | FileSystem) -> str:
        there = resource.address in self.architecture.in_standby
        # The standby has the same images, copied.
        return (
            resource.name.removeprefix(STANDBY)
            if there and isinstance(resource, ContainerRepository)
            else resource.name
        )

    def charge(
        self,
        resource: Chargeable,
        sku: str,
        quantity: Quantity,
        kind: Kind = "fixed",
        *,
        discount: str | None = None,
        note: str = "",
        region: str | None = None,
    ) -> None:
        """Add a line: a quantity in the sku's unit, times its price.

        ``discount`` names a sku that holds percent off; ``note`` follows the formula; ``region`` is whose price holds
        where that is not the resource's. What an allowance covers wholly is free even where the price is not known, and
        so is nothing of whatever it is. What is beyond the sku's tier is charged by the next one, or is unpriced where
        the price book has none.
        """
        there = region or self.region(resource)
        if tier := known_tiers().get(sku):
            quantity, beyond = self._within(tier, there, quantity)
            if beyond.value and tier.next:
                if quantity.value:
                    self._charge(resource, sku, quantity, kind, discount, note, there)
                self.charge(resource, tier.next, beyond, kind, discount=discount, note=note, region=there)
                return
            if beyond.value:
                why = f"{beyond.words}: no price of {sku} beyond the first {tier.words} is known"
                self.add_unpriced(resource, why, lacks_price=True, sku=sku)
                if not quantity.value:
                    return
        self._charge(resource, sku, quantity, kind, discount, note, there)

    def _within(self, tier: Tier, region: str, quantity: Quantity) -> tuple[Quantity, Quantity]:
        """The part of a quantity that a tier's price holds for, and the rest."""
        price = self.prices(tier.sku, region)
        # What has one price everywhere is counted for the whole account.
        within = self.allowances.fill(tier, price.region if price else region, quantity.value, self.case)
        if within == quantity.value:
            return quantity, Quantity(Decimal(0), "")
        rest = quantity.value - within
        return (
            Quantity(within, f"{number(within)} of {quantity.words}"),
            Quantity(rest, f"{number(rest)} of {quantity.words}"),
        )

    def _charge(
        self,
        resource: Chargeable,
        sku: str,
        quantity: Quantity,
        kind: Kind,
        discount: str | None,
        note: str,
        region: str,
    ) -> None:
        taken = self.allowances.take(sku, quantity.value, self.case)
        if taken:
            allowance = known_allowances()[sku]
            quantity = quantity.less(taken, f"of {number(allowance.quantity)} free per account")
        price = self.price(sku, resource, region)
        if isinstance(price, str):
            if quantity.value:
                self._add_without_price(resource, sku, quantity, price, region)
            else:
                source = known_allowances()[sku].source if taken else "the quantity is nothing"
                self.add_free(resource, f"{sku}: {quantity.words}", source)
            return
        line = _line(_address(resource), price, quantity, kind)
        if discount is not None:
            percent = self.price(discount, resource, region)
            if isinstance(percent, str):
                self.add_unpriced(resource, f"{quantity.words}: {percent}", lacks_price=True, sku=sku)
                return
            line = _discounted(line, percent)
        self.lines.append(replace(line, formula=f"{line.formula} ({note})") if note else line)

    def _add_without_price(self, resource: Chargeable, sku: str, quantity: Quantity, why: str, region: str) -> None:
        """What is due and has no price that may be quoted; with what a doubtful one would make of it."""
        doubtful = self.prices(sku, region)
        usd = None if doubtful is None else quantity.value * doubtful.usd
        found = Unpriced(_address(resource), f"{quantity.words}: {why}", lacks_price=True, doubtful=usd, sku=sku)
        self.unpriced.append(found)

    def price(self, sku: str, resource: Chargeable, region: str | None = None) -> Price | str:
        """The price in a region (default: the resource's), or a sentence that says why none may be quoted."""
        region = region or self.region(resource)
        price = self.prices(sku, region)
        if price is None:
            return f"no price of {sku} is known in {region}"
        if price.confidence is Confidence.LOW:
            return (
                f"only a low-confidence price of {sku} is known in {region}: "
                f"{number(price.usd)} USD per {price.unit} from {price.source}"
            )
        return price

    def region(self, resource: Chargeable) -> str:
        """The AWS region whose prices hold for a resource."""
        own = resource.region if isinstance(resource, Resource) else None
        return own or self.architecture.region

    def each(self, sku: str, resource: Chargeable) -> str:
        """``, 0.003 USD each``, or nothing where no price is known well enough to be quoted."""
        price = self.price(sku, resource)
        return "" if isinstance(price, str) else f", {number(price.usd)} USD each"

    def add_unpriced(
        self, resource: Chargeable, why: str, *, lacks_price: bool = False, sku: str | None = None
    ) -> None:
        """Say that something costs money, and why it is not known how much."""
        self.unpriced.append(Unpriced(_address(resource), why, lacks_price, sku=sku))

    def add_free(self, resource: Chargeable, why: str, source: str) -> None:
        """Say that something has no charge of its own."""
        self.free.append(Free(_address(resource), why, source))

    def tasks(self, service: EcsService) -> int:
        """How many tasks of a service are priced: as many as desired, or a bound of its scaling."""
        target = self._scaling.get(service.ref)
        if self.scale == "desired" or target is None:
            return service.desired_count
        return target.min_capacity if self.scale == "least" else target.max_capacity


@dataclass(frozen=True)
class Pricer(Record):
    """How the resources of one kind are charged, all of them at once."""

    kind: type[Resource]
    charge: Callable[[Bill], None]


def pricer(kind: type[R], charge: Callable[[Bill, tuple[R, ...]], None]) -> Pricer:
    """A pricer that is called only where resources of its kind exist."""

    def charge_all(bill: Bill) -> None:
        found = bill.architecture.of(kind)
        if found:
            charge(bill, found)

    return Pricer(kind, charge_all)


def _address(resource: Chargeable) -> str:
    if isinstance(resource, Resource):
        return resource.address
    return resource[0].address if len(resource) == 1 else f"{resource[0].kind_name()}.*"


def _line(address: str, price: Price, quantity: Quantity, kind: Kind) -> Line:
    return Line(
        resource=address,
        sku=price.sku,
        quantity=quantity.value,
        unit=price.unit,
        unit_price=price.usd,
        monthly=quantity.value * price.usd,
        formula=f"{quantity.words} × {number(price.usd)} USD",
        source=price.source,
        source_date=price.source_date,
        confidence=price.confidence,
        kind=kind,
    )


def _discounted(line: Line, percent: Price) -> Line:
    unit_price = line.unit_price * (1 - percent.usd / 100)
    return replace(
        line,
        unit_price=unit_price,
        monthly=line.quantity * unit_price,
        formula=f"{line.formula} × (100 − {number(percent.usd)}) %",
        source=f"{line.source}; {percent.sku}: {percent.source}",
        source_date=f"{line.source_date}; {percent.source_date}",
        confidence=min(line.confidence, percent.confidence),
    )
