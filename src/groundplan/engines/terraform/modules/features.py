"""What only some sites have, by the name that a team would call it: ``off_hours``, ``read_replica``.

Groups that exist at the same sites and refer to each other are one feature: they are switched on and off together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.slots import plural

_VAGUE = frozenset({"main", "this"})

Presence: TypeAlias = frozenset[str]
"""The sites that have something."""


class Feature(NamedTuple):
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
        cls,
        sites: Iterable[str],
        presence: Mapping[Group, Presence],
        refers: Iterable[tuple[Group, Group]],
        tables: Mapping[Group, Group] | None = None,
    ) -> Features:
        """The features of groups that not every site has, with what refers to what, and the table of each row."""
        found = cls(tuple(sites))
        for groups in _with_single_rows(_components(presence, refers), presence, tables or {}):
            name = _common_name(groups)
            described = ", ".join(group.address for group in groups[:3])
            more = f" and {len(groups) - 3} more" if len(groups) > 3 else ""
            if name in _VAGUE or (name in found.named and len(groups) == 1):
                name = groups[0].title
            elif name in found.named:
                name = _of_several(name, groups)
                name = f"{name}_{found._where(presence[groups[0]])}" if name in found.named else name
            feature = found._add(name, presence[groups[0]], f"{described}{more}")
            found.by_group |= dict.fromkeys(groups, feature)
        return found

    def switch(self, sites: Presence, near: Iterable[Group] = ()) -> Feature:
        """The switch for a part of a resource: that of what it refers to, else one that says where it is on."""
        for group in near:
            if (feature := self.by_group.get(group)) and feature.sites == sites:
                return feature
        own = [site for site in self.sites if site in sites]
        name = self._where(sites)
        known = self.named.get(name)
        return known or self._add(name, sites, f"what {', '.join(own)} {'has' if len(own) == 1 else 'have'} alone")

    def _where(self, sites: Presence) -> str:
        """``in_production``, ``not_in_staging``: whichever names fewer sites."""
        others = [site for site in self.sites if site not in sites]
        own = [site for site in self.sites if site in sites]
        beginning, named = ("in", own) if len(own) <= len(others) else ("not_in", others)
        return f"{beginning}_{'_'.join(named)}".replace(" ", "_").replace("-", "_")

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


def _with_single_rows(
    components: Iterable[list[Group]], presence: Mapping[Group, Presence], tables: Mapping[Group, Group]
) -> list[list[Group]]:
    """Components, with rows of one table that nothing else hangs on together."""
    found: dict[object, list[Group]] = {}
    for groups in components:
        table = tables.get(groups[0]) if len(groups) == 1 else None
        found.setdefault((table, presence[groups[0]]) if table else groups[0], []).extend(groups)
    return sorted(found.values(), key=lambda groups: (-len(groups), groups))


def _common_name(groups: Iterable[Group]) -> str:
    """The name that most of them have; where each has another the words that all begin with, else the shortest."""
    counts = Counter(group.name for group in groups)
    if set(counts.values()) == {1} and (words := _beginning(counts)):
        return words
    return min(counts, key=lambda name: (-counts[name], len(name), name))


def _beginning(names: Iterable[str]) -> str:
    """The words that all names begin with, numbers behind them aside."""
    words = [name.split("_") for name in names]
    same = takewhile(lambda one: len(set(one)) == 1, zip(*words, strict=False))
    return "_".join(one[0] for one in same).rstrip("_0123456789")


def _of_several(name: str, groups: Sequence[Group]) -> str:
    """``sessions_alarms``: a name with what most of them are."""
    types = Counter(group.type.rpartition("_")[2] for group in groups)
    return f"{name}_{plural(types.most_common(1)[0][0])}"
