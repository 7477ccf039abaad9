"""Bars: a simple picture of what parts of a sum are large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 28
"""Of a row, in the units of the picture."""
LABEL, WIDTH, VALUE = 230, 400, 130
"""Widths of a row: its name, the longest bar, its amount."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row."""

    label: str
    value: str
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Bars:
    """The whole picture; its frame in the units of its bars."""

    rows: tuple[Bar, ...]
    height: int
    label: int = LABEL
    width: int = LABEL + WIDTH + VALUE


def bars(parts: Sequence[tuple[str, float, str]]) -> Bars:
    """Name, amount and how the amount is written. The largest is as wide as there is room; nothing is thinner than a
    hair."""
    most = max((amount for _, amount, _ in parts), default=0) or 1
    rows = tuple(
        Bar(label, value, number * HEIGHT, round(max(amount / most * WIDTH, 1), 1))
        for number, (label, amount, value) in enumerate(parts)
    )
    return Bars(rows, len(rows) * HEIGHT)
