"""The file of refreshed prices, which lies beside the packaged book and holds before it.

It is a CSV that people can read and compare: a line that says what it is, one that says when it was made, the columns
of the packaged book, and a last line that counts the rows, so that a file that was cut off is noticed.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from groundplan.catalog.prices import Price, price_of_row
from groundplan.errors import EnvironmentalError, InputError
from groundplan.files import reason
from groundplan.record import Record, dataclass

VARIABLE = "GROUNDPLAN_PRICES"
PACKAGED = "packaged"
"""The value of the variable with which no refreshed prices are used."""
_MARK = ["groundplan prices", "1"]
_COLUMNS = ["service", "sku", "unit", "region", "price_usd", "source", "source_date", "confidence", "note"]
_MOST = Decimal(1_000_000)
"""USD: more for one unit of anything is a slip."""
_ADVICE = f"Refresh it, remove it with groundplan prices reset, or set {VARIABLE}={PACKAGED}"


@dataclass(frozen=True)
class Refreshed(Record):
    """What was refreshed, and when."""

    path: Path
    at: datetime
    prices: tuple[Price, ...]


def location() -> Path | None:
    """``$GROUNDPLAN_PRICES``, else ``prices.csv`` in the user's data folder. None: only the packaged book is used."""
    chosen = os.environ.get(VARIABLE)
    if chosen == PACKAGED:
        return None
    if chosen:
        return Path(chosen)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "groundplan" / "prices.csv"


def refreshed() -> Refreshed | None:
    """The refreshed prices that hold, or None where there are none. Raises InputError where the file is damaged."""
    path = location()
    return read(path) if path and path.exists() else None


def missing() -> Path | None:
    """The file that ``$GROUNDPLAN_PRICES`` names and that is not there, so that the packaged prices hold; else None."""
    path = location() if os.environ.get(VARIABLE) else None
    return path if path and not path.exists() else None


def read(path: Path) -> Refreshed:
    """Read a file of refreshed prices. Raises InputError with the line where it is wrong."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except OSError as error:
        raise EnvironmentalError(f"the refreshed prices {path} cannot be read: {reason(error)}. {_ADVICE}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no file of prices: {error}. {_ADVICE}") from error
    if not rows or rows[0][:1] != _MARK[:1]:
        raise InputError(f"{path} is no file of prices. {_ADVICE}")
    if rows[0] != _MARK:
        raise InputError(
            f"{path}:1: version {', '.join(rows[0][1:])} of the format; this Groundplan reads 1. {_ADVICE}"
        )
    if rows[2:3] != [_COLUMNS]:
        raise InputError(f"{path}:3: the columns should be {', '.join(_COLUMNS)}. {_ADVICE}")
    body = rows[3:-1]
    if rows[-1] != ["end", str(len(body))]:
        raise InputError(f"{path} is cut off after line {len(rows)}. {_ADVICE}")
    try:
        at = datetime.fromisoformat(rows[1][1])
    except (IndexError, ValueError) as error:
        raise InputError(f"{path}:2: no time at which the prices were refreshed. {_ADVICE}") from error
    return Refreshed(path, at, tuple(_price(row, f"{path}:{line}") for line, row in enumerate(body, start=4)))


def _price(row: Sequence[str], place: str) -> Price:
    try:
        price = price_of_row(row)
    except (ValueError, KeyError, ArithmeticError) as error:
        raise InputError(f"{place}: not a price: {','.join(row)[:80]}. {_ADVICE}") from error
    if not price.usd.is_finite() or not 0 <= price.usd <= _MOST:
        raise InputError(f"{place}: a price of {price.usd} USD. {_ADVICE}")
    return price


def write(path: Path, prices: Sequence[Price], at: datetime) -> None:
    """Write a file of refreshed prices, wholly or not at all.

    Raises EnvironmentalError where that is not possible, as on a full disk: what was there stays as it is.
    """
    import tempfile

    made: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8", newline=""
        ) as file:
            made = Path(file.name)
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows((_MARK, ["refreshed", at.isoformat()], _COLUMNS))
            writer.writerows(_row(price) for price in sorted(prices, key=lambda each: (each.sku, each.region)))
            writer.writerow(("end", len(prices)))
            file.flush()
            os.fsync(file.fileno())
        made.chmod(0o644)
        made.replace(path)
    except OSError as error:
        if made:
            made.unlink(missing_ok=True)
        raise EnvironmentalError(
            f"the prices could not be written to {path}: {reason(error)}. Nothing has changed; free some space, or "
            f"set {VARIABLE} to a file that can be written"
        ) from error


def _row(price: Price) -> tuple[str, ...]:
    return (
        price.service,
        price.sku,
        price.unit,
        price.region,
        f"{price.usd:f}",
        price.source,
        price.source_date,
        str(price.confidence),
        price.note,
    )


def remove(path: Path) -> None:
    """Remove a file of refreshed prices. Raises EnvironmentalError where that is not possible."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentalError(f"{path} cannot be removed: {reason(error)}") from error
