"""What an environment costs: areas as large as the money that they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from groundplan.cost.concerns import concern_of
from groundplan.cost.model import Estimate
from groundplan.cost.report import cents
from groundplan.documents.diagram import metrics
from groundplan.documents.diagram.layout import HEADING, MARGIN, WIDTH, headed
from groundplan.documents.diagram.parts import counted
from groundplan.documents.diagram.scene import SIZES, Box, Frame, Rect, Scene, Swatch, Text
from groundplan.resources.architecture import Architecture

AREA_HEIGHT = 640.0
TITLES = {
    "encryption": "Encryption", "network": "Network", "storage": "Storage", "databases": "Databases",
    "caches": "Caches", "messaging": "Messaging", "registry": "Registry", "edge": "Edge", "delivery": "Delivery",
    "services": "Compute", "scaling": "Scaling", "monitoring": "Monitoring", "audit": "Audit",
    "security": "Security", "backup": "Backup",
}  # fmt: skip
SMALLEST = Rect(0, 0, 92, 44)
"""The area that a name and an amount can be read in. What is smaller is drawn as one with what is small beside it."""

LEAST_SHARES = (0.04, 0.1, 0.2)
"""How small an area may be beside its group: the one with which most can be read, the smallest of these."""


@dataclass(frozen=True)
class Tile:
    """One area: a resource, or several small ones."""

    name: str
    usd: Decimal
    count: int = 1


def money(architecture: Architecture, estimate: Estimate) -> Scene:
    """The picture. The amounts in it add up to the monthly sum."""
    title = f"{architecture.title} · {architecture.stage}"
    groups = _groups(architecture, estimate)
    total = sum((usd for group in groups.values() for usd in group.values()), Decimal(0))
    told = "; ".join(
        f"{TITLES[concern]} {cents(sum(group.values(), Decimal(0)))} ("
        + ", ".join(f"{name} {cents(usd)}" for name, usd in group.items())
        + ")"
        for concern, group in groups.items()
    )
    description = f"{cents(total):,} USD a month: {told}."
    scene = Scene(WIDTH, HEADING + 10 + AREA_HEIGHT + 60, f"{title}: cost", description)
    unpriced = f" · {counted(len(estimate.unpriced), 'item')} without a price" if estimate.unpriced else ""
    headed(scene, title, f"{cents(total):,} USD a month · areas as large as their share{unpriced}", "Cost")
    area = Rect(MARGIN, HEADING + 10, WIDTH - 2 * MARGIN, AREA_HEIGHT)
    sums = [(concern, sum(group.values(), Decimal(0))) for concern, group in groups.items()]
    sums.sort(key=lambda item: -item[1])
    largest = max((usd for group in groups.values() for usd in group.values()), default=Decimal(1))
    shares = _readable([float(usd) for _, usd in sums], 0.035)
    for (concern, usd), rect in zip(sums, squarified(shares, area), strict=True):
        _group(scene, TITLES[concern], usd, groups[concern], _inset(rect, 2), largest)
    y = area.bottom + 20
    for number, share in enumerate((0.0, 0.5, 1.0)):
        told = ("little", "half of the most", "the most")[number]
        rect = Rect(MARGIN + 160 * number, y, 16, 16)
        scene.legend.append(Swatch(rect, "plain", Text(rect.right + 8, y + 12, told, "small"), share=share))
    note = "what is too little for its share to be read is drawn larger than that"
    scene.texts.append(Text(WIDTH - MARGIN, y + 12, note, "small", "end"))
    return scene


def _groups(architecture: Architecture, estimate: Estimate) -> Mapping[str, dict[str, Decimal]]:
    """USD a month by concern and resource, the most first."""
    concerns = concern_of(architecture)
    found: dict[str, dict[str, Decimal]] = {}
    for line in estimate.lines:
        group = found.setdefault(concerns[line.resource], {})
        group[line.resource] = group.get(line.resource, Decimal(0)) + line.monthly
    return {
        concern: dict(sorted(((name, usd) for name, usd in group.items() if usd > 0), key=lambda item: -item[1]))
        for concern, group in found.items()
        if sum(group.values(), Decimal(0)) > 0
    }


def _group(scene: Scene, title: str, usd: Decimal, group: Mapping[str, Decimal], rect: Rect, largest: Decimal) -> None:
    room = rect.width - 16
    amount = f"{cents(usd):,}"
    name = metrics.fitting(title, SIZES["heading"], room - metrics.width(amount, SIZES["small"]) - 8, bold=True)
    scene.frames.append(Frame(rect, "plain", Text(rect.x + 8, rect.y + 17, name, "heading")))
    scene.texts.append(Text(rect.right - 8, rect.y + 17, amount, "small", "end"))
    inner = Rect(rect.x + 5, rect.y + 25, rect.width - 10, rect.height - 30)
    tiles = [Tile(_short(name), usd) for name, usd in group.items()]
    placed = _placed(tiles, inner)
    for tile, place in placed:
        where = _inset(place, 1.5)
        room = where.width - 16
        known = tile.name if metrics.width(tile.name, SIZES["detail"]) <= room else tile.name.partition(" (")[0]
        fitted = metrics.fitting(known, SIZES["detail"], room)
        amount = metrics.fitting(f"{cents(tile.usd):,}", SIZES["item"], room, bold=True)
        texts = [Text(where.x + 8, where.y + 17, fitted, "detail"), Text(where.x + 8, where.y + 33, amount, "item")]
        if where.height < SMALLEST.height - 4:
            texts = [Text(where.x + 8, where.y + 16, metrics.fitting(f"{cents(tile.usd):,} {tile.name}",
                                                                     SIZES["detail"], room), "detail")]  # fmt: skip
        share = float(tile.usd / largest) if largest else 0.0
        told = f"{tile.name}: {cents(tile.usd):,} USD a month"
        scene.boxes.append(Box(where, "plain", tuple(texts), told, glyph=False, share=min(share, 1.0)))


def _placed(tiles: Sequence[Tile], area: Rect) -> list[tuple[Tile, Rect]]:
    """As many tiles as can be read, the most expensive ones; the others are one."""
    total = sum((tile.usd for tile in tiles), Decimal(0))
    worth = sum(tile.usd * 50 >= total for tile in tiles)
    most = len(tiles) if len(tiles) == worth + 1 else worth
    best: list[tuple[Tile, Rect]] = []
    for least in LEAST_SHARES:
        for count in range(most, len(best) - 1, -1):
            shown = list(tiles[:count])
            if rest := tiles[count:]:
                usd = sum((tile.usd for tile in rest), Decimal(0))
                shown.append(Tile(f"{len(rest)} more", usd, len(rest)))
            rects = squarified(_readable([float(tile.usd) for tile in shown], least), area)
            readable = all(rect.width >= SMALLEST.width and rect.height >= SMALLEST.height for rect in rects)
            if count and readable and len(shown) > len(best):
                best = list(zip(shown, rects, strict=True))
                break
    if best:
        return best
    name = tiles[0].name if len(tiles) == 1 else counted(len(tiles), "resource")
    return [(Tile(name, total, len(tiles)), area)]


def _readable(sizes: Sequence[float], least: float) -> list[float]:
    """The sizes, none below a share of their sum."""
    floor = sum(sizes) * least
    return [max(size, floor) for size in sizes]


def _short(address: str) -> str:
    """``database_instance.main`` as ``main (database instance)``."""
    kind, _, name = address.partition(".")
    if name == "*":
        return f"all {kind.replace('_', ' ')}s"
    return f"{name.replace('_', '-')} ({kind.replace('_', ' ')})"


def _inset(rect: Rect, by: float) -> Rect:
    return rect.grown(-by)


def squarified(sizes: Sequence[float], area: Rect) -> list[Rect]:
    """Rectangles that fill an area, as large as the sizes and as square as can be.

    Source: Bruls, Huizing and van Wijk, Squarified Treemaps, 2000.
    """
    order = sorted(range(len(sizes)), key=lambda number: -sizes[number])
    scale = area.width * area.height / (sum(sizes) or 1)
    found: dict[int, Rect] = {}
    row: list[int] = []
    for number in order:
        if row and _worst(row, sizes, scale, area) < _worst([*row, number], sizes, scale, area):
            area = _laid(row, sizes, scale, area, found)
            row = []
        row.append(number)
    if row:
        _laid(row, sizes, scale, area, found)
    return [found[number] for number in range(len(sizes))]


def _worst(row: Sequence[int], sizes: Sequence[float], scale: float, area: Rect) -> float:
    """The longest side ratio in a row that is laid along the shorter side."""
    side = min(area.width, area.height)
    total = sum(sizes[number] for number in row) * scale
    deep = total / side if side else 1
    return max(max(deep / (part := sizes[number] * scale / deep), part / deep) for number in row)


def _laid(row: Sequence[int], sizes: Sequence[float], scale: float, area: Rect, found: dict[int, Rect]) -> Rect:
    """Lay a row along the shorter side. Returns what is left."""
    total = sum(sizes[number] for number in row) * scale
    if area.width >= area.height:
        deep, y = total / area.height, area.y
        for number in row:
            high = sizes[number] * scale / deep
            found[number] = Rect(area.x, y, deep, high)
            y += high
        return Rect(area.x + deep, area.y, area.width - deep, area.height)
    deep, x = total / area.width, area.x
    for number in row:
        wide = sizes[number] * scale / deep
        found[number] = Rect(x, area.y, wide, deep)
        x += wide
    return Rect(area.x, area.y + deep, area.width, area.height - deep)
