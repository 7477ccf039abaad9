"""Quantities that remember how they were found: ``3 tasks × 0.5 vCPU × 730 h`` is 1,095 vCPU-hours."""

from __future__ import annotations

from decimal import Decimal

from groundplan.cost.model import HOURS_PER_MONTH
from groundplan.record import Record, dataclass
from groundplan.units import DataSize


@dataclass(frozen=True)
class Quantity(Record):
    """A number and the words and numbers that lead to it."""

    value: Decimal
    words: str

    def __mul__(self, other: Quantity) -> Quantity:
        return Quantity(self.value * other.value, f"{self.words} × {other.words}")

    def __truediv__(self, other: Quantity) -> Quantity:
        return Quantity(self.value / other.value, f"{self.words} / {other.words}")

    def less(self, part: Decimal, why: str) -> Quantity:
        """The quantity without a part of it: ``(160 GB − 100 of 100 free per account)``."""
        return Quantity(self.value - part, f"({self.words} − {number(part)} {why})")


def number(value: Decimal) -> str:
    """The plain form of a number: ``0.04256``, ``1,000,000``."""
    return f"{value.normalize():,f}"


def amount(value: Decimal | int, unit: str) -> Quantity:
    """So much of a unit that has no plural: ``0.5 vCPU``."""
    exact = Decimal(value)
    return Quantity(exact, f"{number(exact)} {unit}")


def count(value: int, noun: str, plural: str = "") -> Quantity:
    """So many things: ``1 task``, ``3 tasks``."""
    return amount(value, noun if value == 1 else plural or noun + "s")


def gigabytes(size: DataSize) -> Quantity:
    """A size in AWS's GB (GiB), with fractions."""
    return amount(Decimal(size.mib) / 1024, "GB")


MONTH = Quantity(HOURS_PER_MONTH, f"{number(HOURS_PER_MONTH)} h")
"""The hours of a month."""
