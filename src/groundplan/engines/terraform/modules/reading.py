"""The values of a site with their links found, each value once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from groundplan.engines.terraform.hcl import Value
from groundplan.engines.terraform.modules.links import Addresses, Group, Link, Meaning, Normal, links, normal


class _Read(NamedTuple):
    value: Value
    """Kept, since what is known of it is found by its identity."""
    normal: Normal
    links: tuple[Link, ...]
    groups: frozenset[Group]
    """What it refers to, as its own site calls it."""


class Reading:
    """What the values of a site say: the blocks of the flat rendering never change, so that none is read twice."""

    def __init__(
        self, addresses: Addresses, rows: Mapping[Group, Group] | None = None, flat: Reading | None = None
    ) -> None:
        self._addresses = addresses
        self._rows = rows or {}
        self._flat = flat
        self._known: dict[int, _Read] = {}

    def with_rows(self, rows: Mapping[Group, Group]) -> Reading:
        """The same where these groups are rows of tables."""
        return Reading(self._addresses, rows, flat=self)

    def normal(self, value: Value) -> Normal:
        """A value with its links visible."""
        return value if value is None or isinstance(value, str | bool | int | float) else self._read(value).normal

    def links(self, value: Value) -> tuple[Link, ...]:
        """Every link inside a value."""
        return () if value is None or isinstance(value, str | bool | int | float) else self._read(value).links

    def _read(self, value: Value) -> _Read:
        known = self._known.get(id(value))
        if known is None:
            flat = self._flat._read(value) if self._flat else None
            if flat is not None and self._rows.keys().isdisjoint(flat.groups):
                known = flat
            else:
                found = normal(value, self.meaning)
                inside = tuple(links(found))
                known = _Read(value, found, inside, frozenset(link.group.here for link in inside))
            self._known[id(value)] = known
        return known

    def meaning(self, address: str) -> Meaning | None:
        """The group and key that a flat address stands for; None for what is no address here."""
        found = self._addresses.get(address)
        table = self._rows.get(found[0].here) if found else None
        if found is None or table is None:
            return found
        group, _ = found
        return (table._replace(where=group.where) if group.where else table), group.name

    def keys_of(self, group: Group) -> tuple[str | None, ...]:
        """The keys that a group has here, in Terraform's order of a map."""
        return self._keys.get(group, ())

    @cached_property
    def _keys(self) -> Mapping[Group, tuple[str | None, ...]]:
        found: dict[Group, set[str | None]] = {}
        for address in self._addresses:
            if (meaning := self.meaning(address)) is not None:
                found.setdefault(meaning[0], set()).add(meaning[1])
        return {group: tuple(sorted(keys, key=str)) for group, keys in found.items()}
