"""What only some sites have, by the name that a team would call it: ``off_hours``, ``read_replica``.

Groups that exist at the same sites and refer to each other are one feature: they are switched on and off together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from groundplan.engines.terraform.modules import nouns
from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.sites import PRIMARY_SITE, STANDBY_SITE
from groundplan.engines.terraform.modules.slots import EVERY, identifier, plural

_VAGUE = frozenset({"main", EVERY, PRIMARY_SITE, STANDBY_SITE})

Presence: TypeAlias = frozenset[str]
"""The sites that have something."""


class Feature(NamedTuple):
    """One switch of an environment."""

    name: str
    sites: Presence
    """Where it is on."""
    description: str


class Switch(NamedTuple):
    """How a part of a resource is switched."""

    feature: Feature
    on: bool
    """Whether the part is there where the feature is, rather than where it is not."""


@dataclass
class Features:
    """The switches of all modules. What asks for the same gets the same."""

    sites: tuple[str, ...] = ()
    """All there are."""
    by_group: dict[Group, Feature] = field(default_factory=dict)
    named: dict[str, Feature] = field(default_factory=dict)
    beside: dict[Group, set[Feature]] = field(default_factory=dict)
    """The features of what a resource refers to."""

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
        known = list(refers)
        for groups in _with_single_rows(_components(presence, known), presence, tables or {}):
            name = _common_name(groups) if len(groups) > 1 else ""
            described = ", ".join(group.address for group in groups[:3])
            more = f" and {len(groups) - 3} more" if len(groups) > 3 else ""
            if not name or name in _VAGUE:
                name = nouns.called(groups[0].type, groups[0].name)
            elif name in found.named:
                name = _of_several(name, groups)
                name = f"{name}_{found._said_of(presence[groups[0]])}" if name in found.named else name
            feature = found._add(name, presence[groups[0]], f"{described}{more}")
            found.by_group |= dict.fromkeys(groups, feature)
        for one, other in known:
            if one.block == other.block == "resource" and other in found.by_group:
                found.beside.setdefault(one, set()).add(found.by_group[other])
        return found

    def switch(self, sites: Presence, near: Iterable[Group] = (), of: Group | None = None) -> Switch:
        """The switch for a part of a resource: that of what the part refers to, that of the only thing on the same
        switch which the resource ``of`` that it is a part refers to, or one that says where it is on. Where fewer words
        say where the part is not, it is switched by that.
        """
        others = frozenset(self.sites) - sites
        for group in near:
            if (feature := self.by_group.get(group)) and feature.sites == sites:
                return Switch(feature, on=True)
        here, there = self._in(sites), self._in(others)
        on = len(here) < len(there) or (len(here) == len(there) and _where(there) not in self.named)
        words, wanted = (here, sites) if on else (there, others)
        beside = [one for one in self.beside.get(of, ()) if one.sites == wanted] if of else []
        if len(beside) == 1 and words != [STANDBY_SITE]:
            return Switch(beside[0], on)
        return Switch(self._of_sites(words, wanted), on)

    def _said_of(self, sites: Presence) -> str:
        """``in_production``, ``not_in_staging``: whichever names fewer."""
        here, there = self._in(sites), self._in(frozenset(self.sites) - sites)
        return _where(here) if len(here) <= len(there) else f"not_{_where(there)}"

    def _of_sites(self, words: Sequence[str], sites: Presence) -> Feature:
        own = [site for site in self.sites if site in sites]
        is_, name = "is" if len(own) == 1 else "are", _where(words)
        return self.named.get(name) or self._add(name, sites, f"in what {', '.join(own)} {is_} unlike the others")

    def _in(self, sites: Presence) -> Sequence[str]:
        """What sites are called together: an environment that is there with its standby by its name alone."""
        standbys = {site for site in self.sites if site.endswith(_STANDBY)}
        if standbys == sites:
            return [STANDBY_SITE]
        found: list[str] = []
        for primary in (site for site in self.sites if site not in standbys):
            own = [site for site in (primary, f"{primary}{_STANDBY}") if site in self.sites]
            there = [site for site in own if site in sites]
            if there == own:
                found.append(primary)
            elif there:
                found.append(f"{primary} {PRIMARY_SITE}" if primary in there else there[0])
        return [identifier(name) for name in found]

    def _add(self, wanted: str, sites: Presence, description: str) -> Feature:
        name, number = wanted, 1
        while name in self.named:
            number += 1
            name = f"{wanted}_{number}"
        self.named[name] = Feature(name, sites, description)
        return self.named[name]


_STANDBY = f" {STANDBY_SITE}"
"""The end of the name of such a site."""


def _where(words: Sequence[str]) -> str:
    """``in_production``, ``in_development_or_staging``."""
    return f"in_{'_or_'.join(words)}"


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


def _common_name(groups: Sequence[Group]) -> str:
    """The name that most of them have; where each has another the words that all begin with, what they are where they
    are of one type, or the name that most of the others begin with."""
    counts = Counter(group.name for group in groups)
    if set(counts.values()) == {1} and (words := _beginning(counts)):
        return words
    types = {group.type for group in groups}
    if len(counts) > 1 and len(types) == 1:
        return nouns.several(types.pop(), EVERY)
    begun = {name: sum(times for one, times in counts.items() if f"{one}_".startswith(f"{name}_")) for name in counts}
    return min(counts, key=lambda name: (-counts[name], -begun[name], len(name), name))


def _beginning(names: Iterable[str]) -> str:
    """The words that all names begin with, numbers behind them aside."""
    words = [name.split("_") for name in names]
    same = takewhile(lambda one: len(set(one)) == 1, zip(*words, strict=False))
    found = [one[0] for one in same]
    while found and len(words) > 1 and found[-1].isdigit():
        found.pop()
    return "_".join(found)


def _of_several(name: str, groups: Sequence[Group]) -> str:
    """``sessions_alarms``: a name with what most of them are."""
    whats = Counter(nouns.noun(group.type) or group.block for group in groups)
    return f"{name}_{plural(whats.most_common(1)[0][0])}"
