"""A patch is for the process."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

_DONE: set[str] = set()


def once(correct: Callable[[], None]) -> Callable[[], None]:
    """Applies a patch once, however many local AWSs live in the process (tests have several)."""

    @wraps(correct)
    def apply() -> None:
        if correct.__name__ not in _DONE:
            _DONE.add(correct.__name__)
            correct()

    return apply
