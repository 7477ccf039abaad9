"""A scene as SVG: plain shapes and text, no scripts, no fonts, nothing from elsewhere."""

from __future__ import annotations

import hashlib
from xml.etree import ElementTree

from groundplan.documents.diagram.glyphs import PATHS, SIZE
from groundplan.documents.diagram.scene import (
    BOLD,
    SIZES,
    Arrow,
    Box,
    Change,
    Frame,
    Rect,
    Role,
    Scene,
    Socket,
    Swatch,
    Text,
    Tone,
)
from groundplan.documents.diagram.themes import PALETTES, Palette, Theme, Tint, between

FONTS = "Helvetica Neue,Helvetica,Arial,Liberation Sans,Roboto,sans-serif"
CORNER, ELBOW, HEAD = 6, 6, 7
DASHES = "5 4"
MARKS: dict[Change, str] = {"new": "+", "gone": "−", "changed": "~"}
"""What stands before the name of what has changed: colours alone tell nothing to some."""
QUIET: frozenset[Role] = frozenset({"subtitle", "detail", "small"})


def svg(scene: Scene, theme: Theme = Theme.LIGHT) -> str:
    """The picture as a document that can stand alone or within HTML: its names are its own."""
    return _Writer(scene, PALETTES[theme], theme).text()


class _Writer:
    def __init__(self, scene: Scene, palette: Palette, theme: Theme) -> None:
        self._scene, self._palette = scene, palette
        told = f"{scene.title}|{scene.description}|{theme.value}|{scene.width}x{scene.height}"
        self._id = "d" + hashlib.sha256(told.encode()).hexdigest()[:8]

    def text(self) -> str:
        scene = self._scene
        root = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg", "id": self._id, "role": "img",
                "aria-labelledby": f"{self._id}t {self._id}d",
                "viewBox": f"0 0 {_n(scene.width)} {_n(scene.height)}",
                "width": _n(scene.width), "height": _n(scene.height),
            },
        )  # fmt: skip
        ElementTree.SubElement(root, "title", {"id": f"{self._id}t"}).text = scene.title
        ElementTree.SubElement(root, "desc", {"id": f"{self._id}d"}).text = scene.description
        ElementTree.SubElement(root, "style").text = self._style()
        self._rect(root, Rect(0, 0, scene.width, scene.height), self._palette.paper, None, corner=0)
        for frame in scene.frames:
            self._frame(root, frame)
        # Arrows that join others come first: the head of the other then lies above them.
        for arrow in sorted(scene.arrows, key=lambda arrow: not arrow.joins):
            self._arrow(root, arrow)
        for box in scene.boxes:
            self._box(root, box)
        for socket in scene.sockets:
            self._socket(root, socket)
        for text in scene.texts:
            self._text(root, text)
        for swatch in scene.legend:
            self._swatch(root, swatch)
        ElementTree.indent(root, "")
        return ElementTree.tostring(root, encoding="unicode") + "\n"

    def _style(self) -> str:
        base = f"#{self._id}"
        rules = [f"{base} text{{font-family:{FONTS};fill:{self._palette.ink}}}"]
        for role, size in SIZES.items():
            weight = ";font-weight:bold" if role in BOLD else ""
            colour = f";fill:{self._palette.quiet}" if role in QUIET else ""
            rules.append(f"{base} .{role}{{font-size:{size:g}px{weight}{colour}}}")
        rules.append(f"{base} .g{{fill:none;stroke-width:1.3;stroke-linecap:round;stroke-linejoin:round}}")
        rules.append(f"{base} .w{{fill:none;stroke-width:1.5;stroke-linejoin:round}}")
        return "".join(rules)

    def _tint(self, tone: Tone, change: Change | None = None) -> Tint:
        return self._palette.changes[change] if change else self._palette.tints[tone]

    def _rect(
        self,
        parent: ElementTree.Element,
        rect: Rect,
        fill: str,
        line: str | None,
        *,
        corner: float = CORNER,
        dashed: bool = False,
        thick: float = 1.2,
    ) -> None:
        given = {"x": _n(rect.x), "y": _n(rect.y), "width": _n(rect.width), "height": _n(rect.height), "fill": fill}
        if corner:
            given["rx"] = _n(corner)
        if line:
            given |= {"stroke": line, "stroke-width": _n(thick)}
        if dashed:
            given["stroke-dasharray"] = DASHES
        ElementTree.SubElement(parent, "rect", given)

    def _text(self, parent: ElementTree.Element, text: Text, tint: Tint | None = None) -> None:
        given = {
            "x": _n(text.x), "y": _n(text.y), "class": text.role, "textLength": _n(text.width),
            "lengthAdjust": "spacingAndGlyphs",
        }  # fmt: skip
        if text.anchor != "start":
            given["text-anchor"] = text.anchor
        tint = tint or (self._palette.tints[text.tone] if text.tone else None)
        if tint:
            given["style"] = f"fill:{tint.text}"
        ElementTree.SubElement(parent, "text", given).text = text.text

    def _frame(self, parent: ElementTree.Element, frame: Frame) -> None:
        tint = self._palette.tints[frame.tone]
        fill = tint.ground if frame.filled else "none"
        self._rect(parent, frame.rect, fill, tint.line, corner=CORNER + 2, dashed=frame.dashed, thick=1)
        if frame.label:
            self._text(parent, frame.label)

    def _box(self, parent: ElementTree.Element, box: Box) -> None:
        group = ElementTree.SubElement(parent, "g")
        ElementTree.SubElement(group, "title").text = box.alternative
        tint, gone = self._tint(box.tone, box.change), box.change == "gone"
        fill = self._palette.card if box.change is None else tint.ground
        if box.share is not None:
            fill = between(*self._palette.money, box.share)
        if box.stacked:
            behind = Rect(box.rect.x + 4, box.rect.y + 4, box.rect.width, box.rect.height)
            self._rect(group, behind, tint.ground, tint.line, dashed=gone, thick=1)
        if not box.listed or box.change:
            self._rect(group, box.rect, fill, tint.line, dashed=gone, thick=2 if box.change else 1.2)
        down = 4.0 if box.listed else (box.rect.height - SIZE) / 2 if box.slim else 11.0
        if box.glyph and box.tone in PATHS:
            given = {
                "class": "g", "stroke": tint.line, "d": PATHS[box.tone],
                "transform": f"translate({_n(box.rect.x + 11)} {_n(box.rect.y + down)})",
            }  # fmt: skip
            ElementTree.SubElement(group, "path", given)
        for text in box.texts:
            self._text(group, text, tint if box.change and text.role in ("name", "item") else None)

    def _socket(self, parent: ElementTree.Element, socket: Socket) -> None:
        tint = self._tint(socket.tone, socket.change)
        self._rect(parent, socket.rect, tint.ground, tint.line, corner=4, thick=1)
        self._text(parent, socket.text, tint)

    def _arrow(self, parent: ElementTree.Element, arrow: Arrow) -> None:
        colour = self._palette.changes[arrow.change].line if arrow.change else self._palette.wire
        if arrow.tone != "plain":
            colour = self._palette.tints[arrow.tone].line
        given = {"class": "w", "stroke": colour, "d": _path(arrow.points, head=not arrow.joins)}
        if arrow.dashed or arrow.change == "gone":
            given["stroke-dasharray"] = DASHES
        group = ElementTree.SubElement(parent, "g")
        ElementTree.SubElement(group, "title").text = arrow.alternative
        ElementTree.SubElement(group, "path", given)
        if not arrow.joins:
            ElementTree.SubElement(group, "path", {"d": _head(*arrow.points[-2:]), "fill": colour})

    def _swatch(self, parent: ElementTree.Element, swatch: Swatch) -> None:
        rect, tint = swatch.rect, self._tint(swatch.tone, swatch.change)
        if swatch.line:
            middle = rect.y + rect.height / 2
            given = {
                "class": "w", "stroke": self._palette.wire,
                "d": f"M{_n(rect.x)} {_n(middle)}H{_n(rect.right - HEAD)}",
            }  # fmt: skip
            if swatch.line == "dashed":
                given["stroke-dasharray"] = DASHES
            ElementTree.SubElement(parent, "path", given)
            end = _head((rect.x, middle), (rect.right, middle))
            ElementTree.SubElement(parent, "path", {"d": end, "fill": self._palette.wire})
        elif swatch.share is not None:
            self._rect(parent, rect, between(*self._palette.money, swatch.share), self._palette.wire, corner=2)
        elif swatch.change or swatch.tone not in PATHS:
            self._rect(
                parent, rect, tint.ground, tint.line, corner=2, dashed=swatch.change == "gone",
                thick=2 if swatch.change else 1,
            )  # fmt: skip
        else:
            given = {
                "class": "g", "stroke": tint.line, "d": PATHS[swatch.tone],
                "transform": f"translate({_n(rect.x)} {_n(rect.y + (rect.height - SIZE) / 2)})",
            }  # fmt: skip
            ElementTree.SubElement(parent, "path", given)
        self._text(parent, swatch.text)


def _n(number: float) -> str:
    """At most one decimal place."""
    return f"{round(number, 1):g}" if number < 100_000 else f"{number:.1f}"


def _path(points: tuple[tuple[float, float], ...], *, head: bool) -> str:
    """A line with round corners; with a head it ends where that begins."""
    ends = list(points)
    if head:
        ends[-1] = _towards(ends[-1], ends[-2], HEAD - 1)
    found = [f"M{_n(ends[0][0])} {_n(ends[0][1])}"]
    for before, corner, after in zip(ends, ends[1:], ends[2:], strict=False):
        radius = min(ELBOW, _distance(before, corner) / 2, _distance(corner, after) / 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        found.append(f"L{_n(start[0])} {_n(start[1])}Q{_n(corner[0])} {_n(corner[1])} {_n(end[0])} {_n(end[1])}")
    found.append(f"L{_n(ends[-1][0])} {_n(ends[-1][1])}")
    return "".join(found)


def _head(before: tuple[float, float], tip: tuple[float, float]) -> str:
    base = _towards(tip, before, HEAD)
    across_x, across_y = (tip[1] - base[1]) * 0.55, (base[0] - tip[0]) * 0.55
    corners = (tip, (base[0] + across_x, base[1] + across_y), (base[0] - across_x, base[1] - across_y))
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in corners) + "z"


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(point: tuple[float, float], target: tuple[float, float], by: float) -> tuple[float, float]:
    """A point that lies on a horizontal or vertical line to another, so far from the first."""
    x, y = target[0] - point[0], target[1] - point[1]
    if abs(x) >= abs(y):
        return point[0] + (by if x > 0 else -by if x < 0 else 0), point[1]
    return point[0], point[1] + (by if y > 0 else -by)
