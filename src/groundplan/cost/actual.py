"""What AWS has charged beside what was estimated, charge by charge and concern by concern.

Cost Explorer names a charge by service and usage type (``APS3-NatGateway-Hours``), an estimate by the SKUs of the price
book. The selectors of the price list (:mod:`groundplan.catalog.price_list`) say which is which; a SKU that has none is
found by its service alone (``data/billed_services.csv``).
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from groundplan.catalog import prices
from groundplan.catalog.price_list import selectors, usage_prefixes
from groundplan.catalog.prices import GLOBAL
from groundplan.cost.bill import DATA
from groundplan.cost.concerns import concern_of
from groundplan.cost.model import Estimate
from groundplan.record import Record, dataclass
from groundplan.resources import CONCERNS, Architecture, Concern

DRIFT_PERCENT = Decimal(20)
DRIFT_USD = Decimal(1)
"""A charge drifts where it is off by more than both: small charges and small differences are not worth a look."""
_EVERY_SERVICE = "*"


@dataclass(frozen=True)
class Spent(Record):
    """What AWS has charged for one usage type."""

    service: str
    """As Cost Explorer calls it: ``EC2 - Other``."""
    usage_type: str
    usd: Decimal


@dataclass(frozen=True)
class Spending(Record):
    """What an environment has cost in part of a month."""

    start: date
    """The first of a month."""
    end: date
    """The first day that is not counted."""
    items: tuple[Spent, ...]
    forecast: Decimal | None
    """What AWS expects from ``end`` to the end of the month; None where it has too little to go by."""

    @property
    def usd(self) -> Decimal:
        """All of it."""
        return sum((item.usd for item in self.items), Decimal(0))

    def part(self, monthly: Decimal) -> Decimal:
        """What a monthly amount is for as many days."""
        return monthly * (self.end - self.start).days / monthrange(self.start.year, self.start.month)[1]


@dataclass(frozen=True)
class Charge(Record):
    """One kind of charge: estimated for the same days, and billed."""

    name: str
    """The usage types of the bill, or the SKUs of the estimate where the bill has nothing."""
    parts: Mapping[Concern | None, Decimal]
    """What each concern is estimated to cause of it; empty for what the estimate does not have."""
    actual: Decimal

    @property
    def estimated(self) -> Decimal:
        return sum(self.parts.values(), Decimal(0))

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """What it is for, as the estimate has it."""
        return tuple(concern for concern in CONCERNS if concern in self.parts)

    def actual_of(self, concern: Concern | None) -> Decimal:
        """A concern's part of what is billed: as large as its part of the estimate."""
        if not self.estimated:
            causes = self.parts or {None: Decimal(0)}
            return self.actual / len(causes) if concern in causes else Decimal(0)
        return self.actual * self.parts.get(concern, Decimal(0)) / self.estimated

    @property
    def difference(self) -> Decimal:
        return self.actual - self.estimated

    @property
    def drifts(self) -> bool:
        """Whether the difference is worth a look."""
        return abs(self.difference) > max(DRIFT_USD, self.estimated * DRIFT_PERCENT / 100)


@dataclass(frozen=True)
class ConcernSpending(Record):
    """A concern's part of the estimate for the same days, and of the bill. None: what no concern accounts for."""

    concern: Concern | None
    estimated: Decimal
    actual: Decimal


@dataclass(frozen=True)
class Comparison(Record):
    """The bill so far beside the estimate."""

    spending: Spending
    estimated: Decimal
    """The estimate of the month, for as many days of it as are billed."""
    concerns: tuple[ConcernSpending, ...]
    charges: tuple[Charge, ...]

    @property
    def month(self) -> Decimal | None:
        """What the month will have cost by AWS's forecast; None without one."""
        return None if self.spending.forecast is None else self.spending.usd + self.spending.forecast

    @property
    def drifts(self) -> tuple[Charge, ...]:
        """What is off, the largest difference first."""
        return tuple(sorted((each for each in self.charges if each.drifts), key=lambda each: -abs(each.difference)))


def compare(architecture: Architecture, estimate: Estimate, spending: Spending) -> Comparison:
    """Set what was spent beside what was estimated for as many days.

    A charge that several concerns cause together is divided between them as the estimate divides it.
    """
    parts = _parts(architecture, estimate, spending)
    regions = (architecture.region, *((architecture.standby.region,) if architecture.standby else ()))
    named = _by_usage_type(parts, (*regions, GLOBAL))
    billed: dict[frozenset[str], list[Spent]] = {}
    unexpected: list[Spent] = []
    for item in spending.items:
        skus = _skus(item, named, parts)
        if skus:
            billed.setdefault(skus, []).append(item)
        else:
            unexpected.append(item)
    charges = [_charge(skus, items, parts) for skus, items in _joined(billed)]
    seen = {sku for skus in billed for sku in skus}
    charges += [_charge(frozenset({sku}), [], parts) for sku in sorted(parts) if sku not in seen]
    charges += [Charge(f"{item.service}: {item.usage_type}", {}, item.usd) for item in unexpected]
    return Comparison(
        spending=spending,
        estimated=spending.part(estimate.monthly),
        concerns=_concerns(charges),
        charges=tuple(charges),
    )


_Parts = Mapping[str, Mapping[Concern | None, Decimal]]
"""SKU to what each concern is estimated to cause of it."""


def _parts(architecture: Architecture, estimate: Estimate, spending: Spending) -> _Parts:
    known = concern_of(architecture)
    found: dict[str, dict[Concern | None, Decimal]] = {}
    for line in estimate.lines:
        concerns = found.setdefault(line.sku, {})
        concern = known.get(line.resource)
        concerns[concern] = concerns.get(concern, Decimal(0)) + spending.part(line.monthly)
    return found


@cache
def _services() -> Mapping[str, frozenset[str]]:
    """SKU to how Cost Explorer calls its service; ``*`` for data transfer, which is billed with every service."""
    with (DATA / "billed_services.csv").open(encoding="utf-8", newline="") as file:
        names = {row["service"]: frozenset(row["billed_as"].split("|")) for row in csv.DictReader(file)}
    return {price.sku: names.get(price.service, frozenset()) for price in prices.book()}


def _billed_by(sku: str, service: str) -> bool:
    names = _services().get(sku, frozenset())
    return service in names or _EVERY_SERVICE in names


def _by_usage_type(skus: Iterable[str], regions: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Usage type as the bill has it, to the SKUs that it may be."""
    found: dict[str, list[str]] = {}
    for sku in skus:
        selector = selectors().get(sku)
        for usage_type in selector.usage_types if selector else ():
            for prefix in {prefix for region in regions for prefix in usage_prefixes(region)}:
                found.setdefault(prefix + usage_type, []).append(sku)
    return {usage_type: tuple(names) for usage_type, names in found.items()}


def _skus(item: Spent, named: Mapping[str, tuple[str, ...]], parts: _Parts) -> frozenset[str]:
    """What of the estimate a billed item is; empty where the estimate has nothing of it."""
    exact = frozenset(sku for sku in named.get(item.usage_type, ()) if _billed_by(sku, item.service))
    if exact:
        return exact
    return frozenset(
        sku for sku in parts if sku not in selectors() and item.service in _services().get(sku, frozenset())
    )


def _joined(billed: Mapping[frozenset[str], list[Spent]]) -> list[tuple[frozenset[str], list[Spent]]]:
    """Sets of SKUs that share one become one, so that no part of the estimate is counted twice."""
    groups: list[tuple[frozenset[str], list[Spent]]] = []
    for skus, items in billed.items():
        apart = [group for group in groups if not group[0] & skus]
        for names, others in (group for group in groups if group[0] & skus):
            skus, items = skus | names, others + items
        groups = [*apart, (skus, items)]
    return groups


def _charge(skus: frozenset[str], items: Sequence[Spent], parts: _Parts) -> Charge:
    usage_types = dict.fromkeys(f"{item.service}: {item.usage_type}" for item in items)
    estimated: dict[Concern | None, Decimal] = {}
    for sku in sorted(skus):
        for concern, usd in parts[sku].items():
            estimated[concern] = estimated.get(concern, Decimal(0)) + usd
    return Charge(
        name=", ".join(usage_types) or f"{', '.join(sorted(skus))} (not billed)",
        parts=estimated,
        actual=sum((item.usd for item in items), Decimal(0)),
    )


def _concerns(charges: Sequence[Charge]) -> tuple[ConcernSpending, ...]:
    found = []
    for concern in (*CONCERNS, None):
        estimated = sum((charge.parts.get(concern, Decimal(0)) for charge in charges), Decimal(0))
        actual = sum((charge.actual_of(concern) for charge in charges), Decimal(0))
        if estimated or actual:
            found.append(ConcernSpending(concern, estimated, actual))
    return tuple(found)
