"""What an environment variable may refer to: ``https://${load_balancer}/``, ``${cdn.assets}``; ``$$`` is a ``$``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from groundplan.record import Record, dataclass

NAMES: Mapping[str, str] = {
    "load_balancer": "host name of the load balancer",
    "cdn": "host name of a bucket's CDN, written cdn.<bucket>",
    "region": "AWS region",
    "environment": "name of the environment",
}
"""What can be referred to. Only ``cdn`` takes something behind a dot."""

_PATTERN = r"\$\$|\$\{([^}]*)(\}?)"


@dataclass(frozen=True)
class Reference(Record):
    """``${name}`` or ``${name.of}``."""

    name: str
    of: str | None = None
    closed: bool = True
    """Whether the brace is."""

    def __str__(self) -> str:
        return self.name if self.of is None else f"{self.name}.{self.of}"


def parts(value: str) -> Iterator[str | Reference]:
    """The text of a variable and the references in it, in order. A ``$`` alone is a ``$``."""
    at = 0
    for match in re.finditer(_PATTERN, value):
        if match.start() > at:
            yield value[at : match.start()]
        at = match.end()
        if match[0] == "$$":
            yield "$"
        else:
            name, dot, of = match[1].partition(".")
            yield Reference(name, of if dot else None, closed=bool(match[2]))
    if at < len(value):
        yield value[at:]
