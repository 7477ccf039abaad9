"""Expressions in the arguments of a row.

``$id`` is the physical id, ``$Name.Inner`` a property, ``@Path[0]`` a part of the create call's response, ``*Path`` a
part of the description (``*Arn after loadbalancer/``: what follows a text in it), ``#uuid``, ``#account`` and
``#region`` what they say; ``{…}`` inside a text puts an expression into it (``{$FunctionName}|{$id}``). Anything else
stands for itself. An argument whose expression gives nothing is left out.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groundplan.targets.local.types.paths import search

_INSIDE = re.compile(r"\{([$@#*][^}]*)\}")


@dataclass(frozen=True, slots=True)
class Values:
    """What expressions can speak of."""

    account: str
    region: str
    properties: Mapping[str, Any]
    id: str = ""
    response: Mapping[str, Any] = field(default_factory=dict)
    description: Mapping[str, Any] = field(default_factory=dict)

    def evaluate(self, expression: Any) -> Any:
        """The value of an expression, or of every expression inside a list or an object."""
        if isinstance(expression, str):
            return self._text(expression)
        if isinstance(expression, Mapping):
            pairs = ((key, item, self.evaluate(item)) for key, item in expression.items())
            return {key: value for key, item, value in pairs if value is not None and (value != {} or not item)}
        if isinstance(expression, list):
            return [value for value in map(self.evaluate, expression) if value is not None]
        return expression

    def _text(self, expression: str) -> Any:
        if "{" in expression and _INSIDE.search(expression):
            return _INSIDE.sub(lambda match: self._inside(match[1]), expression)
        match expression[:1], expression[1:]:
            case "$", "id":
                return self.id
            case "$", path if path:
                return search(path, self.properties)
            case "@", path if path:
                return search(path, self.response)
            case "*", path if path and path[0].isalpha():
                path, _, front = path.partition(" after ")
                value = search(path, self.description)
                return value.partition(front)[2] if front and isinstance(value, str) else value
            case "#", "uuid":
                return str(uuid.uuid4())
            case "#", "account":
                return self.account
            case "#", "region":
                return self.region
        return expression

    def _inside(self, expression: str) -> str:
        value = self._text(expression)
        return str(value).lower() if isinstance(value, bool) else str(value if value is not None else "")
