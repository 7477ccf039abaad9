"""Where arrows run: around boxes and labels, with few corners, never on top of one another.

The picture is a grid of squares. A search (A*) finds the cheapest way over it: each square costs its length, a corner
and the crossing of another arrow cost more, what is taken is closed. Arrows to the same end may share their way.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundplan.documents.diagram.scene import Rect

GRID = 10
"""The side of a square, in pixels: as near as two arrows come to each other."""
CORNER_COST, CROSSING_COST, NEAR_COST = 4.0, 5.0, 0.35
GREED, GREED_FAR, FAR = 1.1, 1.2, 70
"""How much more than its length the rest of a way is taken to cost: good ways are found soon, the best ones late. Over
more than so many squares time counts more."""
CLEARANCE = 6
"""How far arrows stay away from what they pass."""
INFINITE = float("inf")

Point = tuple[float, float]
RIGHT, DOWN, LEFT, UP = range(4)
STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass(frozen=True, slots=True)
class Exit:
    """A point on the edge of a box where an arrow may begin or end, and the direction that leads away from it."""

    point: Point
    direction: int


@dataclass(frozen=True, slots=True)
class Route:
    """The corners of a way, from its beginning to its end."""

    points: tuple[Point, ...]
    joins: bool
    """Whether it ends in an earlier way to the same end."""


class Router:
    """Finds ways for one arrow after another."""

    def __init__(self, width: float, height: float) -> None:
        self._columns, self._rows = int(width // GRID) + 1, int(height // GRID) + 1
        count = self._columns * self._rows
        self._closed = bytearray(count)
        for x in range(self._columns):
            self._closed[x] = self._closed[count - 1 - x] = 1
        for y in range(self._rows):
            self._closed[y * self._columns] = self._closed[(y + 1) * self._columns - 1] = 1
        self._numbers: dict[str, int] = {}
        # Which end the arrow leads to that runs through a square, across and down, and that has a corner in it.
        self._across, self._down, self._corner = [0] * count, [0] * count, [0] * count
        self._ways: dict[int, set[int]] = {}
        self._starts: set[Point] = set()

    def block(self, rect: Rect, clearance: float = CLEARANCE) -> None:
        """Let no arrow come within a rectangle, nor near it."""
        near = rect.grown(clearance - 0.01)
        first, last = max(_ceil(near.x / GRID), 0), min(int(near.right // GRID), self._columns - 1)
        if first > last:
            return
        closed = b"\x01" * (last - first + 1)
        for y in range(max(_ceil(near.y / GRID), 0), min(int(near.bottom // GRID), self._rows - 1) + 1):
            self._closed[y * self._columns + first : y * self._columns + last + 1] = closed

    def route(self, end: str, starts: Sequence[Exit], goal: Exit) -> Route | None:
        """The best way from one of the starts to the goal, or into an earlier way to the same ``end``.

        None where there is none.
        """
        number = self._numbers.setdefault(end, len(self._numbers) + 1)
        target = self._beside(goal)
        begin: dict[int, Exit] = {}
        for exit in starts:
            cell = self._beside(exit)
            if exit.point not in self._starts and cell is not None:
                begin.setdefault(cell * 4 + exit.direction, exit)
        joins = self._ways.setdefault(number, set())
        if target is None or not begin:
            return None
        states = self._search(number, list(begin), target, (goal.direction + 2) % 4, joins)
        if states is None:
            return None
        start, joined = begin[states[0]], states[-1] >> 2 in joins
        cells = [state >> 2 for state in states]
        points: list[Point] = [start.point]
        points += [(cell % self._columns * GRID, cell // self._columns * GRID) for cell in cells]
        if not joined:
            points.append(goal.point)
        self._take(number, states, None if joined else (goal.direction + 2) % 4)
        self._starts.add(start.point)
        return Route(_corners(points), joined)

    def _beside(self, exit: Exit) -> int | None:
        """The square next to a point on an edge; None where it is closed. Edges lie on the grid."""
        across, down = STEPS[exit.direction]
        x, y = round(exit.point[0] / GRID) + across, round(exit.point[1] / GRID) + down
        if not (0 < x < self._columns and 0 < y < self._rows):
            return None
        cell = y * self._columns + x
        return None if self._closed[cell] else cell

    def _search(self, end: int, begin: list[int], target: int, arriving: int, joins: set[int]) -> list[int] | None:
        """The states, a square and a direction each, of the cheapest way.

        A way may end in an earlier one only from the side: it joins that, and does not run along it.
        """
        columns, closed, corner = self._columns, self._closed, self._corner
        moves, own = (1, columns, -1, -columns), (0, end)
        flat, steep = (self._across, self._down, columns), (self._down, self._across, 1)
        lanes = (flat, steep, flat, steep)
        goals = [target, *joins]
        xs, ys = [cell % columns for cell in goals], [cell // columns for cell in goals]
        low_x, high_x, low_y, high_y = min(xs), max(xs), min(ys), max(ys)

        far = min(abs((state >> 2) // columns - target // columns) for state in begin) > FAR
        greed = GREED_FAR if far else GREED
        across = [greed * max(low_x - x, 0, x - high_x) for x in range(columns)]
        down = [greed * max(low_y - y, 0, y - high_y) for y in range(self._rows)]

        def ahead(cell: int) -> float:
            x, y = across[cell % columns], down[cell // columns]
            return x + y + CORNER_COST if x and y else x + y

        best: dict[int, float] = {}
        came: dict[int, int] = {}
        heap: list[tuple[float, float, int]] = []
        for state in begin:
            extra = self._extra(end, state >> 2, state & 3)
            if extra is not None:
                best[state] = extra
                heapq.heappush(heap, (extra + ahead(state >> 2), -extra, state))
        while heap:
            _, negative, state = heapq.heappop(heap)
            cost = -negative
            if cost > best[state]:
                continue
            cell, direction = state >> 2, state & 3
            if cell in joins or (cell == target and direction == arriving):
                return _walked(came, state)
            turning = self._across[cell] in own and self._down[cell] in own
            for turn in (direction, (direction + 1) & 3, (direction + 3) & 3) if turning else (direction,):
                then = cell + moves[turn]
                along, crossed, beside = lanes[turn]
                # What follows is _extra, written out: this is the innermost loop of every picture.
                if closed[then] or along[then] not in own or corner[then] not in own:
                    continue
                paid = cost + 1 if turn == direction else cost + 1 + CORNER_COST
                if crossed[then] not in own:
                    paid += CROSSING_COST
                elif along[then - beside] not in own or along[then + beside] not in own:
                    paid += NEAR_COST
                key = then * 4 + turn
                if paid < best.get(key, INFINITE):
                    best[key], came[key] = paid, state
                    heapq.heappush(heap, (paid + ahead(then), -paid, key))
        return None

    def _extra(self, end: int, cell: int, direction: int) -> float | None:
        """What passing through a square costs beside its length; None where it cannot be passed."""
        if direction in (RIGHT, LEFT):
            along, across, beside = self._across, self._down, self._columns
        else:
            along, across, beside = self._down, self._across, 1
        if along[cell] not in (0, end) or self._corner[cell] not in (0, end):
            return None
        if across[cell] not in (0, end):
            return CROSSING_COST
        near = along[cell - beside] not in (0, end) or along[cell + beside] not in (0, end)
        return NEAR_COST if near else 0.0

    def _take(self, end: int, states: list[int], arriving: int | None) -> None:
        directions = [state & 3 for state in states]
        leaving = [*directions[1:], directions[-1] if arriving is None else arriving]
        for state, came, leaves in zip(states, directions, leaving, strict=True):
            cell = state >> 2
            for direction in (came, leaves):
                taken = self._across if direction in (RIGHT, LEFT) else self._down
                taken[cell] = taken[cell] or end
            if came != leaves:
                self._corner[cell] = self._corner[cell] or end
        self._ways[end].update(state >> 2 for state in states)


def _walked(came: dict[int, int], state: int) -> list[int]:
    states = [state]
    while state in came:
        state = came[state]
        states.append(state)
    return states[::-1]


def _corners(points: Iterable[Point]) -> tuple[Point, ...]:
    """Without the points that lie on a straight line between others."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)


def _ceil(number: float) -> int:
    return -int(-number // 1)
