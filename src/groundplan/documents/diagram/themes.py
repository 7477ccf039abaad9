"""Colours of a picture, light and dark. Text has a contrast of 4.5 to 1 with what it stands on (WCAG 2.2, AA)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from groundplan.documents.diagram.scene import Change, Tone


class Theme(StrEnum):
    """What a picture stands on."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Tint:
    """The colours of one tone: a line or glyph, and a ground that text can stand on."""

    line: str
    ground: str
    text: str


@dataclass(frozen=True)
class Palette:
    """All colours of a theme."""

    paper: str
    card: str
    ink: str
    quiet: str
    """Details and small print."""
    wire: str
    """Arrows."""
    tints: Mapping[Tone, Tint]
    changes: Mapping[Change, Tint]
    money: tuple[str, str]
    """From what costs little to what costs most. ``ink`` can be read on both."""


LIGHT = Palette(
    paper="#ffffff",
    card="#ffffff",
    ink="#17212b",
    quiet="#4c5966",
    wire="#56636f",
    tints={
        "edge": Tint("#6d4fc2", "#f3f0fb", "#553aa3"),
        "compute": Tint("#c2570c", "#fdf2e9", "#94420a"),
        "data": Tint("#1f6fc0", "#ebf3fb", "#17599c"),
        "messaging": Tint("#b3256f", "#fbecf4", "#951b5b"),
        "network": Tint("#11806a", "#e8f6f2", "#0c6554"),
        "security": Tint("#b3372f", "#fbeeed", "#962c25"),
        "watching": Tint("#7a6a12", "#f8f5e4", "#62550d"),
        "outside": Tint("#56636f", "#f1f3f5", "#3f4b56"),
        "plain": Tint("#b4bdc6", "#f8f9fb", "#4c5966"),
        "public": Tint("#a9d5c6", "#f1f9f6", "#0c6554"),
        "private": Tint("#bccbe0", "#f3f6fb", "#33557f"),
        "database": Tint("#c9c3e3", "#f6f4fb", "#564991"),
    },
    changes={
        "new": Tint("#1a7f37", "#e9f7ec", "#116329"),
        "gone": Tint("#c0262d", "#fdeeee", "#a01c22"),
        "changed": Tint("#9a6700", "#fff6d8", "#7a5100"),
    },
    money=("#f5f8fb", "#b4d5f5"),
)
DARK = Palette(
    paper="#0f151c",
    card="#18212b",
    ink="#eef2f6",
    quiet="#aab6c2",
    wire="#93a1ae",
    tints={
        "edge": Tint("#a78bfa", "#211d3a", "#c9b8ff"),
        "compute": Tint("#f59f4c", "#2f2216", "#fbbd84"),
        "data": Tint("#62aaf0", "#152638", "#9accfb"),
        "messaging": Tint("#ee79b4", "#331a29", "#f6a5cd"),
        "network": Tint("#3fc0a2", "#12291f", "#7cdcc6"),
        "security": Tint("#f08078", "#341c1b", "#f7aea9"),
        "watching": Tint("#d3bd46", "#2b2711", "#e5d47b"),
        "outside": Tint("#93a1ae", "#1c252e", "#c3ccd5"),
        "plain": Tint("#46535f", "#141c24", "#aab6c2"),
        "public": Tint("#2b5a4c", "#12201d", "#7cdcc6"),
        "private": Tint("#33475f", "#121b26", "#a3c2e8"),
        "database": Tint("#463f6b", "#191729", "#c4baf0"),
    },
    changes={
        "new": Tint("#3fb950", "#12281a", "#6fdd83"),
        "gone": Tint("#f47067", "#331a1b", "#ff9d96"),
        "changed": Tint("#d9a32b", "#2e2410", "#f0c561"),
    },
    money=("#16202a", "#1c4672"),
)
PALETTES = {Theme.LIGHT: LIGHT, Theme.DARK: DARK}


def between(low: str, high: str, share: float) -> str:
    """The colour at a share of the way from one to the other."""
    channels = (round(int(low[at : at + 2], 16) * (1 - share) + int(high[at : at + 2], 16) * share) for at in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in channels)
