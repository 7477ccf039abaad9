"""What IAM policy documents allow: a reading of plain Allow and Deny statements without conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any


def allows(documents: Iterable[Mapping[str, Any]], action: str, resource: str) -> bool:
    """Whether the documents together allow an action on a resource.

    A statement with a condition allows nothing here, and denies everything it names: the careful reading.
    """
    granted = False
    for statement in (item for document in documents for item in _list(document["Statement"])):
        named = any(_matches(pattern, action, re.IGNORECASE) for pattern in _list(statement["Action"]))
        if named and any(_matches(pattern, resource) for pattern in _list(statement["Resource"])):
            if statement["Effect"] == "Deny":
                return False
            granted = granted or "Condition" not in statement
    return granted


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(pattern: str, value: str, flags: int = 0) -> bool:
    """IAM's wildcards: ``*`` is any text, ``?`` any one character."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, flags) is not None
