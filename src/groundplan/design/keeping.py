"""Designs of one environment with little changed between them, as ``savings`` makes a dozen of: what they have alike
is one object in all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from groundplan.design.causes import POLICIES, documents_of
from groundplan.design.replaying import Replayed
from groundplan.resources.architecture import Architecture, InOrder
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
        self._ids: set[int] = set()
        self._moved: dict[tuple[str, str, int], Resource] = {}
        self._orders: list[tuple[Sequence[Resource], Sequence[int]]] = []
        self.replayed = Replayed()
        """What the steps of the designs have added."""

    @cached_property
    def standby(self) -> Kept:
        """Those of the standby by itself, whose resources are called as the primary's are."""
        return Kept()

    def one(self, resource: Resource) -> Resource:
        """The resource itself, or the one like it that was there before."""
        if id(resource) in self._ids:  # all that are kept stay, and so do their ids
            return resource
        alike = self._known.setdefault((type(resource), resource.name, resource.key), [])
        values = [*map(vars(resource).__getitem__, field_names(type(resource))), *_causes(resource)]
        for said, known in alike:
            if said == values:
                return known
        alike.append((values, resource))
        self._ids.add(id(resource))
        return resource

    def all(self, resources: Iterable[Resource]) -> list[Resource]:
        """Each of some resources, or the one like it."""
        ids = self._ids
        return [resource if id(resource) in ids else self.one(resource) for resource in resources]

    def moved(self, resources: Iterable[Resource], relocation: Relocation) -> list[Resource]:
        """What ``relocation`` makes of resources."""
        found = []
        for resource in self.all(resources):
            key = (relocation.region, relocation.home, id(resource))
            moved = self._moved.get(key)
            if moved is None:
                moved = self._moved[key] = relocation.resource(resource)
            found.append(moved)
        return found

    def in_order(
        self, resources: Iterable[Resource], whole: Callable[[tuple[Resource, ...]], Architecture]
    ) -> Architecture:
        """An architecture of resources. Which stands before which is found out anew only where some have other names
        than any before, or refer to others: with most changes none does."""
        given = self.all(resources)
        for before, places in self._orders:
            if len(before) == len(given) and _stand_alike(given, before):
                return whole(InOrder(map(given.__getitem__, places)))
        architecture = whole(tuple(given))
        place = {id(resource): number for number, resource in enumerate(given)}
        self._orders.append((given, [place[id(resource)] for resource in architecture.resources]))
        return architecture


def _stand_alike(given: Sequence[Resource], before: Sequence[Resource]) -> bool:
    """Whether each is called as that in its place was, and refers to the same."""
    changed = [(one, other) for one, other in zip(given, before, strict=True) if one is not other]
    return all(one.ref == other.ref and one.references() == other.references() for one, other in changed)


def _causes(resource: Resource) -> list[object]:
    if type(resource) not in POLICIES:
        return []
    return [statement.because for document in documents_of(resource) for statement in document.statements]
