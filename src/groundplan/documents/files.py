"""Documents in a folder: which are as they have to be, which are stale, and which somebody has edited.

The first line of a document is a comment with the SHA-256 of everything below it. Where the two do not fit, somebody
has edited the document, and it is kept.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from groundplan.errors import EnvironmentalError
from groundplan.files import reason, replace

State = Literal["missing", "current", "stale", "edited"]
_STAMP = re.compile(
    r"(?:<!--|#) Written by groundplan \w+ from \S+: change that, not this\. sha256:([0-9a-f]{64})(?: -->)?\n"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A document, and what stands in its place."""

    path: Path
    wanted: str
    state: State
    """``edited``: what stands there was not written by Groundplan, or not by it alone."""
    difference: str
    """From what stands there to what is wanted, as ``diff -u`` writes it; empty where there is none."""


def stamped(body: str, source: str) -> str:
    """The document with its first line; ``source``: the name of the blueprint's file."""
    return f"<!-- Written by groundplan docs from {source}: change that, not this. sha256:{_digest(body)} -->\n{body}"


def commented(body: str, source: str, command: str) -> str:
    """The same for a file in a language whose comments begin with ``#``; ``command`` wrote it."""
    return f"# Written by groundplan {command} from {source}: change that, not this. sha256:{_digest(body)}\n{body}"


def compare(folder: Path, documents: Mapping[str, str]) -> tuple[Found, ...]:
    """What stands in the folder against the documents by file name.

    Raises EnvironmentalError where something cannot be read.
    """
    return tuple(_found(folder / name, wanted) for name, wanted in documents.items())


def write(found: Found) -> None:
    """Put the wanted document into place. Raises EnvironmentalError where the system refuses."""
    replace(found.path, found.wanted, parents=True)


def _found(path: Path, wanted: str) -> Found:
    try:
        there = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Found(path, wanted, "missing", "")
    except UnicodeDecodeError:
        return Found(path, wanted, "edited", f"{path} is no text in UTF-8\n")
    except OSError as error:
        raise EnvironmentalError(f"{path} cannot be read: {reason(error)}") from error
    if there == wanted:
        return Found(path, wanted, "current", "")
    stamp = _STAMP.match(there)
    own = stamp is not None and stamp[1] == _digest(there[stamp.end() :])
    return Found(path, wanted, "stale" if own else "edited", _difference(path, there, wanted))


def _difference(path: Path, there: str, wanted: str) -> str:
    """Without the first line of either, which always differs and tells a reader nothing."""
    before, after = (_STAMP.sub("", text, count=1).splitlines(keepends=True) for text in (there, wanted))
    return "".join(
        line if line.endswith("\n") else f"{line}\n"
        for line in difflib.unified_diff(before, after, f"{path} (as it is)", f"{path} (by the blueprint)")
    )


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
