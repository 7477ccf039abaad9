"""What a change of a blueprint changes on the bill, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from groundplan.cost.forecast import keyed
from groundplan.cost.model import Estimate, Line, Unpriced
from groundplan.record import Record, dataclass

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class LineChange(Record):
    """One charge that is not what it was. At least one of ``before`` and ``after`` is there."""

    before: Line | None
    after: Line | None

    @property
    def line(self) -> Line:
        """As it is now, else as it was."""
        line = self.after or self.before
        assert line is not None
        return line

    @property
    def change(self) -> Change:
        """What happens to the charge."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def monthly(self) -> Decimal:
        """USD a month more; negative where it is less."""
        return _monthly(self.after) - _monthly(self.before)


@dataclass(frozen=True)
class Difference(Record):
    """Two estimates of an environment, one after the other."""

    before: Estimate | None
    """None where there was no such environment."""
    after: Estimate
    lines: tuple[LineChange, ...]
    """The largest difference first. Their sum is ``monthly``."""
    unpriced: tuple[Unpriced, ...]
    """What costs money now, nobody knows how much, and was not said before."""
    no_longer_unpriced: tuple[Unpriced, ...]
    """What was said so before and is no more: it has gone, or has a price now."""

    @property
    def monthly(self) -> Decimal:
        """USD a month more; negative where it is less."""
        return self.after.monthly - (self.before.monthly if self.before else Decimal(0))

    @property
    def quiet_and_busy(self) -> tuple[Decimal, Decimal] | None:
        """The same for a quiet and for a busy month; None where neither usage states a range."""
        if self.after.forecast is None and (self.before is None or self.before.forecast is None):
            return None
        was, now = _cases(self.before), _cases(self.after)
        return now[0] - was[0], now[1] - was[1]


def difference(before: Estimate | None, after: Estimate) -> Difference:
    """What is added to the bill, taken from it and changed on it. Both estimates should use the same prices.

    A line is the same charge as before where resource and sku are the same: a database of another class has one line
    less and another more.
    """
    was = dict(keyed(before.lines if before else ()))
    now = dict(keyed(after.lines))
    changes = [LineChange(was.get(key), line) for key, line in now.items() if _monthly(was.get(key)) != line.monthly]
    changes += [LineChange(line, None) for key, line in was.items() if key not in now and line.monthly]
    unknown = before.unpriced if before else ()
    return Difference(
        before=before,
        after=after,
        lines=tuple(sorted(changes, key=lambda change: -abs(change.monthly))),
        unpriced=_without(after.unpriced, unknown),
        no_longer_unpriced=_without(unknown, after.unpriced),
    )


def _monthly(line: Line | None) -> Decimal:
    return line.monthly if line is not None else Decimal(0)


def _cases(estimate: Estimate | None) -> tuple[Decimal, Decimal]:
    """The sums of a quiet and of a busy month."""
    if estimate is None:
        return Decimal(0), Decimal(0)
    if estimate.forecast is None:
        return estimate.monthly, estimate.monthly
    return estimate.forecast.low.monthly, estimate.forecast.high.monthly


def _without(items: Iterable[Unpriced], others: Iterable[Unpriced]) -> tuple[Unpriced, ...]:
    """What is in the first only. The same reason at another resource of the kind is the same: two gateways say as
    ``nat_gateway.*`` what one said by its own name."""
    one, other = ({(item.resource, item.why): item for item in each} for each in (items, others))
    moved = Counter(_kind(item) for key, item in other.items() if key not in one)
    found = []
    for item in (item for key, item in one.items() if key not in other):
        if moved[_kind(item)]:
            moved[_kind(item)] -= 1
        else:
            found.append(item)
    return tuple(found)


def _kind(item: Unpriced) -> tuple[str, str]:
    return item.resource.partition(".")[0], item.why
