"""What a policy can say before anything exists: yes, no, or that it depends on the request."""

from __future__ import annotations

from enum import IntEnum


class Truth(IntEnum):
    """Three-valued truth (Kleene): ``min`` is "and", ``max`` is "or"."""

    FALSE = 0
    DEPENDS = 1
    TRUE = 2

    @property
    def opposite(self) -> Truth:
        """Not."""
        return Truth(2 - self)

    __hash__ = int.__hash__
    """That of an Enum hashes the name, in Python: slow for what is part of many keys."""
