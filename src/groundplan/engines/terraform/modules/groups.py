"""The blocks of several environments, put together by what they describe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from groundplan.engines.terraform.context import label
from groundplan.engines.terraform.hcl import Argument, Block, Item
from groundplan.engines.terraform.modules.links import Addresses, Group, links, normal
from groundplan.engines.terraform.modules.unify import EVERY, Slot
from groundplan.engines.terraform.rendering import Place
from groundplan.resources import Resource
from groundplan.resources.architecture import STANDBY
from groundplan.resources.values import Ref


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of the flat rendering of one environment."""

    group: Group
    key: str | None
    block: Block
    address: str
    """In the flat rendering: ``aws_subnet.private_a``."""
    file: str
    place: Place


@dataclass
class Member:
    """A group with its instances in all environments."""

    group: Group
    file: str
    place: Place
    instances: dict[Slot, Block] = field(default_factory=dict)

    @property
    def keyed(self) -> bool:
        """Whether it exists once per zone."""
        return any(slot.key is not None for slot in self.instances)

    @property
    def by_name(self) -> bool:
        """Whether its keys are names of things, not zones."""
        return self.group.name == EVERY

    @property
    def environments(self) -> tuple[str, ...]:
        """Those that have it."""
        return tuple(dict.fromkeys(slot.environment for slot in self.instances))

    def keys(self, environment: str) -> tuple[str, ...]:
        """Its keys in one environment."""
        found = (slot.key for slot in self.instances if slot.environment == environment and slot.key is not None)
        return tuple(sorted(found)) if self.by_name else tuple(found)


def pieces(resource: Resource, blocks: Iterable[Block], file: str, place: Place) -> list[Piece]:
    """The blocks of a resource, each with its group. A resource that exists per zone names it at its end."""
    found = []
    for block in blocks:
        if block.type == "locals":
            for item in block.body:
                assert isinstance(item, Argument)
                group = Group("local", "", item.name)
                found.append(Piece(group, None, Block("locals", (), (item,)), group.address, file, place))
            continue
        type_, name = block.labels
        address = Group(block.type, type_, name).address
        group = Group(block.type, type_, _without_key(name, resource.ref))
        found.append(Piece(group, resource.key, block, address, file, place))
    return found


def _without_key(name: str, ref: Ref[Resource]) -> str:
    own, bare = label(ref), label(Ref(ref.kind, ref.name))
    return bare + name.removeprefix(own) if ref.key is not None and name.startswith(own) else name


def dissolved(piece: Piece) -> Piece:
    """The piece as a group by itself, called as in the flat rendering."""
    name = piece.address.rpartition(".")[2]
    if not piece.group.name.startswith(STANDBY):
        name = name.removeprefix(STANDBY)
    return replace(piece, group=replace(piece.group, name=name), key=None)


def with_and_without_key(found: Iterable[Piece]) -> frozenset[Group]:
    """Groups of which one block has a key and another has none: they only happen to be called alike."""
    keyed: dict[Group, set[bool]] = {}
    for piece in found:
        keyed.setdefault(piece.group, set()).add(piece.key is None)
    return frozenset(group for group, kinds in keyed.items() if len(kinds) > 1)


def addresses_of(found: Iterable[Piece], elsewhere: Mapping[str, Iterable[Piece]]) -> Addresses:
    """What each flat address means at a site; ``elsewhere`` are the pieces of other sites, by what they are called."""
    known = dict(_addresses(found))
    for where, pieces in elsewhere.items():
        for address, (group, key) in _addresses(pieces):
            known[address] = (replace(group, where=where), key)
    return known


def _addresses(found: Iterable[Piece]) -> Iterator[tuple[str, tuple[Group, str | None]]]:
    for piece in found:
        yield piece.address, (piece.group, None if piece.group.block == "local" else piece.key)


def members(environments: Mapping[str, Iterable[Piece]]) -> dict[Group, Member]:
    """Every group of any environment, in the order of the files."""
    found: dict[Group, Member] = {}
    for environment, blocks in environments.items():
        for piece in blocks:
            member = found.setdefault(piece.group, Member(piece.group, piece.file, piece.place))
            member.instances[Slot(environment, piece.key)] = piece.block
    return found


def references(every: Mapping[Group, Member], addresses: Mapping[str, Addresses]) -> Iterator[tuple[Group, Group]]:
    """Which group refers to which other at the same site."""
    for group, member in every.items():
        for slot, block in member.instances.items():
            for link in _links(block.body, addresses[slot.environment]):
                if not link.where:
                    yield group, link


def _links(items: Iterable[Item], addresses: Addresses) -> Iterator[Group]:
    for item in items:
        match item:
            case Argument(_, value):
                for link in links(normal(value, addresses)):
                    yield link.group
            case Block(_, _, body):
                yield from _links(body, addresses)
