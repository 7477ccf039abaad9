"""What is new, gone and changed between two architectures, as one inventory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from groundplan.documents.diagram.inventory import inventory
from groundplan.documents.diagram.parts import Inventory, Link, Part, Site, counted
from groundplan.documents.diagram.scene import Change
from groundplan.resources.architecture import Architecture

MOST_NAMED = 3


def difference(before: Architecture, after: Architecture) -> Inventory:
    """The inventory of both: each part and link with what has become of it.

    A part has changed where any of the resources that it stands for differs, even if the picture tells nothing of it.
    """
    old, new = inventory(before), inventory(after)
    earlier, now = {part.id: part for part in old.parts}, {part.id: part for part in new.parts}
    parts = [replace(part, change=_change(earlier.get(part.id), part, before, after)) for part in new.parts]
    parts += [replace(part, change="gone") for part in old.parts if part.id not in now]
    return replace(
        new,
        sites=tuple(_sites(old.sites, new.sites)),
        parts=tuple(parts),
        links=tuple(_links(old.links, new.links)),
        note=_told(before, after, {address for part in parts for address in part.members}),
    )


def _change(was: Part | None, part: Part, before: Architecture, after: Architecture) -> Change | None:
    if was is None:
        return "new"
    told = (was.name, was.details, was.zones, was.count) != (part.name, part.details, part.zones, part.count)
    differs = told or set(was.members) != set(part.members)
    return "changed" if differs or any(before.at(item) != after.at(item) for item in part.members) else None


def _links(old: Iterable[Link], new: Iterable[Link]) -> list[Link]:
    earlier, now = {(item.source, item.target, item.label) for item in old}, list(new)
    kept = {(item.source, item.target, item.label) for item in now}
    found = [replace(item, change=None if (item.source, item.target, item.label) in earlier else "new") for item in now]
    gone = [replace(item, change="gone") for item in old if (item.source, item.target, item.label) not in kept]
    return [*found, *gone]


def _sites(old: Iterable[Site], new: Iterable[Site]) -> Iterable[Site]:
    """The regions of both; of a network that is in both, the zones of both."""
    earlier, now = {site.standby: site for site in old}, {site.standby: site for site in new}
    for standby in (False, True):
        one, other = earlier.get(standby), now.get(standby)
        if one is None or other is None:
            found = one or other
            if found is not None:
                yield found
            continue
        zones = tuple(sorted({*one.zones, *other.zones}))
        yield replace(other, vpc=other.vpc or one.vpc, zones=zones, subnets={**one.subnets, **other.subnets})


def _told(before: Architecture, after: Architecture, shown: set[str]) -> str:
    """In numbers: ``3 resources new, 1 gone, 2 changed``. What no box stands for is named."""
    old, new = {item.address: item for item in before}, {item.address: item for item in after}
    changed = sum(old[address] != item for address, item in new.items() if address in old)
    added, gone = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    happened = [*(new.keys() - old.keys()), *(old.keys() - new.keys())]
    happened += [address for address, item in new.items() if address in old and old[address] != item]
    unseen = sorted(set(happened) - shown)
    more = f" and {len(unseen) - MOST_NAMED} more" if len(unseen) > MOST_NAMED else ""
    beside = f" · in no box: {', '.join(unseen[:MOST_NAMED])}{more}" if unseen else ""
    return f"{counted(added, 'resource')} new, {gone} gone, {changed} changed{beside}"
