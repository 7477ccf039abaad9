"""Designs of one environment with little changed between them, as ``savings`` makes a dozen of: what they have alike
is one object in all of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from groundplan.design.causes import POLICIES, documents_of
from groundplan.resources.base import Resource
from groundplan.resources.values import field_names

if TYPE_CHECKING:
    from groundplan.design.standby.relocation import Relocation


class Kept:
    """The resources of several designs, each once.

    What a resource knows of itself (its references, its address) need then be found out once for all designs, and so
    need what it is beside the primary, which would be a third of the time of a design with a standby. Two resources are
    one where they are equal, and their statements have the same causes, which equality leaves aside.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[type[Resource], str, str | None], list[tuple[list[object], Resource]]] = {}
        self._moved: dict[tuple[str, str, int], Resource] = {}

    @cached_property
    def standby(self) -> Kept:
        """Those of the standby by itself, whose resources are called as the primary's are."""
        return Kept()

    def one(self, resource: Resource) -> Resource:
        """The resource itself, or the one like it that was there before."""
        alike = self._known.setdefault((type(resource), resource.name, resource.key), [])
        for _, known in alike:
            if known is resource:
                return known
        values = [*map(vars(resource).__getitem__, field_names(type(resource))), *_causes(resource)]
        for said, known in alike:
            if said == values:
                return known
        alike.append((values, resource))
        return resource

    def all(self, resources: Iterable[Resource]) -> list[Resource]:
        """Each of some resources, or the one like it."""
        return [self.one(resource) for resource in resources]

    def moved(self, resources: Iterable[Resource], relocation: Relocation) -> list[Resource]:
        """What ``relocation`` makes of resources."""
        found = []
        for resource in self.all(resources):
            key = (relocation.region, relocation.home, id(resource))  # all that are kept stay, and so do their ids
            moved = self._moved.get(key)
            if moved is None:
                moved = self._moved[key] = relocation.resource(resource)
            found.append(moved)
        return found


def _causes(resource: Resource) -> list[object]:
    if type(resource) not in POLICIES:
        return []
    return [statement.because for document in documents_of(resource) for statement in document.statements]
