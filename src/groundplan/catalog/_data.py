"""Reading the data files that lie beside the readers. Each file is read once, and only when a question needs it."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from groundplan.record import Record, dataclass

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Source(Record):
    """Where a fact is published, and its date: the source's own where it shows one, else the day of entry."""

    page: str
    date: date


def source_of(table: Mapping[str, Any]) -> Source:
    """The source that a table names in its keys ``source`` and ``source_date``."""
    return Source(page=table["source"], date=table["source_date"])


def toml(name: str) -> dict[str, Any]:
    """The contents of ``data/<name>.toml``."""
    return tomllib.loads(_text(f"{name}.toml"))


def toml_table(name: str, key: str) -> dict[str, Any] | None:
    """What stands under the heading ``[key]`` of ``data/<name>.toml``, or None; tables within it follow it there.

    For a long file of small tables, of which each question needs one: reading all of ``names.toml`` takes 12 ms.
    """
    text = _text(f"{name}.toml")
    start = end = text.find(f"\n[{key}]\n")
    if start < 0:
        return None
    within = (f"[{key}.", f"[[{key}.")
    while (end := text.find("\n[", end + 1)) >= 0 and text.startswith(within, end + 1):
        pass
    table = tomllib.loads(text[start:end] if end >= 0 else text[start:])
    for step in key.split("."):
        table = table[step]
    return table


def toml_head(name: str) -> dict[str, Any]:
    """What stands above the first heading of ``data/<name>.toml``."""
    return tomllib.loads(_text(f"{name}.toml").partition("\n[")[0])


@cache
def _text(file: str) -> str:
    return (_FOLDER / file).read_text(encoding="utf-8")


def rows(name: str) -> Iterator[list[str]]:
    """The rows of ``data/<name>.csv`` below its heading."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


def rows_of(name: str, key: str) -> Iterator[list[str]]:
    """The rows of ``data/<name>.csv`` whose first or second value is a key. Searching is far faster than reading all of
    a long file; no value of it may have a line break."""
    text = _text(f"{name}.csv")
    at = text.find(f"{key},", text.index("\n"))  # below the heading
    while at >= 0:
        end = text.index("\n", at)
        found = text[text.rfind("\n", 0, at) + 1 : end]
        yield from (row for row in csv.reader([found]) if key in row[:2])
        at = text.find(f"{key},", end)


class Lines:
    """``data/<name>.txt``, of which each question needs one line: what stands behind the tab after a key."""

    def __init__(self, name: str) -> None:
        self._text = "\n" + (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")

    def get(self, key: str) -> str | None:
        """What stands behind a key, or None. Searching is far faster than parsing all of a long file."""
        start = self._text.find(f"\n{key}\t")
        if start < 0:
            return None
        start += len(key) + 2
        return self._text[start : self._text.index("\n", start)]

    def keys(self) -> Iterator[str]:
        """Every key."""
        for line in self._text.splitlines():
            key, tab, _ = line.partition("\t")
            if tab and not key.startswith("#"):
                yield key
