"""What a picture shows of an architecture: parts and what runs between them, without places or colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from groundplan.documents.diagram.scene import Change, Tone

Where = Literal["edge", "public", "private", "database", "stores", "services"]
"""In which part of the picture something stands."""
APIS = "apis"
"""Stands for the APIs of all services of AWS that have no box with an end of its own."""


@dataclass(frozen=True)
class Part:
    """One box: one thing, or many that are alike."""

    id: str
    tone: Tone
    name: str
    details: tuple[str, ...]
    where: Where
    zones: tuple[str, ...] = ()
    """Availability zones that it has addresses in, of what stands in a network."""
    members: tuple[str, ...] = ()
    """Addresses of the resources that it stands for."""
    standby: bool = False
    count: int = 1
    change: Change | None = None

    @property
    def alternative(self) -> str:
        """In words."""
        zones = f", in {' and '.join(self.zones)}" if self.zones else ""
        change = f" ({self.change})" if self.change else ""
        return (
            f"{self.name}{change}: {', '.join(self.details)}{zones}" if self.details else f"{self.name}{change}{zones}"
        )


@dataclass(frozen=True)
class Link:
    """That something runs from one part to another."""

    source: str
    target: str
    label: str
    """What stands where it arrives: ports, or what is carried."""
    dashed: bool = False
    """Whether it carries copies or names instead of requests."""
    change: Change | None = None


@dataclass(frozen=True)
class Site:
    """One region and the network in it."""

    region: str
    standby: bool
    vpc: str | None
    """The network's name and range; None where there is none."""
    zones: tuple[str, ...]
    subnets: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """CIDR by tier and zone."""


@dataclass(frozen=True)
class Inventory:
    """Everything that a picture of an architecture can show."""

    title: str
    environment: str
    sites: tuple[Site, ...]
    parts: tuple[Part, ...]
    links: tuple[Link, ...]
    resources: int
    note: str = ""
    """What is said of all of it below the title."""

    def of(self, where: Where, *, standby: bool = False) -> list[Part]:
        """The parts of one place."""
        return [part for part in self.parts if part.where == where and part.standby == standby]


def counted(number: int, noun: str) -> str:
    """``1 key``, ``3 keys``, ``2 repositories``."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{number} {noun[:-1]}ies"
    return f"{number:,} {noun}{'es' if noun.endswith(('s', 'x')) else 's'}"


def merged(parts: Iterable[Part], links: Iterable[Link]) -> tuple[list[Part], list[Link]]:
    """Parts that are alike in all but their name, and are tied to the same, become one with a count."""
    links = list(links)
    alike: dict[object, list[Part]] = {}
    for part in parts:
        tied = frozenset(
            (
                link.source if link.target == part.id else None,
                link.target if link.source == part.id else None,
                link.label,
            )
            for link in links
            if part.id in (link.source, link.target)
        )
        key = (part.tone, part.details, part.where, part.zones, part.standby, part.change, tied)
        alike.setdefault(key, []).append(part)
    renamed: dict[str, str] = {}
    found: list[Part] = []
    for group in alike.values():
        first = group[0]
        if len(group) < MANY or first.where in ("edge", "services"):
            found += group
            continue
        names = ", ".join(part.name for part in group[:3])
        more = f" and {len(group) - 3} more" if len(group) > 3 else ""
        members = tuple(address for part in group for address in part.members)
        found.append(replace(first, name=f"{len(group)} × {names}{more}", members=members, count=len(group)))
        renamed |= {part.id: first.id for part in group}
    found = _folded(found, renamed)
    return found, _renamed(links, renamed, {part.id for part in found if part.count > 1})


def _folded(parts: list[Part], renamed: dict[str, str]) -> list[Part]:
    """Of more than ``MOST`` of a kind in one place, those behind the first are one: hundreds tell nothing."""
    groups: dict[object, list[Part]] = {}
    for part in parts:
        if part.where not in ("edge", "services"):
            groups.setdefault((part.where, part.tone, part.zones, part.standby), []).append(part)
    gone: set[str] = set()
    first_of: dict[str, Part] = {}
    for group in groups.values():
        rest = group[MOST - 1 :]
        if len(group) > MOST:
            members = tuple(address for part in rest for address in part.members)
            count = sum(part.count for part in rest)
            told = ", ".join(part.name for part in rest[:6])
            details = (f"{told} and {len(rest) - 6} more",)
            first_of[rest[0].id] = replace(
                rest[0], name=f"{count} others", details=details, members=members, count=count
            )
            gone |= {part.id for part in rest[1:]}
            renamed |= {part.id: rest[0].id for part in rest[1:]}
            renamed |= {old: rest[0].id for old, new in renamed.items() if new in gone}
    return [first_of.get(part.id, part) for part in parts if part.id not in gone]


def _renamed(links: Iterable[Link], renamed: Mapping[str, str], several: set[str]) -> list[Link]:
    """The links between what is left. Where one of several has each a port of its own, the ports are not told."""
    found = [
        replace(link, source=renamed.get(link.source, link.source), target=renamed.get(link.target, link.target))
        for link in links
    ]
    labels: dict[str, set[str]] = {}
    for link in found:
        labels.setdefault(link.target, set()).add(link.label)
    crowded = {target for target in several if len(labels.get(target, ())) > MOST_PORTS}
    found = [replace(link, label="several ports") if link.target in crowded else link for link in found]
    return list(dict.fromkeys(link for link in found if link.source != link.target))


MANY = 3
"""From how many on things that are alike are drawn once."""
MOST = 10
"""So many of a kind in one place are drawn one by one, even if each is different."""
MOST_PORTS = 3
