"""The lines of a quiet, a usual and a busy month, beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from groundplan.cost.bill import known_tiers
from groundplan.cost.model import Line, Unpriced

_Key = tuple[str, str, int]


def ranged(expected: Iterable[Line], low: Iterable[Line], high: Iterable[Line]) -> tuple[Line, ...]:
    """The expected lines with what each is in the other cases.

    A line that only a busy month has (a further tier) stands below as nothing in a usual one, so that each of the
    three columns adds up to its own sum.
    """
    low_by, high_by = dict(keyed(low)), dict(keyed(high))
    lines = []
    for key, line in keyed(expected):
        lines.append(replace(line, low=_monthly(low_by.pop(key, None)), high=_monthly(high_by.pop(key, None))))
    for key, line in high_by.items():
        other = low_by.pop(key, None)
        lines.append(_nothing(line, "in a busy month", low=_monthly(other), high=line.monthly))
    lines += [_nothing(line, "in a quiet month", low=line.monthly, high=Decimal(0)) for line in low_by.values()]
    return tuple(lines)


def with_busy_month(expected: Iterable[Unpriced], high: Iterable[Unpriced]) -> tuple[Unpriced, ...]:
    """What has no price in a usual month, and what a busy month has without one beside that, like more beyond the last
    known tier: its sum is without it."""
    usual = tuple(expected)
    known = {(item.resource, item.sku) for item in usual}
    whys = {item.why for item in usual}
    busy = (
        item
        for item in high
        if item.sku is not None
        and ((item.resource, item.sku) not in known or (item.sku in known_tiers() and item.why not in whys))
    )
    return *usual, *(replace(one, why=f"in a busy month: {one.why}", lacks_price=False, doubtful=None) for one in busy)


def keyed(lines: Iterable[Line]) -> Iterator[tuple[_Key, Line]]:
    """Each line by what it charges; the same charge of the same resource is told apart by its place."""
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        place = seen.get((line.resource, line.sku), 0)
        seen[line.resource, line.sku] = place + 1
        yield (line.resource, line.sku, place), line


def _monthly(line: Line | None) -> Decimal:
    return line.monthly if line is not None else Decimal(0)


def _nothing(line: Line, when: str, *, low: Decimal, high: Decimal) -> Line:
    none = Decimal(0)
    return replace(line, quantity=none, monthly=none, formula=f"{when}: {line.formula}", low=low, high=high)
