"""The result of an estimate: lines, what could not be priced, what costs nothing, and their sums.

All money is in US dollars per month, exact: nothing is rounded before it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cached_property
from typing import Literal

from groundplan.catalog.prices import Confidence
from groundplan.record import Record, dataclass
from groundplan.units import MonthlyAmount

Kind = Literal["fixed", "usage"]
"""``fixed``: due whether or not anybody uses the system; ``usage``: follows what the blueprint states in ``usage:``."""

HOURS_PER_MONTH = Decimal(730)
"""AWS's own convention: 365 days × 24 hours / 12. Source: https://docs.aws.amazon.com/pricing-calculator/latest/userguide/"""


@dataclass(frozen=True)
class Line(Record):
    """One line of the bill. ``monthly`` is ``quantity`` × ``unit_price``, exact."""

    resource: str
    """Address of the resource; ``nat_gateway.*`` for what all resources of a kind use together."""
    sku: str
    """What is charged, in the price book's words: ``fargate.vcpu_hour``."""
    quantity: Decimal
    """In ``unit``, per month, after free allowances."""
    unit: str
    unit_price: Decimal
    """USD per ``unit``, after discounts that the formula names."""
    monthly: Decimal
    formula: str
    """The arithmetic in words and numbers: ``3 tasks × 0.5 vCPU × 730 h × 0.04256 USD``."""
    source: str
    source_date: str
    confidence: Confidence
    kind: Kind
    low: Decimal | None = None
    """``monthly`` in a quiet month; None where usage states no range."""
    high: Decimal | None = None
    """``monthly`` in a busy month; None where usage states no range."""


@dataclass(frozen=True)
class Unpriced(Record):
    """Something that costs money, how much is not known, and why."""

    resource: str
    why: str
    lacks_price: bool = False
    """Whether it is known how much of it there is, and only the price is not."""
    doubtful: Decimal | None = None
    """USD a month by the only price that is known, which is of low confidence: named, and in no sum."""
    sku: str | None = None
    """What would be charged, where it is known how much of it there is."""


@dataclass(frozen=True)
class Free(Record):
    """Something that has no charge of its own, and who says so."""

    resource: str
    why: str
    source: str


class Range:
    """The monthly total with every service at its fewest and at its most tasks for the whole month.

    Each is a bill of its own, which is made when somebody asks for it: most ask for the usual one alone.
    """

    def __init__(self, least: Callable[[], Decimal], most: Callable[[], Decimal]) -> None:
        self._least, self._most = least, most

    @cached_property
    def least(self) -> Decimal:
        """At the fewest tasks."""
        return self._least()

    @cached_property
    def most(self) -> Decimal:
        """At the most tasks."""
        return self._most()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and (self.least, self.most) == (other.least, other.most)

    def __hash__(self) -> int:
        return hash((self.least, self.most))

    def __repr__(self) -> str:
        return f"Range(least={self.least!r}, most={self.most!r})"


@dataclass(frozen=True)
class Sums(Record):
    """What a month costs in one case of usage."""

    fixed: Decimal
    usage: Decimal

    @property
    def monthly(self) -> Decimal:
        """Both together."""
        return self.fixed + self.usage


@dataclass(frozen=True)
class Forecast(Record):
    """The sums of a quiet, a usual and a busy month, as ``usage:`` states them."""

    low: Sums
    expected: Sums
    high: Sums


@dataclass(frozen=True)
class StandbyCost(Record):
    """What of an estimate is due for the standby in another region."""

    region: str
    monthly: Decimal
    """The sum of the lines of its own resources; what is charged for both regions together is not in it."""


@dataclass(frozen=True)
class OffHoursCost(Record):
    """What stopping at night and at weekends changes."""

    hours_per_week: Decimal
    """In which it runs, of 168."""
    saved: Decimal
    """What is not due because of it, as far as prices are known."""
    stopped: tuple[str, ...]
    """Addresses of what stops."""
    always_on: tuple[str, ...]
    """Addresses of what is charged by the hour and cannot be stopped."""


@dataclass(frozen=True)
class Estimate(Record):
    """What an environment costs per month, as far as it is known."""

    region: str
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    free: tuple[Free, ...]
    range: Range
    budget: MonthlyAmount | None = None
    standby: StandbyCost | None = None
    off_hours: OffHoursCost | None = None
    forecast: Forecast | None = None
    """None where usage states one figure for everything."""
    currency: str = "USD"

    @property
    def monthly(self) -> Decimal:
        """The sum of all lines. What is unpriced is not in it."""
        return total(self.lines)

    @property
    def fixed(self) -> Decimal:
        """The floor: what is due without any use."""
        return total(line for line in self.lines if line.kind == "fixed")

    @property
    def usage(self) -> Decimal:
        """What follows the usage that the blueprint states."""
        return total(line for line in self.lines if line.kind == "usage")

    @property
    def without_price(self) -> int:
        """How many charges are due, but have no price in the catalog: the bill is higher by them."""
        return sum(item.lacks_price for item in self.unpriced)

    @property
    def doubtful(self) -> Decimal:
        """What the bill would be higher by if the prices of low confidence, which no sum has, were right."""
        return sum((item.doubtful for item in self.unpriced if item.doubtful is not None), Decimal(0))

    @property
    def margin(self) -> Decimal | None:
        """What the budget leaves; negative where the estimate is above it, None without a budget."""
        return None if self.budget is None else self.budget.usd - self.monthly

    @property
    def above_budget(self) -> tuple[Line, ...]:
        """Where the fixed floor alone is above the budget: its lines, the largest first, up to the one that passes the
        budget. Empty where the budget holds the floor, or there is none."""
        if self.budget is None or self.fixed <= self.budget.usd:
            return ()
        found: list[Line] = []
        for line in sorted((line for line in self.lines if line.kind == "fixed"), key=lambda line: -line.monthly):
            found.append(line)
            if total(found) > self.budget.usd:
                break
        return tuple(found)

    def of(self, resource: str) -> tuple[Line, ...]:
        """The lines of one resource, by its address."""
        return tuple(line for line in self.lines if line.resource == resource)


def sums(lines: Iterable[Line]) -> Sums:
    """The fixed floor and what follows usage, exact."""
    known = tuple(lines)
    return Sums(
        fixed=total(line for line in known if line.kind == "fixed"),
        usage=total(line for line in known if line.kind == "usage"),
    )


def total(lines: Iterable[Line]) -> Decimal:
    """The monthly sum of lines, exact."""
    return sum((line.monthly for line in lines), Decimal(0))
