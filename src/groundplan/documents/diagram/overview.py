"""All of it: regions and networks as frames, zones as columns, tiers as rows; edge above, services aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundplan.documents.diagram.inventory import ROUTE53
from groundplan.documents.diagram.layout import (
    CHANGES,
    HEADING,
    MANY_LINKS,
    MARGIN,
    SOCKET,
    WIDTH,
    Dock,
    boxed,
    connect,
    headed,
    height_of,
    legend,
    listed,
    sockets,
    up,
)
from groundplan.documents.diagram.parts import APIS, Inventory, Link, Part, Site, Where, counted
from groundplan.documents.diagram.routing import LEFT, RIGHT, UP
from groundplan.documents.diagram.scene import Change, Frame, Rect, Scene, Text, Tone
from groundplan.resources.architecture import STANDBY

NETWORK_LEFT, NETWORK_RIGHT = 70.0, 840.0
"""The VPC's frame; left and right of it arrows have room to pass."""
COLUMNS_LEFT, COLUMNS_RIGHT, COLUMN_GAP = 180.0, 800.0, 20.0
SIDE_LEFT, SIDE_RIGHT = 940.0, 1150.0
"""The column of what stands in no network."""
TIERS: tuple[tuple[Where, str], ...] = (("public", "Public"), ("private", "Private"), ("database", "Database"))
GAPS = (50.0, 70.0, 100.0, 140.0)
"""Between rows, where arrows arrive: the first with which all of them find a way."""
GOOGLE = "Google "
"""What the names of Google's services begin with."""
EDGE_WIDTH, EDGE_GAP = 220.0, 90.0


def overview(inventory: Inventory, view: str = "Overview") -> Scene:
    """The picture. An arrow that no layout has room for is named below it."""
    for gap in GAPS:
        drawing = _Drawing(inventory, view, gap)
        if not drawing.missing or len(inventory.links) > MANY_LINKS:
            break
    return drawing.scene


@dataclass
class _Row:
    y: float
    height: float
    parts: list[tuple[Part, Rect]]


class _Drawing:
    def __init__(self, inventory: Inventory, view: str, gap: float) -> None:
        self._inventory, self._gap = inventory, gap
        self._rects: dict[str, Rect] = {}
        self._docks: dict[tuple[str, str], Dock] = {}
        self._labels: dict[str, dict[str, Change | None]] = {}
        for link in inventory.links:
            self._labels.setdefault(link.target, {}).setdefault(link.label, link.change)
        title = f"{inventory.title} · {inventory.environment}"
        self.scene = Scene(WIDTH, 0, f"{title}: {view.lower()}", _described(inventory))
        headed(self.scene, title, _subtitle(inventory), view)
        y = self._edge(HEADING + 10)
        for site in inventory.sites:
            y = self._site(site, y) + 30
        y = self._legend(y)
        self.scene.height = y + MARGIN
        names = {part.id: part.name for part in inventory.parts} | {
            f"{prefix}{APIS}": "the APIs of AWS services" for prefix in ("", STANDBY)
        }
        self.missing: list[Link] = connect(self.scene, inventory.links, self._rects, self._docks, names)
        for link in self.missing:
            told = f"Not drawn: {names[link.source]} to {names[link.target]}, {link.label}"
            self.scene.texts.append(Text(MARGIN, self.scene.height, told, "small"))
            self.scene.height += 20

    def _place(self, part: Part, rect: Rect, side: int, most: int = 3) -> None:
        self.scene.boxes.append(boxed(part, rect, most))
        self._rects[part.id] = rect
        self._dock(part.id, rect, side, part.tone)

    def _dock(self, end: str, rect: Rect, side: int, tone: Tone) -> None:
        labels = self._labels.get(end, {})
        for label, dock in sockets(rect, list(labels), side, tone, labels).items():
            self._docks[end, label] = dock
            self.scene.sockets.append(dock.socket)

    def _edge(self, y: float) -> float:
        """What stands before the regions, in a row. Returns where the regions begin."""
        parts = self._inventory.of("edge")
        if not parts:
            return y
        x, row = NETWORK_LEFT if parts[0].id == ROUTE53 else NETWORK_LEFT + EDGE_WIDTH + EDGE_GAP, y
        high = max(height_of(part, EDGE_WIDTH) for part in parts)
        for part in parts:
            if x + EDGE_WIDTH > WIDTH - MARGIN:
                x, row = NETWORK_LEFT + 2 * (EDGE_WIDTH + EDGE_GAP), row + high + 30
            self._place(part, Rect(x, row, EDGE_WIDTH, high), RIGHT if part.id == ROUTE53 else LEFT)
            x += EDGE_WIDTH + EDGE_GAP
        return row + high + self._gap

    def _site(self, site: Site, y: float) -> float:
        """One region. Returns where it ends."""
        frames, top = self.scene.frames, y + 40
        at = len(frames)
        kind = " · standby region" if site.standby else ""
        network = self._network(site, top) if site.vpc else top
        beside = self._beside(site, top) if site.vpc else self._alone(site, top)
        bottom = up(max(network, beside) + 20)
        label = Text(MARGIN + 14, y + 22, f"{site.region}{kind}", "heading")
        frames.insert(at, Frame(_off_grid(Rect(MARGIN, y, WIDTH - 2 * MARGIN, bottom - y), 5), "plain", label))
        return bottom

    def _network(self, site: Site, y: float) -> float:
        """The VPC with its tiers and zones. Returns where it ends."""
        frames = self.scene.frames
        at = len(frames)
        top = y + 40
        for where, name in TIERS:
            parts = self._inventory.of(where, standby=site.standby)
            if not parts and not any(tier == where for tier, _ in site.subnets):
                continue
            rows = self._rows(site, parts, top)
            bottom = max((row.y + row.height for row in rows), default=top + 30) + 20
            label = Text(NETWORK_LEFT + 28, top + 26, name, "heading", tone=_band(where))
            frame = Rect(NETWORK_LEFT + 10, top, NETWORK_RIGHT - NETWORK_LEFT - 20, bottom - top)
            frames.append(Frame(_off_grid(frame, -5), _band(where), label))
            for row in rows:
                for part, rect in row.parts:
                    self._place(part, rect, UP)
            top = bottom + 10
        for number, zone in enumerate(site.zones):
            x, wide = self._column(site, number, 1)
            label = Text(x + wide / 2, y + 26, zone, "small", "middle")
            column = Rect(x - 5, y + 34, wide + 10, top - 6 - y - 34)
            frames.append(Frame(column, "plain", label, dashed=True, filled=False))
        label = Text(NETWORK_LEFT + 14, y + 26, site.vpc or "", "small", tone="network")
        frame = Rect(NETWORK_LEFT, y, NETWORK_RIGHT - NETWORK_LEFT, top - y)
        frames.insert(at, Frame(_off_grid(frame, 5), "network", label, filled=False))
        return top

    def _column(self, site: Site, first: int, span: int) -> tuple[float, float]:
        """Left edge and width of so many zones."""
        count = len(site.zones)
        each = (COLUMNS_RIGHT - COLUMNS_LEFT - COLUMN_GAP * (count - 1)) // count // 10 * 10
        return COLUMNS_LEFT + first * (each + COLUMN_GAP), span * each + (span - 1) * COLUMN_GAP

    def _rows(self, site: Site, parts: Sequence[Part], top: float) -> list[_Row]:
        """The parts of a tier in rows, each in the columns of its zones, none over another."""
        shelves: list[list[tuple[Part, int, int]]] = []
        for part in sorted(parts, key=_order):
            numbers = [site.zones.index(zone) for zone in part.zones if zone in site.zones] or [0]
            first, last = min(numbers), max(numbers)
            shelf = next((item for item in shelves if all(last < other or first > end for _, other, end in item)), None)
            if shelf is None:
                shelves.append(shelf := [])
            shelf.append((part, first, last))
        rows, y = [], top
        for number, shelf in enumerate(shelves):
            y += self._gap if any(part.id in self._labels for part, _, _ in shelf) else 20 if not number else 30
            places = [(part, *self._column(site, first, last - first + 1)) for part, first, last in shelf]
            high = max(height_of(part, wide) for part, _, wide in places)
            rows.append(_Row(y, high, [(part, Rect(x, y, wide, high)) for part, x, wide in places]))
            y += high
        return rows

    def _beside(self, site: Site, y: float) -> float:
        """What stands in no network, in a column. Returns where it ends."""
        for part in self._inventory.of("stores", standby=site.standby):
            high = max(height_of(part, SIDE_RIGHT - SIDE_LEFT), 30.0 * len(self._labels.get(part.id, {})))
            self._place(part, Rect(SIDE_LEFT, y, SIDE_RIGHT - SIDE_LEFT, high), LEFT)
            y += high + 20
        services = self._inventory.of("services", standby=site.standby)
        elsewhere = [part for part in services if part.name.startswith(GOOGLE)]
        apis = f"{STANDBY if site.standby else ''}{APIS}"
        y = self._list("AWS services", [part for part in services if part not in elsewhere], y, apis)
        return self._list("Google Cloud", elsewhere, y + 20) if elsewhere else y

    def _list(self, title: str, services: Sequence[Part], y: float, end: str | None = None) -> float:
        """Services one below the other, in a frame that arrows may lead to. Returns where it ends."""
        if not services and end not in self._labels:
            return y
        top, y = y, y + 34
        for part in services:
            room = max((up(len(label) * 6 + 16) for label in self._labels.get(part.id, {})), default=0.0)
            left = SIDE_LEFT + 10 + room
            rect = Rect(left, y, SIDE_RIGHT - 10 - left, height_of(part, SIDE_RIGHT - 10 - left) - 10)
            self.scene.boxes.append(listed(part, rect))
            self._rects[part.id] = rect
            self._dock(part.id, rect, LEFT, part.tone)
            y += rect.height
        y += 10
        frame = Rect(SIDE_LEFT, top, SIDE_RIGHT - SIDE_LEFT, y - top)
        self.scene.frames.append(Frame(frame, "plain", Text(SIDE_LEFT + 12, top + 24, title, "heading")))
        if end is not None:
            self._rects[end] = frame
            self._dock(end, Rect(frame.x, top, frame.width, 2 * SOCKET), LEFT, "plain")
        return y

    def _alone(self, site: Site, y: float) -> float:
        """Everything of a region without a network, in three columns. Returns where it ends."""
        parts = [part for where in ("stores", "services") for part in self._inventory.of(where, standby=site.standby)]
        wide, row_height, x = 360.0, 0.0, MARGIN + 20
        for part in parts:
            if x + wide > WIDTH - MARGIN:
                x, y, row_height = MARGIN + 20, y + row_height + 20, 0.0
            left = x + max((up(len(label) * 6 + 16) for label in self._labels.get(part.id, {})), default=0.0)
            high = height_of(part, x + wide - left)
            self._place(part, Rect(left, y, x + wide - left, high), LEFT)
            row_height, x = max(row_height, high), x + wide + 20
        return y + row_height

    def _legend(self, y: float) -> float:
        links = self._inventory.links
        arrows = []
        if any(not link.dashed for link in links):
            arrows.append((False, "traffic, with the port where it arrives"))
        if any(link.dashed for link in links):
            arrows.append((True, "copies and failover"))
        happened = {*(part.change for part in self._inventory.parts), *(link.change for link in links)}
        changes = [change for change in CHANGES if change in happened]
        return legend(self.scene, y, (part.tone for part in self._inventory.parts), arrows=arrows, changes=changes)


def _off_grid(frame: Rect, by: float) -> Rect:
    """A little larger or smaller: arrows run on the grid, and never along a frame."""
    return frame.grown(by)


def _band(where: Where) -> Tone:
    assert where in ("public", "private", "database")
    return where


def _order(part: Part) -> tuple[bool, bool]:
    """What users reach first stands above; what leads out, below."""
    return part.id.startswith("nat_gateway"), "primary" not in part.name and len(part.zones) == 1


def _subtitle(inventory: Inventory) -> str:
    first, *others = inventory.sites
    zones = f" · {counted(len(first.zones), 'zone')}" if first.zones else ""
    standby = f", standby in {others[0].region}" if others else ""
    told = inventory.note or counted(inventory.resources, "resource")
    return f"{first.region}{standby}{zones} · {told}"


def _described(inventory: Inventory) -> str:
    names = {part.id: part.name for part in inventory.parts}
    parts = "; ".join(part.alternative for part in inventory.parts)
    links = "; ".join(
        f"{names[link.source]} to {names.get(link.target, 'the APIs of AWS services')} ({link.label})"
        for link in inventory.links
    )
    arrows = f" Arrows: {links}." if links else ""
    return f"{_subtitle(inventory)}. {parts}.{arrows}"
