"""How messages spell values."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path

from groundplan.errors import Position
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


def described(error: BaseException) -> str:
    """An exception in one line: its kind, and what it says."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def place_of(error: BaseException, file: Path) -> Position:
    """The last line of a file that an exception came through; the first line where it came through none."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return Position(file, error.lineno or 1, max(error.offset or 1, 1))
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == str(file) and frame.lineno:
            return Position(file, frame.lineno, (frame.colno or 0) + 1)
    return Position(file, 1, 1)
