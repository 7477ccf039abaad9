"""What a picture consists of: frames, boxes, arrows and texts at places that are computed, no colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from groundplan.documents.diagram.metrics import ASCENT, DESCENT, width

Tone = Literal[
    "edge", "compute", "data", "network", "messaging", "security", "watching", "outside", "plain",
    "public", "private", "database",
]  # fmt: skip
"""What a thing is there for; a theme has a colour for each."""
Change = Literal["new", "gone", "changed"]
Role = Literal["title", "subtitle", "heading", "name", "detail", "port", "small", "item"]

SIZES: dict[Role, float] = {
    "title": 24, "subtitle": 13.5, "heading": 12, "name": 13.5, "detail": 11.5, "port": 10.5, "small": 11, "item": 12,
}  # fmt: skip
"""Sizes of type in pixels. Nothing is smaller than 10.5 at 1200 pixels."""
BOLD: frozenset[Role] = frozenset({"title", "heading", "name", "item"})


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: Rect) -> bool:
        """Whether they share more than an edge."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )  # fmt: skip

    def contains(self, other: Rect) -> bool:
        """Whether the other lies wholly within."""
        return (
            self.x <= other.x and other.right <= self.right and self.y <= other.y and other.bottom <= self.bottom
        )  # fmt: skip

    def grown(self, by: float) -> Rect:
        """The same with a margin around it."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text. ``x`` is its left, middle or right edge, ``y`` its baseline."""

    x: float
    y: float
    text: str
    role: Role
    anchor: Literal["start", "middle", "end"] = "start"
    tone: Tone | None = None
    """Whose colour it has; None: that of its role."""

    @property
    def width(self) -> float:
        return width(self.text, SIZES[self.role], bold=self.role in BOLD)

    @property
    def rect(self) -> Rect:
        """The room it takes."""
        size, wide = SIZES[self.role], self.width
        left = {"start": self.x, "middle": self.x - wide / 2, "end": self.x - wide}[self.anchor]
        return Rect(left, self.y - ASCENT * size, wide, (ASCENT + DESCENT) * size)


@dataclass(frozen=True, slots=True)
class Frame:
    """What others stand in: a region, a VPC, a tier, a zone."""

    rect: Rect
    tone: Tone
    label: Text | None = None
    dashed: bool = False
    filled: bool = True


@dataclass(frozen=True, slots=True)
class Box:
    """One thing, or many that are alike."""

    rect: Rect
    tone: Tone
    texts: tuple[Text, ...]
    alternative: str
    """What it is, in words, for whoever does not see it."""
    stacked: bool = False
    """Whether it stands for several."""
    change: Change | None = None
    listed: bool = False
    """Whether it is a line of a list, without a frame of its own."""
    slim: bool = False
    """Whether it has one line only, and its drawing beside that."""
    glyph: bool = True
    share: float | None = None
    """How much of the whole it is, 0 to 1, where colour tells the money."""


@dataclass(frozen=True, slots=True)
class Socket:
    """Where arrows end: a small label with the port, at the edge of what is reached."""

    rect: Rect
    text: Text
    tone: Tone
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line of horizontal and vertical pieces, with a head at its end."""

    points: tuple[tuple[float, float], ...]
    alternative: str
    dashed: bool = False
    tone: Tone = "plain"
    change: Change | None = None
    joins: bool = False
    """Whether it ends in another arrow to the same place instead of a head of its own."""

    def pieces(self) -> Iterable[Rect]:
        """Its straight pieces, as rectangles without thickness."""
        for (x, y), (to_x, to_y) in zip(self.points, self.points[1:], strict=False):
            yield Rect(min(x, to_x), min(y, to_y), abs(to_x - x), abs(to_y - y))


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour of the legend and what it means."""

    rect: Rect
    tone: Tone
    text: Text
    change: Change | None = None
    share: float | None = None
    line: Literal["solid", "dashed"] | None = None


@dataclass
class Scene:
    """A whole picture, in the order in which it is painted."""

    width: float
    height: float
    title: str
    description: str
    """The picture in words: what it shows, for whoever does not see it."""
    frames: list[Frame] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    sockets: list[Socket] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    legend: list[Swatch] = field(default_factory=list)

    def all_texts(self) -> list[Text]:
        """Every text that stands anywhere."""
        return [
            *self.texts,
            *(frame.label for frame in self.frames if frame.label),
            *(text for box in self.boxes for text in box.texts),
            *(socket.text for socket in self.sockets),
            *(swatch.text for swatch in self.legend),
        ]
