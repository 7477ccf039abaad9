"""What a module looks up of the account stands once as a local value: ``local.account_id``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import (
    Block,
    Each,
    Expression,
    Item,
    Template,
    Value,
)
from groundplan.engines.terraform.walk import with_inside, with_values

SHORT: Mapping[str, str] = {
    "data.aws_caller_identity.current.account_id": "account_id",
    "data.aws_partition.current.partition": "partition",
}
"""What is looked up, and the local value that it is called by."""
_LONG = re.compile(r"\bdata\.aws_(?:caller_identity\.current\.account_id|partition\.current\.partition)\b")
LEAST = 2
"""From how many uses on a name is worth it."""


def local_values(text: str) -> Mapping[str, str]:
    """What a text says often enough, and what it is called then."""
    found = _LONG.findall(text)
    return {long: short for long, short in SHORT.items() if found.count(long) >= LEAST}


def block(known: Mapping[str, str]) -> Sequence[Block]:
    """The block that says what the names stand for."""
    body = hcl.arguments({short: Expression(long) for long, short in known.items()})
    return [Block("locals", (), body)] if known else []


def shortened(items: Iterable[Item], known: Mapping[str, str]) -> Iterator[Item]:
    """Items with the names instead of what they stand for."""
    return with_values(items, partial(_value, known=known))


def _value(value: Value, known: Mapping[str, str]) -> Value:
    match value:
        case Expression(source):
            return Expression(_code(source, known))
        case Template(source):
            return Template(_code(source, known))
        case Each(item, source, made):
            value = Each(item, _code(source, known), made)
    return with_inside(value, partial(_value, known=known))


def _code(source: str, known: Mapping[str, str]) -> str:
    return _LONG.sub(lambda found: f"local.{known[found[0]]}" if found[0] in known else found[0], source)
