"""How wide text is, without a font: Helvetica's widths, which Arial and Liberation Sans share.

Each text is written with the width that was computed for it (``textLength``), so that it takes the same room where a
viewer has another font.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "helvetica.csv"
"""Widths in thousandths of the size. Source: Adobe's Core 14 font metrics, Helvetica and Helvetica Bold,
https://github.com/adobe-type-tools/afdko"""
UNKNOWN = 1000
"""A character that Helvetica lacks counts as an em: wide enough for any."""
ASCENT, DESCENT = 0.78, 0.22
"""Shares of the size above and below the baseline."""


@cache
def _widths() -> tuple[dict[str, int], dict[str, int]]:
    regular, bold = {}, {}
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            character = chr(int(row["code_point"]))
            regular[character], bold[character] = int(row["regular"]), int(row["bold"])
    return regular, bold


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is, in the unit of ``size``."""
    widths = _widths()[bold]
    return round(sum(widths.get(character, UNKNOWN) for character in text) * size / 1000, 1)


def fitting(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as there is room for, with an ellipsis behind it."""
    if width(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width(f"{kept.rstrip()}…", size, bold=bold) > room:
        kept = kept[:-1]
    return f"{kept.rstrip(' ,·(')}…"


def lines(text: str, size: float, room: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text broken between words; a word that is too long by itself is cut."""
    found: list[str] = []
    for word in text.split():
        longer = f"{found[-1]} {word}" if found else word
        if found and width(longer, size, bold=bold) <= room:
            found[-1] = longer
        else:
            found.append(fitting(word, size, room, bold=bold))
    return tuple(found)
