"""What every picture has: its size, its heading, its legend, boxes with text in them, sockets and routed arrows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from groundplan.documents.diagram import metrics
from groundplan.documents.diagram.parts import Link, Part
from groundplan.documents.diagram.routing import DOWN, GRID, LEFT, RIGHT, UP, Exit, Router
from groundplan.documents.diagram.scene import (
    SIZES,
    Arrow,
    Box,
    Change,
    Rect,
    Scene,
    Socket,
    Swatch,
    Text,
    Tone,
)
from groundplan.documents.diagram.vector import MARKS

WIDTH = 1200.0
"""Of every picture, in pixels."""
MARGIN = 20.0
HEADING = 80.0
"""Where the picture begins, below its title."""
LINE = 15.0
NARROW = 130.0
MANY_LINKS = 70
"""With more arrows than these a picture is drawn once, and not again with more room: that takes seconds."""
SOCKET = 20.0
"""The height of a socket."""
MEANINGS: Mapping[Tone, str] = {
    "outside": "users", "edge": "edge", "network": "network", "compute": "compute", "data": "data",
    "messaging": "messaging", "security": "security", "watching": "monitoring and audit",
}  # fmt: skip
CHANGES: Mapping[Change, str] = {"new": "+ new", "gone": "− gone", "changed": "~ changed"}


@dataclass(frozen=True)
class Dock:
    """Where arrows with one label arrive at a part: its socket, and the point that they end at."""

    socket: Socket
    exit: Exit


def up(number: float) -> float:
    """The next multiple of the grid."""
    return -(-number // GRID) * GRID


def headed(scene: Scene, title: str, subtitle: str, view: str) -> None:
    """Title and subtitle on the left, the name of the view on the right."""
    aside = Text(WIDTH - MARGIN, 42, view, "heading", "end", "plain")
    scene.texts.append(Text(MARGIN, 42, metrics.fitting(title, SIZES["title"], 900, bold=True), "title"))
    scene.texts.append(Text(MARGIN, 64, metrics.fitting(subtitle, SIZES["subtitle"], WIDTH - 2 * MARGIN), "subtitle"))
    scene.texts.append(aside)


def detail_lines(part: Part, room: float, most: int = 3) -> tuple[str, ...]:
    """The details of a part, one beside the other where there is room, else one below the other."""
    size, found = SIZES["detail"], [""]
    for detail in part.details:
        longer = f"{found[-1]} · {detail}" if found[-1] else detail
        if metrics.width(longer, size) <= room:
            found[-1] = longer
        else:
            found += metrics.lines(detail, size, room)
    found = [line for line in found if line]
    if len(found) > most:
        found = [*found[: most - 1], metrics.fitting(f"{' '.join(found[most - 1 :])} …", size, room)]
    return tuple(found)


def listed(part: Part, rect: Rect) -> Box:
    """A part as a line of a list: no frame of its own."""
    box = boxed(part, rect)
    texts = (Text(box.texts[0].x, rect.y + 17, box.texts[0].text, "item"),
             *(Text(text.x, text.y - 8, text.text, "small") for text in box.texts[1:]))  # fmt: skip
    return replace(box, texts=texts, listed=True)


def height_of(part: Part, wide: float, most: int = 3) -> float:
    """How high the box of a part is that is so wide."""
    return up(30 + LINE * len(detail_lines(part, wide - _indent(wide) - 10, most)) + (4 if part.details else 2))


def boxed(part: Part, rect: Rect, most: int = 3) -> Box:
    """A part in its box: name, and details below it."""
    indent = _indent(rect.width)
    room, mark = rect.width - indent - 10, f"{MARKS[part.change]} " if part.change else ""
    left = rect.x + indent
    name = metrics.fitting(f"{mark}{part.name}", SIZES["name"], room, bold=True)
    texts = [Text(left, rect.y + 24, name, "name")]
    for number, line in enumerate(detail_lines(part, room, most)):
        texts.append(Text(left, rect.y + 24 + LINE * (number + 1) + 1, line, "detail"))
    return Box(rect, part.tone, tuple(texts), part.alternative, part.count > 1, part.change, glyph=rect.width >= NARROW)


def _indent(wide: float) -> float:
    """Where text begins: behind the drawing, for which a narrow box has no room."""
    return 36.0 if wide >= NARROW else 8.0


def sockets(
    rect: Rect, labels: Sequence[str], side: int, tone: Tone, changes: Mapping[str, Change | None]
) -> dict[str, Dock]:
    """A socket for each label on one side of a box."""
    found: dict[str, Dock] = {}
    for number, label in enumerate(labels):
        wide = up(metrics.width(label, SIZES["port"]) + 10)
        if side in (UP, DOWN):
            middle = float(round((rect.x + rect.width * (number + 1) / (len(labels) + 1)) / GRID) * GRID)
            place = Rect(middle - wide / 2, rect.y - SOCKET if side == UP else rect.bottom, wide, SOCKET)
            point = (middle, place.y if side == UP else place.bottom)
        else:
            middle = float(round((rect.y + rect.height * (number + 1) / (len(labels) + 1)) / GRID) * GRID)
            if len(labels) > 1:
                middle = rect.y + 10 + number * (SOCKET + 10)
            place = Rect(rect.x - wide if side == LEFT else rect.right, middle - SOCKET / 2, wide, SOCKET)
            point = (place.x if side == LEFT else place.right, middle)
        text = Text(place.x + wide / 2, place.y + 14, label, "port", "middle")
        found[label] = Dock(Socket(place, text, tone, changes.get(label)), Exit(point, side))
    return found


def exits(rect: Rect, taken: Iterable[Rect], above: float) -> list[Exit]:
    """Points on the edges of a box where an arrow may begin, one of them straight above or below its end."""
    found: list[Exit] = []
    around = rect.grown(30)
    blocked = [item.grown(8) for item in taken if item.overlaps(around)]
    step = GRID * max(1, int(rect.width // 80))
    across = {*range(int(up(rect.x + 20)), int(rect.right - 19), step)}
    if rect.x + 20 <= above <= rect.right - 20:
        across.add(int(above))
    down = range(int(up(rect.y + 10)), int(rect.bottom - 9), GRID)
    for x in sorted(across):
        found += [Exit((x, rect.bottom), DOWN), Exit((x, rect.y), UP)]
    for y in down:
        found += [Exit((rect.right, y), RIGHT), Exit((rect.x, y), LEFT)]
    return [
        exit for exit in found if not any(item.contains(Rect(exit.point[0], exit.point[1], 0, 0)) for item in blocked)
    ]


def connect(
    scene: Scene,
    links: Sequence[Link],
    starts: Mapping[str, Rect],
    docks: Mapping[tuple[str, str], Dock],
    names: Mapping[str, str],
) -> list[Link]:
    """Draw the arrows of all links around what is in the scene already. Returns those for which there is no way."""
    router = Router(scene.width, scene.height)
    for box in scene.boxes:
        router.block(box.rect)
    for socket in scene.sockets:
        router.block(socket.rect)
    for text in scene.all_texts():
        router.block(text.rect, 4)
    beside = [socket.rect for socket in scene.sockets]

    def far(link: Link) -> float:
        start, end = starts[link.source], docks[link.target, link.label].exit.point
        x = max(start.x - end[0], 0, end[0] - start.right)
        return x + max(start.y - end[1], 0, end[1] - start.bottom)

    missing: list[Link] = []
    for link in sorted(links, key=far):
        dock = docks[link.target, link.label]
        route = router.route(
            f"{link.target} {link.label}", exits(starts[link.source], beside, dock.exit.point[0]), dock.exit
        )
        if route is None:
            missing.append(link)
            continue
        told = f"{names[link.source]} to {names[link.target]}: {link.label}"
        scene.arrows.append(Arrow(route.points, told, link.dashed, "plain", link.change, route.joins))
    return missing


def legend(
    scene: Scene, y: float, tones: Iterable[Tone], *, arrows: Sequence[tuple[bool, str]] = (),
    changes: Iterable[Change] = (),
) -> float:  # fmt: skip
    """What colours and lines mean, in rows from left to right. Returns where it ends."""
    entries: list[tuple[Tone, str, Change | None, bool | None]] = []
    used = set(tones)
    entries += [(tone, meaning, None, None) for tone, meaning in MEANINGS.items() if tone in used]
    entries += [("plain", CHANGES[change], change, None) for change in changes]
    entries += [("plain", told, None, dashed) for dashed, told in arrows]
    x = MARGIN
    for tone, told, change, dashed in entries:
        wide = 30.0 if dashed is not None else 16.0
        room = wide + 8 + metrics.width(told, SIZES["small"]) + 24
        if x + room > WIDTH - MARGIN:
            x, y = MARGIN, y + 24
        text = Text(x + wide + 8, y + 12, told, "small")
        line: Literal["solid", "dashed"] | None = None
        if dashed is not None:
            line = "dashed" if dashed else "solid"
        scene.legend.append(Swatch(Rect(x, y, wide, 16), tone, text, change, None, line))
        x += room
    return y + 16
