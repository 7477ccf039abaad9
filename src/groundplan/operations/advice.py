"""What to do about what AWS says where a resource fails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".toml")
AGAIN = "mend that and give the command again: it goes on from there"
"""Where nothing better is known."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that AWS says, and what to do then."""

    says: re.Pattern[str]
    type: str | None
    """CloudFormation type that it holds for; None: every."""
    advice: str
    source: str


@cache
def reasons() -> Sequence[Reason]:
    """Every known reason; the first that holds is the one to take."""
    import tomllib

    return tuple(
        Reason(re.compile(row["says"], re.IGNORECASE), row.get("type"), row["advice"], row["source"])
        for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))["reasons"]
    )


def advice(type: str, said: str) -> str:
    """What to do where a resource of a CloudFormation type fails for a reason."""
    for reason in reasons():
        found = reason.says.search(said) if reason.type in (None, type) else None
        if found:
            return reason.advice.format(said, *found.groups())
    return AGAIN
