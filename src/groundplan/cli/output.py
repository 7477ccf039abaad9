"""What commands write: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console
    from rich.status import Status
    from rich.text import Text

STYLES = {
    "error": "bold red",
    "warning": "yellow",
    "info": "cyan",
    "create": "green",
    "update": "yellow",
    "may replace": "bold yellow",
    "replace": "bold red",
    "delete": "red",
}


def write_json(document: object) -> None:
    """A result for programs: JSON on stdout, and nothing else there."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return str(value)


def timestamp(moment: datetime | None) -> str | None:
    """A moment for programs: ISO 8601 to the second, by the clock that it is given in; UTC stands as ``Z``."""
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def write(text: str = "") -> None:
    """A result for people."""
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """Progress and remarks, for people who watch."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


class Progress:
    """Progress of long work on stderr: every line once where nobody watches; on a terminal, what is waited for just now
    is one line that changes, with the time that the work has taken so far."""

    def __init__(self) -> None:
        self._status: Status | None = None
        self._started = time.monotonic()
        self._passing: set[str] = set()

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._status = console(stderr=True).status("")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def __call__(self, text: str, *, passing: bool = False) -> None:
        """One line; see ``operations.events.Report``."""
        if self._status is None:
            if not passing or text not in self._passing:
                say(text)
            self._passing |= {text} if passing else set()
        elif passing:
            self._status.update(_Running(text, self._started))
        else:
            self._status.console.print(text, soft_wrap=True)


class _Running:
    """A line with the time since a moment, as it is whenever the line is drawn."""

    def __init__(self, text: str, since: float) -> None:
        self._text = text
        self._since = since

    def __rich__(self) -> Text:
        from rich.text import Text

        minutes, seconds = divmod(int(time.monotonic() - self._since), 60)
        return Text(f"{self._text} ({f'{minutes} min ' if minutes else ''}{seconds} s)")


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """A table on stdout, as wide as the terminal. Columns in ``right`` are aligned to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, STYLES.get(cell, "")) for cell in map(str, row)))
    # Without a terminal a table may be as wide as it likes: programs cut lines better than we do.
    console(width=None if sys.stdout.isatty() else 200).print(table)


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console that takes text as it is: brackets are no markup, and ``:key:`` is no emoji."""
    from rich.console import Console

    return Console(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)
