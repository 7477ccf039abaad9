"""What modules give each other. Values of one kind go together: ``key_arns["media"]``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, TypeAlias

from groundplan.engines.terraform.modules import nouns
from groundplan.engines.terraform.modules.groups import Member, Reference
from groundplan.engines.terraform.modules.links import Group, Link
from groundplan.engines.terraform.modules.sites import Site
from groundplan.engines.terraform.modules.slots import EVERY

SIMPLE = re.compile(r"\.[a-z_0-9]+")
ID = ".id"


class Handed(NamedTuple):
    """What a module gives and another takes: an attribute of one group, or of several of one type."""

    groups: tuple[Group, ...]
    """As their own site calls them."""
    attribute: str
    where: str = ""
    """The site that gives it, where that is another than the one that takes it."""
    called: str = ""
    """What it is called, where that does not follow from the above."""

    @property
    def name(self) -> str:
        """``vpc_id``, ``key_arns``: the output there, the variable here."""
        first = self.groups[0]
        label = EVERY if self.is_map else first.name
        own = self.called or nouns.asked(first.type, label, self.attribute, many=self.is_map)
        return f"{self.where}_{own}" if self.where else own

    @property
    def is_map(self) -> bool:
        """Whether it is of several groups, by their names; of what is a table among them by the names of its rows."""
        return len(self.groups) > 1

    @property
    def is_ephemeral(self) -> bool:
        """Whether Terraform keeps it in no state: what is read of a secret, and the locals that take it apart."""
        return self.groups[0].block in ("ephemeral", "local")

    @property
    def here(self) -> Handed:
        """As the module that gives it calls it."""
        return self._replace(where="") if self.where else self

    @property
    def description(self) -> str:
        """What it is, for people."""
        of = f" of the {self.where}" if self.where else ""
        what = f"each {self.groups[0].type}{of}, by name" if self.is_map else f"{self.groups[0].address}{of}"
        return f"{self.attribute.removeprefix('.')} of {what}"


Bundles: TypeAlias = Mapping[tuple[Group, str], Handed]
"""What goes together, or has a name that does not follow from what it is, by group and attribute."""


def handed(link: Link, bundles: Bundles) -> Handed:
    """What has to be handed over for a link to hold."""
    attribute = link.attribute or ID
    found = bundles.get((link.group.here, attribute)) or Handed((link.group.here,), attribute)
    return found._replace(where=link.group.where) if link.group.where else found


def crossing(
    references: Iterable[Reference], outputs: Iterable[Link], module: Callable[[Group], str]
) -> list[tuple[Group, str]]:
    """Group and attribute of all that modules, and the roots' ``outputs``, take of others, each once."""
    found = {
        (one.link.group.here, one.link.attribute or ID): None
        for one in references
        if one.link.group.where or module(one.link.group) != module(one.group)
    }
    return list(found | dict.fromkeys((link.group.here, link.attribute or ID) for link in outputs))


def bundles(
    references: Iterable[Reference],
    every: Mapping[Group, Member],
    sites: Mapping[str, Site],
    module: Callable[[Group], str],
) -> Bundles:
    """Which values go together. Whoever takes one of them waits for all of them: what would then wait for itself is
    handed over by itself."""
    known = list(references)
    crossing = [one for one in known if one.link.group.where or module(one.link.group.here) != module(one.group)]
    wanted: dict[tuple[str, str, str, str], set[Group]] = {}
    for one in crossing:
        group, attribute = one.link.group.here, one.link.attribute or ID
        if group.block == "resource" and not every[group].keyed and SIMPLE.fullmatch(attribute):
            wanted.setdefault((module(group), group.block, group.type, attribute), set()).add(group)
    found = {Handed(tuple(sorted(groups)), key[3]) for key, groups in wanted.items() if len(groups) > 1}
    while (circle := _circle(known, crossing, found, sites)) is not None:
        found -= circle
    return {(group, one.attribute): one for one in found for group in one.groups}


_Node: TypeAlias = "tuple[str | None, Group | Handed]"


def _circle(
    known: Iterable[Reference], crossing: Iterable[Reference], together: Iterable[Handed], sites: Mapping[str, Site]
) -> set[Handed] | None:
    """The bundles in a circle of what waits for what; None where there is no circle."""
    by_group = {(group, one.attribute): one for one in together for group in one.groups}
    crosses = set(crossing)
    graph: dict[_Node, dict[_Node, None]] = {}  # in order, so that the same circle is found each time
    for one in known:
        there = sites[one.site].of(one.link.group.where)
        group = one.link.group.here
        bundle = by_group.get((group, one.link.attribute or ID)) if one in crosses else None
        graph.setdefault((one.site, one.group), {})[there, bundle or group] = None
        if bundle:
            graph.setdefault((there, bundle), {}).update(dict.fromkeys((there, member) for member in bundle.groups))
    for node, targets in graph.items():
        targets.pop(node, None)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return {node[1] for node in error.args[1] if isinstance(node[1], Handed)} or None
    return None
