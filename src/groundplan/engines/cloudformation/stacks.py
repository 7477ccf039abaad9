"""Pieces become stacks: by concern and region, split where too large, in deployment order."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal

from groundplan.engines.cloudformation.pieces import Piece, distinct
from groundplan.engines.cloudformation.regions import Group, by_region
from groundplan.engines.cloudformation.split import split
from groundplan.record import Record, dataclass
from groundplan.resources import CONCERNS, Architecture, Concern, Resource
from groundplan.resources.containers import EcsService
from groundplan.resources.values import Attribute, Ref

MOST_RESOURCES = 450
MOST_PARAMETERS = 180
MOST_OUTPUTS = 180
MOST_BYTES = 900_000
"""A little below what AWS takes (500, 200, 200 and 1 MB), so that small changes do not split a stack.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""
LONGEST_NAME = 128


@dataclass(frozen=True, eq=False)
class Plan(Record):
    """A stack before it is written."""

    name: str
    concern: Concern | None
    """None: everything of its region."""
    region: str
    number: int
    pieces: tuple[Piece, ...]

    @cached_property
    def members(self) -> Mapping[Ref[Resource], str]:
        """Its resources and their logical ids."""
        return {piece.ref: piece.logical_id for piece in self.pieces}


def plan_stacks(
    architecture: Architecture,
    pieces: Sequence[Piece],
    most_resources: Mapping[tuple[Concern | None, str], int],
    division: Literal["concern", "region"],
) -> list[Plan]:
    """The stacks in deployment order.

    ``most_resources`` limits single concerns in a region further than ``MOST_RESOURCES``, where their text is long.
    Raises ValueError where stacks need each other; the message names the references that form the circle.
    """
    home = architecture.region
    users = _users(pieces)
    services = sorted({architecture.in_aws(service.ref).name for service in architecture.of(EcsService)})
    plans: list[Plan] = []
    numbers: dict[tuple[Concern | None, str], int] = {}
    for concern, region, members in _by_concern(pieces, home) if division == "concern" else by_region(pieces, home):
        most = most_resources.get((concern, region), MOST_RESOURCES)

        def fits(candidate: Sequence[Piece], most: int = most) -> bool:
            return _fits(candidate, users, most)

        for chunk in split(members, services, fits):
            number = numbers[concern, region] = numbers.get((concern, region), 0) + 1
            name = stack_name(architecture, concern, region, number)
            plans.append(Plan(name, concern, region, number, tuple(chunk)))
    return _in_order(plans, home)


def _by_concern(pieces: Iterable[Piece], home: str) -> Iterator[Group]:
    groups: dict[tuple[Concern, str], list[Piece]] = {}
    for piece in pieces:
        groups.setdefault((piece.resource.concern, piece.resource.region or home), []).append(piece)
    for (concern, region), members in groups.items():
        yield concern, region, members


def stack_name(architecture: Architecture, concern: Concern | None, region: str, number: int) -> str:
    """``DuskSpendr-production-network``; with the region where it is another one, with a number from the second on."""
    tail = f"-{architecture.stage}"
    if concern:
        tail += f"-{concern}"
    if region != architecture.region:
        tail += f"-{region}"
    if number > 1:
        tail += f"-{number}"
    name = re.sub(r"[^A-Za-z0-9]+", "-", architecture.title + tail).strip("-")
    if not name[:1].isalpha():
        name = f"stack-{name}"
    if len(name) > LONGEST_NAME:
        mark = distinct("", name)
        name = name[: LONGEST_NAME - len(mark) - len(tail) - 1].rstrip("-") + f"-{mark}{tail}"
    return name


Users = Mapping[Ref[Resource], Mapping[str, set[Ref[Resource]]]]
"""Of each resource: who needs which attribute."""


def _users(pieces: Iterable[Piece]) -> Users:
    found: dict[Ref[Resource], dict[str, set[Ref[Resource]]]] = {}
    for piece in pieces:
        for need in piece.needs:
            if isinstance(need, Attribute):
                found.setdefault(need.ref, {}).setdefault(need.name, set()).add(piece.ref)
    return found


def _fits(pieces: Sequence[Piece], users: Users, most_resources: int) -> bool:
    if sum(piece.size for piece in pieces) > most_resources:
        return False
    inside = {piece.ref for piece in pieces}
    needs = set[object]().union(*(piece.needs for piece in pieces))
    taken = sum(not isinstance(need, Attribute) or need.ref not in inside for need in needs)
    given = sum(not who <= inside for piece in pieces for who in users.get(piece.ref, {}).values())
    return taken <= MOST_PARAMETERS and given <= MOST_OUTPUTS


def _in_order(plans: Sequence[Plan], home: str) -> list[Plan]:
    """Each plan after those it needs; among those that could come next, the order of the concerns decides."""
    place = {ref: plan for plan in plans for ref in plan.members}
    needs: dict[Plan, set[Plan]] = {}
    for plan in plans:
        wanted = (place.get(target) for piece in plan.pieces for target in piece.targets)
        needs[plan] = {other for other in wanted if other is not None and other is not plan}

    def rank(plan: Plan) -> tuple[int, bool, str, int]:
        return CONCERNS.index(plan.concern) if plan.concern else 0, plan.region != home, plan.region, plan.number

    ordered: list[Plan] = []
    done: set[Plan] = set()
    waiting = {plan: len(others) for plan, others in needs.items()}
    needed_by: dict[Plan, list[Plan]] = {}
    for plan, others in needs.items():
        for other in others:
            needed_by.setdefault(other, []).append(plan)
    free = [(rank(plan), plan) for plan, count in waiting.items() if count == 0]
    heapq.heapify(free)
    while free:
        _, plan = heapq.heappop(free)
        ordered.append(plan)
        done.add(plan)
        for user in needed_by.get(plan, ()):
            waiting[user] -= 1
            if waiting[user] == 0:
                heapq.heappush(free, (rank(user), user))
    if len(ordered) < len(plans):
        raise ValueError(_circle([plan for plan in plans if plan not in done], place))
    return ordered


def _circle(stuck: Sequence[Plan], place: Mapping[Ref[Resource], Plan]) -> str:
    between = sorted(
        f"{piece.ref} ({plan.concern}) -> {target} ({place[target].concern})"
        for plan in stuck
        for piece in plan.pieces
        for target in piece.targets
        if target in place and place[target] is not plan and place[target] in stuck
    )
    names = ", ".join(plan.name for plan in stuck)
    return f"stacks need each other ({names}): {'; '.join(between)}"
