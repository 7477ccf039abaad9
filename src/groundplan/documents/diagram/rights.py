"""Who may do what on what: every role, what takes it, and its actions grouped by what they are on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundplan.access.clauses import Clause
from groundplan.access.index import Access, access_of
from groundplan.catalog import iam
from groundplan.documents.diagram import metrics
from groundplan.documents.diagram.layout import HEADING, LINE, MARGIN, WIDTH, boxed, headed, legend, up
from groundplan.documents.diagram.parts import Part, counted
from groundplan.documents.diagram.scene import SIZES, Arrow, Box, Frame, Rect, Scene, Text, Tone
from groundplan.resources.architecture import STANDBY, Architecture
from groundplan.resources.security import Role

ROLE_LEFT, ROLE_WIDTH = 30.0, 280.0
TARGET_LEFT, TARGET_WIDTH = 390.0, 330.0
ACTIONS_LEFT = 740.0
MOST_LINES = 2
MOST_ROLES = 40
ROW_GAP = 6
TONES: dict[str, Tone] = {
    "s3": "data", "rds": "data", "dynamodb": "data", "elasticfilesystem": "data", "backup": "data",
    "sqs": "messaging", "sns": "messaging", "kms": "security", "secretsmanager": "security", "iam": "security",
    "ssm": "security", "ssmmessages": "compute", "ecr": "compute", "ecs": "compute", "eks": "compute",
    "ec2": "network", "elasticloadbalancing": "network", "logs": "watching", "cloudwatch": "watching",
    "xray": "watching",
}  # fmt: skip
"""By the prefix of actions."""


@dataclass(frozen=True)
class Row:
    """What somebody may do on some things."""

    service: str
    targets: tuple[str, ...]
    actions: tuple[str, ...]
    conditions: tuple[str, ...]

    @property
    def told(self) -> str:
        """The actions, as they are written."""
        return self.first(len(self.actions))

    def first(self, count: int) -> str:
        """So many of the actions, and how many there are beside them."""
        more = f" and {len(self.actions) - count} more" if count < len(self.actions) else ""
        return f"{self.service}: {', '.join(self.actions[:count])}{more}"


@dataclass(frozen=True)
class Principal:
    """A role, and roles of the standby that may do the same there."""

    name: str
    taken_by: tuple[str, ...]
    rows: tuple[Row, ...]
    also: int = 0


def rights(architecture: Architecture) -> Scene:
    """The picture."""
    principals = _principals(architecture)
    title = f"{architecture.title} · {architecture.stage}"
    told = "; ".join(
        f"{item.name}, taken by {' and '.join(item.taken_by)}: "
        + ", ".join(f"{row.told} on {', '.join(row.targets)}" for row in item.rows)
        for item in principals
    )
    scene = Scene(WIDTH, 0, f"{title}: access", f"Who may do what: {told}." if told else "There are no roles.")
    roles = len(architecture.of(Role))
    headed(scene, title, f"{counted(roles, 'role')}: who takes it, and what it may do on what", "Access")
    y = HEADING + 10
    tones: dict[Tone, None] = {"security": None}
    for item in principals[:MOST_ROLES]:
        y = _drawn(scene, item, y, tones) + 14
    if len(principals) > MOST_ROLES:
        more = f"and {len(principals) - MOST_ROLES} roles more, which groundplan access tells"
        scene.texts.append(Text(MARGIN, y + 12, more, "subtitle"))
        y += 24
    y = legend(scene, y + 6, tones, arrows=[(False, "may do this")] if principals else ())
    scene.height = y + MARGIN
    return scene


def _drawn(scene: Scene, principal: Principal, y: float, tones: dict[Tone, None]) -> float:
    heights = [_height(row) for row in principal.rows] or [30.0]
    bottom = y + 10 + sum(heights) + ROW_GAP * (len(heights) - 1) + 10
    frame = Rect(MARGIN, y, WIDTH - 2 * MARGIN, max(bottom - y, 72))
    scene.frames.append(Frame(frame, "plain"))
    also = (f"and {counted(principal.also, 'role')} of the standby",) if principal.also else ()
    part = Part(principal.name, "security", principal.name, (f"taken by {', '.join(principal.taken_by)}", *also),
                "services")  # fmt: skip
    place = Rect(ROLE_LEFT, y + 10, ROLE_WIDTH, frame.height - 20)
    scene.boxes.append(boxed(part, place, 3 if frame.height > 95 else 2 if frame.height > 80 else 1))
    top = y + 10
    for row, high in zip(principal.rows, heights, strict=False):
        tone = TONES.get(row.service.removeprefix("not "), "security")
        tones.setdefault(tone)
        rect = Rect(TARGET_LEFT, top, TARGET_WIDTH, high)
        name = metrics.fitting(", ".join(row.targets), SIZES["item"], TARGET_WIDTH - 46, bold=True)
        text = Text(TARGET_LEFT + 36, top + high / 2 + 4, name, "item")
        told = f"{principal.name} may {row.told} on {', '.join(row.targets)}"
        scene.boxes.append(Box(rect, tone, (text,), told, slim=True))
        for number, line in enumerate(_lines(row)):
            middle = top + high / 2 - LINE * (len(_lines(row)) - 1) / 2 + 4
            scene.texts.append(Text(ACTIONS_LEFT, middle + number * LINE, line, "detail"))
        level = top + high / 2
        scene.arrows.append(Arrow(((place.right, level), (TARGET_LEFT, level)), told))
        top += high + ROW_GAP
    return frame.bottom


def _height(row: Row) -> float:
    return max(30.0, up(LINE * len(_lines(row)) + 2))


def _lines(row: Row) -> Sequence[str]:
    """The actions in as many lines as there is room for, and how many there are beside them."""
    room, size = WIDTH - MARGIN - 10 - ACTIONS_LEFT, SIZES["detail"]
    only = f" if {', '.join(row.conditions)}" if row.conditions else ""
    for shown in range(len(row.actions), 0, -1):
        found = metrics.lines(f"{row.first(shown)}{only}", size, room)
        if len(found) <= MOST_LINES:
            return found
    return found[:MOST_LINES]


def _principals(architecture: Architecture) -> list[Principal]:
    """The roles in order. What the standby's may do is told once, where it is the same as the primary's."""
    access = access_of(architecture)
    found: dict[object, Principal] = {}
    for role in access.roles:
        rows = _rows(access, role)
        taken = tuple(dict.fromkeys(
            _taker(item) for statement in role.trust.statements for who in statement.principals
            for item in who.identifiers
        ))  # fmt: skip
        name = role.name.removeprefix(STANDBY)
        key = (name, taken, tuple((row.service, row.targets, row.actions) for row in rows))
        if key in found and role.name.startswith(STANDBY):
            known = found[key]
            found[key] = Principal(known.name, known.taken_by, known.rows, known.also + 1)
        else:
            found[key if key not in found else role.address] = Principal(name.replace("_", "-"), taken, rows)
    return list(found.values())


def _taker(identifier: object) -> str:
    return str(identifier).removesuffix(".amazonaws.com") if isinstance(identifier, str) else "an account"


def _rows(access: Access, role: Role) -> tuple[Row, ...]:
    """By service and by what the actions are on: one row for each."""
    found: dict[tuple[str, tuple[str, ...], tuple[str, ...], str], dict[str, None]] = {}
    managed: dict[str, dict[str, int]] = {}
    for clause in access.identity(role):
        if clause.managed:
            counts = managed.setdefault(clause.policy, {})
            for service, actions in _by_service(clause).items():
                counts[service] = counts.get(service, 0) + len(actions)
            continue
        for service, names in _by_service(clause).items():
            conditions = tuple(dict.fromkeys(str(item) for item in clause.conditions))
            key = service, _targets(access, clause, service, role), conditions, str(clause.effect)
            found.setdefault(key, {}).update(dict.fromkeys(names))
    merged: dict[tuple[str, tuple[str, ...], tuple[str, ...], str], dict[str, None]] = {}
    for (service, targets, conditions, effect), asked in found.items():
        key = service, tuple(asked), conditions, effect
        merged.setdefault(key, {}).update(dict.fromkeys(targets))
    own = tuple(
        Row(f"not {service}" if effect == "Deny" else service, tuple(targets), actions, conditions)
        for (service, actions, conditions, effect), targets in merged.items()
    )
    theirs = (
        Row(
            "AWS's own policy",
            (policy.rpartition("/")[2],),
            tuple(f"{service} ({number})" for service, number in counts.items()),
            (),
        )
        for policy, counts in managed.items()
    )
    unknown = (
        Row("AWS's own policy", (policy.rpartition("/")[2],), ("its actions are not known here",), ())
        for policy in access.unknown_policies(role)
    )
    return (*own, *theirs, *unknown)


def _by_service(clause: Clause) -> dict[str, list[str]]:
    if clause.not_actions:
        return {"everything": [f"* but {', '.join(clause.actions)}"]}
    found: dict[str, list[str]] = {}
    for action in clause.actions:
        service, _, name = action.partition(":")
        found.setdefault("everything" if service == "*" else service, []).append(name or "*")
    return found


def _targets(access: Access, clause: Clause, service: str, role: Role) -> tuple[str, ...]:
    """What the statement names, as the blueprint calls it."""
    found: dict[str, None] = {}
    for pattern in ("*",) if clause.not_resources else clause.resources:
        if pattern == "*":
            found.setdefault("everything" if service == "everything" else f"all of {service}")
            continue
        action = next((each for name in clause.actions if name != "*" for each in iam.expand(name)), None)
        for item in access.touched(pattern, action) or ():
            resource = item.resource
            if resource is None:
                found.setdefault(_tail(pattern))
            else:
                name = resource.name.removeprefix(STANDBY).replace("_", "-")
                theirs = access.architecture.in_standby
                there = (resource.address in theirs) != (role.address in theirs)
                where = f" in {'the standby' if resource.address in theirs else 'the primary'} region" if there else ""
                found.setdefault(f"{resource.title or resource.kind_name().replace('_', ' ')} {name}{where}")
    return tuple(found) or ("what the statement names",)


def _tail(arn: str) -> str:
    """What an ARN names: the part behind region and account."""
    return arn.split(":", 5)[-1] if arn.count(":") >= 5 else arn
