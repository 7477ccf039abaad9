"""Every error that a person can see.

A ``GroundplanError`` is what the command line prints: no traceback ever reaches a user. The exit code
is part of the class, so that scripts can tell bad input from a deployment that failed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from groundplan.record import Record, dataclass


class ExitCode(IntEnum):
    """What a command tells the shell. Documented in README.md; scripts depend on it."""

    FINE = 0
    FINDINGS = 1
    BAD_INPUT = 2
    DEPLOYMENT_FAILED = 3


class Position(NamedTuple):
    """A place in a file. ``line`` and ``column`` count from 1, as editors do."""

    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem(Record):
    """One thing that is wrong with the input, where it stands and what would be right."""

    message: str
    position: Position | None = None
    path: str = ""
    """Where in the blueprint: ``services.api.size``."""

    def __str__(self) -> str:
        where = f"{self.position}: " if self.position else ""
        what = f"{self.path}: " if self.path else ""
        return f"{where}{what}{self.message}"


class GroundplanError(Exception):
    """The base of all errors that are a person's to mend."""

    exit_code: ExitCode = ExitCode.BAD_INPUT


class InputError(GroundplanError):
    """The input is wrong: one or more problems, all of which are reported at once."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        if isinstance(problems, str):
            problems = (Problem(problems),)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class EnvironmentalError(GroundplanError):
    """The surroundings refuse: a folder that is not writable, a port in use, missing credentials."""

    exit_code = ExitCode.BAD_INPUT


class DeploymentError(GroundplanError):
    """A deployment failed; the message names the resource and the reason."""

    exit_code = ExitCode.DEPLOYMENT_FAILED


MOST_WORDS = 50
"""Longer lists, like that of all PostgreSQL extensions, hide the message that they follow."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """``'; did you mean "memory"?'`` for the nearest known word, or the known words where none is near and a person
    would read them all."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; known here: {', '.join(words)}" if 0 < len(words) <= MOST_WORDS else ""
