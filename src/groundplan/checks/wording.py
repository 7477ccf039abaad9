"""How messages spell values."""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.resources.values import Attribute, InputValue, ParameterValue, SecretValue, Text, Textual


def spelled(value: Textual) -> str:
    """A value as a person reads it, with dynamic parts in braces: ``{bucket.backups.arn}/*``."""
    if isinstance(value, str):
        return value
    if isinstance(value, Text):
        return "".join(spelled(part) for part in value.parts)
    if isinstance(value, Attribute):
        return f"{{{value.ref.address}.{value.name}}}"
    if isinstance(value, InputValue | ParameterValue):
        return f"{{{value.name}}}"
    if isinstance(value, SecretValue):
        return f"{{{value.secret.address}}}"
    return f"{{{value.value}}}"


def listed(items: Iterable[object]) -> str:
    """``a, b and c``; ``none`` where there are none."""
    words = [str(item) for item in items]
    if not words:
        return "none"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
