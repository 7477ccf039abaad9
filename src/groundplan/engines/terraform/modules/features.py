"""What only some sites have, by the name that a team would call it: ``off_hours``, ``read_replica``.

Groups that exist at the same sites and refer to each other are one feature: they are switched on and off together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from groundplan.engines.terraform.modules.links import Group

_VAGUE = frozenset({"main", "this"})

Presence: TypeAlias = frozenset[str]
"""The sites that have something."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One switch of an environment."""

    name: str
    sites: Presence
    """Where it is on."""
    description: str


@dataclass
class Features:
    """The switches of all modules. What asks for the same gets the same."""

    sites: tuple[str, ...] = ()
    """All there are."""
    by_group: dict[Group, Feature] = field(default_factory=dict)
    named: dict[str, Feature] = field(default_factory=dict)

    @classmethod
    def of(
        cls, sites: Iterable[str], presence: Mapping[Group, Presence], refers: Iterable[tuple[Group, Group]]
    ) -> Features:
        """The features of groups that not every site has, with what refers to what."""
        found = cls(tuple(sites))
        for groups in _components(presence, refers):
            name = _common_name(groups)
            described = ", ".join(group.address for group in groups[:3])
            more = f" and {len(groups) - 3} more" if len(groups) > 3 else ""
            if name in found.named or name in _VAGUE:
                name = groups[0].title
            feature = found._add(name, presence[groups[0]], f"{described}{more}")
            found.by_group |= dict.fromkeys(groups, feature)
        return found

    def switch(self, sites: Presence, near: Iterable[Group] = ()) -> Feature:
        """The switch for a part of a resource: that of what it refers to, else one that says where it is on."""
        for group in near:
            if (feature := self.by_group.get(group)) and feature.sites == sites:
                return feature
        others = [site for site in self.sites if site not in sites]
        own = [site for site in self.sites if site in sites]
        beginning, named = ("in", own) if len(own) <= len(others) else ("not_in", others)
        name = f"{beginning}_{'_'.join(named)}".replace(" ", "_").replace("-", "_")
        known = self.named.get(name)
        return known or self._add(name, sites, f"what {', '.join(own)} {'has' if len(own) == 1 else 'have'} alone")

    def _add(self, wanted: str, sites: Presence, description: str) -> Feature:
        name, number = wanted, 1
        while name in self.named:
            number += 1
            name = f"{wanted}_{number}"
        self.named[name] = Feature(name, sites, description)
        return self.named[name]


def _components(presence: Mapping[Group, Presence], refers: Iterable[tuple[Group, Group]]) -> list[list[Group]]:
    """Groups at the same sites that hang together, each sorted; the largest components first."""
    parent = {group: group for group in presence}

    def top(group: Group) -> Group:
        while parent[group] != group:
            parent[group] = group = parent[parent[group]]
        return group

    for one, other in refers:
        if one in presence and other in presence and presence[one] == presence[other]:
            parent[top(one)] = top(other)
    found: dict[Group, list[Group]] = {}
    for group in sorted(presence):
        found.setdefault(top(group), []).append(group)
    return sorted(found.values(), key=lambda groups: (-len(groups), groups))


def _common_name(groups: Iterable[Group]) -> str:
    """The name that most of them have; of several the shortest."""
    counts = Counter(group.name for group in groups)
    return min(counts, key=lambda name: (-counts[name], len(name), name))
