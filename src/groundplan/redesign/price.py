"""How much less an environment costs after a change, of what is priced before and after alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TypeAlias

from groundplan.cost import Estimate, Unpriced


def difference(before: Estimate, after: Estimate) -> tuple[Decimal, tuple[Unpriced, ...]]:
    """How much less the second costs, and what of it has no price in one of them though it has in the other.

    A resource that loses its price would look like a saving, and one that gets one like a loss: what is charged for it
    is left out on both sides.
    """
    new, gone = _unpriced_beyond(before, after), _unpriced_beyond(after, before)
    then, now = _by_resource(before), _by_resource(after)
    lost = {item.resource for item in new if item.lacks_price or _families(then, item) - _families(now, item)}
    got = {item.resource for item in gone if _families(now, item) - _families(then, item)}
    left_out = lost | got
    uncounted = (*new, *(item for item in gone if item.resource in left_out))
    return _sum(then, left_out) - _sum(now, left_out), tuple(dict.fromkeys(uncounted))


_Charges: TypeAlias = Mapping[str, Mapping[str, Decimal]]
"""Monthly amounts by resource and sku."""


def _by_resource(estimate: Estimate) -> _Charges:
    found: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in estimate.lines:
        found[line.resource][line.sku] += line.monthly
    return found


def _families(charges: _Charges, item: Unpriced) -> set[str]:
    """What a resource is charged for: ``rds.storage``, whatever the type of volume."""
    return {".".join(sku.split(".")[:2]) for sku in charges.get(item.resource, {})}


def _sum(charges: _Charges, left_out: Collection[str]) -> Decimal:
    return sum(
        (amount for resource, skus in charges.items() if resource not in left_out for amount in skus.values()),
        Decimal(0),
    )


def _unpriced_beyond(one: Estimate, other: Estimate) -> tuple[Unpriced, ...]:
    """What the other leaves unpriced and the first does not.

    A kind that has as many unpriced charges in both only has other words for them.
    """
    had, has = Counter(map(_kind, one.unpriced)), Counter(map(_kind, other.unpriced))
    known = {(_kind(item), item.why) for item in one.unpriced}
    return tuple(
        item for item in other.unpriced if has[_kind(item)] > had[_kind(item)] and (_kind(item), item.why) not in known
    )


def _kind(item: Unpriced) -> str:
    return item.resource.partition(".")[0]
