"""Who reads and writes which store, and how what is stored and carried is encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from groundplan.access.index import Access, access_of
from groundplan.catalog import iam
from groundplan.documents.diagram.inventory import inventory
from groundplan.documents.diagram.layout import (
    HEADING,
    MANY_LINKS,
    MARGIN,
    WIDTH,
    Dock,
    boxed,
    connect,
    headed,
    height_of,
    legend,
    sockets,
)
from groundplan.documents.diagram.parts import Inventory, Link, Part
from groundplan.documents.diagram.routing import LEFT
from groundplan.documents.diagram.scene import Frame, Rect, Scene, Text
from groundplan.reachability.network import network_of
from groundplan.reachability.places import Place
from groundplan.resources.architecture import STANDBY, Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance, Table
from groundplan.resources.files import FileSystem
from groundplan.resources.kubernetes import PodIdentityAssociation
from groundplan.resources.messaging import Queue
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

USERS_WIDTH, STORES_LEFT = 320.0, 680.0
"""Who is on the left, what is read on the right; between them room for arrows and what they carry."""
WAYS = {
    "5432": "reads, writes · 5432", "3306": "reads, writes · 3306", "6379": "reads, writes · 6379",
    "2049": "reads, writes · NFS 2049",
}  # fmt: skip
GAPS = (10.0, 30.0, 60.0)


@dataclass(frozen=True)
class _Flows:
    """What is drawn: who, what, and what runs between them."""

    inventory: Inventory
    users: tuple[Part, ...]
    stores: tuple[Part, ...]
    links: tuple[Link, ...]


def flows(architecture: Architecture) -> Scene:
    """The picture."""
    found = _flows(architecture)
    for gap in GAPS:
        scene, missing = _drawn(found, gap)
        if not missing or len(found.links) > MANY_LINKS:
            break
    names = {part.id: part.name for part in (*found.users, *found.stores)}
    for link in missing:
        told = f"Not drawn: {names[link.source]} to {names[link.target]}, {link.label}"
        scene.texts.append(Text(MARGIN, scene.height, told, "small"))
        scene.height += 20
    return scene


def _flows(architecture: Architecture) -> _Flows:
    whole = inventory(architecture)
    stored = {part.id: part for part in whole.parts if _is_store(architecture.at(part.id))}
    links = [link for link in whole.links if link.target in stored and link.source != link.target]
    modes = _modes(architecture)
    told = tuple(replace(link, label=_label(link, architecture, modes)) for link in links)
    used = {link.source for link in told}
    users = tuple(part for part in whole.parts if part.id in used and part.id not in stored)
    stores = tuple(replace(part, details=(*part.details, *_protection(architecture, part))) for part in stored.values())
    return _Flows(whole, users, stores, told)


def _is_store(resource: Resource | None) -> bool:
    return isinstance(resource, Bucket | Queue | Table | DatabaseInstance | CacheReplicationGroup | FileSystem)


def _label(link: Link, architecture: Architecture, modes: dict[tuple[str, str], str]) -> str:
    if link.dashed:
        return link.label
    if link.target in {item.address for item in architecture.of(Bucket)} and link.source.startswith("distribution"):
        return "reads · HTTPS 443"
    if link.label in WAYS:
        return WAYS[link.label]
    mode = modes.get((link.source, link.target))
    return f"{mode} · HTTPS {link.label}" if mode else f"may nothing · {link.label}"


def _modes(architecture: Architecture) -> dict[tuple[str, str], str]:
    """What each service and job may do with each bucket, queue and table, by its role: ``reads, writes``."""
    access = access_of(architecture)
    found: dict[tuple[str, str], str] = {}
    for place in network_of(architecture).places:
        role = _role(architecture, place)
        if role is None:
            continue
        levels: dict[str, set[str]] = {}
        for clause in access.identity(role):
            if clause.effect != "Allow":
                continue
            for action in (each for pattern in clause.actions if pattern != "*" for each in iam.expand(pattern)):
                for target in _touched(access, clause.resources, action):
                    levels.setdefault(target, set()).add("reads" if action.level in ("Read", "List") else "writes")
        found |= {(place.address, target): ", ".join(sorted(modes)) for target, modes in levels.items()}
    return found


def _touched(access: Access, patterns: Sequence[str], action: iam.Action) -> Iterator[str]:
    for pattern in patterns:
        for item in access.touched(pattern, action):
            if item.resource is not None and _is_store(item.resource):
                yield item.resource.address


def _role(architecture: Architecture, place: Place) -> Role | None:
    """The role that what runs there calls AWS with."""
    if place.tasks is not None:
        return architecture[place.tasks.task_role]
    if place.pod is None:
        return None
    there = place.name.startswith(STANDBY)
    for item in architecture.of(PodIdentityAssociation):
        if item.service_account == place.pod.pod.name and (item.address in architecture.in_standby) == there:
            return architecture[item.role]
    return None


def _protection(architecture: Architecture, part: Part) -> Iterator[str]:
    resource = architecture.at(part.id)
    match resource:
        case DatabaseInstance():
            origin = resource
            while origin.storage_encrypted is None and origin.source is not None:
                origin = architecture[origin.source]
            yield _at_rest(architecture, resource.kms_key or origin.kms_key, origin.storage_encrypted)
            group = architecture[origin.parameter_group].parameters if origin.parameter_group else {}
            forced = group.get("rds.force_ssl") == "1" or group.get("require_secure_transport") in ("1", "ON")
            yield "TLS forced" if forced else "TLS not forced"
        case CacheReplicationGroup():
            yield _at_rest(architecture, resource.kms_key, resource.at_rest_encryption_enabled)
            yield "TLS" if resource.transit_encryption_enabled else "no TLS"
        case FileSystem():
            yield _at_rest(architecture, resource.kms_key, resource.encrypted)
        case Bucket() | Queue() | Table():
            yield _at_rest(architecture, resource.kms_key, True)
        case _:
            return


def _at_rest(architecture: Architecture, key: Ref[Key] | None, encrypted: bool | None) -> str:
    if not encrypted:
        return "not encrypted at rest"
    if key is None:
        return "at rest: AWS's own key"
    return f"at rest: KMS {architecture[key].alias.removeprefix('alias/')}"


def _drawn(found: _Flows, gap: float) -> tuple[Scene, list[Link]]:
    whole = found.inventory
    title = f"{whole.title} · {whole.environment}"
    names = {part.id: part.name for part in (*found.users, *found.stores)}
    told = "; ".join(f"{names[link.source]} to {names[link.target]}: {link.label}" for link in found.links)
    protected = "; ".join(part.alternative for part in found.stores)
    scene = Scene(WIDTH, 0, f"{title}: data flow", f"Who reads and writes what: {told}. Stores: {protected}.")
    headed(scene, title, "Who reads and writes which store, with which port, and how it is encrypted", "Data flow")
    rects: dict[str, Rect] = {}
    docks: dict[tuple[str, str], Dock] = {}
    labels: dict[str, dict[str, None]] = {}
    for link in found.links:
        labels.setdefault(link.target, {}).setdefault(link.label)
    y = HEADING + 10
    for site in whole.sites:
        users = [part for part in found.users if part.standby == site.standby]
        stores = [part for part in found.stores if part.standby == site.standby]
        top = y + 40
        at = len(scene.frames)
        left = right = top
        for part in stores:
            ways = list(labels.get(part.id, {}))
            wide = WIDTH - MARGIN - 20 - STORES_LEFT
            high = max(height_of(part, wide), 10 + 30.0 * len(ways))
            rect = rects[part.id] = Rect(STORES_LEFT, right, wide, high)
            scene.boxes.append(boxed(part, rect))
            for label, dock in sockets(rect, ways, LEFT, part.tone, {}).items():
                docks[part.id, label] = dock
                scene.sockets.append(dock.socket)
            right += high + 10 + gap
        spread = max(20.0, (right - top - 70 * len(users)) // max(len(users), 1) // 10 * 10)
        for part in users:
            high = max(height_of(part, USERS_WIDTH), 60.0)
            rect = rects[part.id] = Rect(MARGIN + 40, left, USERS_WIDTH, high)
            scene.boxes.append(boxed(part, rect))
            left += high + spread
        bottom = max(left, right, top + 40) + 10
        region = f"{site.region}{' · standby region' if site.standby else ''}"
        heading = Text(MARGIN + 14, y + 20, region, "heading")
        frame = Rect(MARGIN, y, WIDTH - 2 * MARGIN, bottom - y).grown(5)
        scene.frames.insert(at, Frame(frame, "plain", heading))
        y = bottom + 30
    arrows = [(False, "reads and writes")]
    if any(link.dashed for link in found.links):
        arrows.append((True, "copies"))
    y = legend(scene, y, (part.tone for part in (*found.users, *found.stores)), arrows=arrows)
    scene.height = y + MARGIN
    return scene, connect(scene, found.links, rects, docks, names)
