"""Times as people read them."""

from __future__ import annotations

from groundplan.recovery.steps import Seconds

_UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def written(seconds: int) -> str:
    """``0 s``, ``1 min 35 s``, ``1 h 51 min``, ``4 d``: the two largest units."""
    parts = []
    for unit, size in _UNITS:
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append((unit, amount))
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(f"{amount} {unit}" for unit, amount in parts) or "0 s"


def span(seconds: Seconds) -> str:
    """``1 min 45 s (1 min 1 s to 3 min)``: as expected, and between what it lies."""
    if seconds.low == seconds.high:
        return written(seconds.expected)
    return f"{written(seconds.expected)} ({written(seconds.low)} to {written(seconds.high)})"
