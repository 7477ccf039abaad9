"""What is known of Google Cloud: its regions."""

from __future__ import annotations

from functools import cache

from groundplan.catalog import _data
from groundplan.errors import suggestion


@cache
def regions() -> frozenset[str]:
    """Regions that Cloud Run is in."""
    return frozenset(_data.toml("google")["regions"]["names"])


def suggest(name: str) -> str:
    """What a misspelt region may have meant, as the end of a sentence."""
    return suggestion(name, sorted(regions()))
