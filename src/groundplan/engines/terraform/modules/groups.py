"""The blocks of several environments, put together by what they describe."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from groundplan.engines.terraform.context import label
from groundplan.engines.terraform.hcl import Argument, Block, Expression, Item, Value
from groundplan.engines.terraform.modules.links import Addresses, Group, Link
from groundplan.engines.terraform.modules.reading import Reading
from groundplan.engines.terraform.modules.slots import Slot
from groundplan.engines.terraform.rendering import Place
from groundplan.engines.terraform.walk import with_values
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
        return self.group.table

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
    return replace(piece, group=piece.group._replace(name=name), key=None)


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
            known[address] = (group._replace(where=where), key)
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


_RANGES = ("aws_vpc", "aws_subnet")


def with_ranges(found: Iterable[Piece]) -> list[Piece]:
    """Pieces that refer to the address ranges of VPC and subnets rather than repeat them, which differ everywhere."""
    pieces = list(found)
    ranges: dict[str, list[str]] = {}
    for piece in pieces:
        for item in piece.block.body if piece.group.type in _RANGES else ():
            if isinstance(item, Argument) and item.name == "cidr_block":
                ranges.setdefault(str(item.value), []).append(f"{piece.address}.cidr_block")
    known = {text: Expression(codes[0]) for text, codes in ranges.items() if len(codes) == 1}

    def ranged(value: Value) -> Value:
        return known.get(value, value) if isinstance(value, str) else value

    return [
        piece
        if piece.group.type in _RANGES or not _says_any(piece.block.body, known)
        else replace(piece, block=replace(piece.block, body=tuple(with_values(piece.block.body, ranged))))
        for piece in pieces
    ]


def _says_any(items: Iterable[Item], known: Container[str]) -> bool:
    return any(
        _says_any(item.body, known)
        if isinstance(item, Block)
        else isinstance(item, Argument) and isinstance(item.value, str) and item.value in known
        for item in items
    )


class Reference(NamedTuple):
    """A link at a site, and the group that has it."""

    site: str
    group: Group
    link: Link


def references(every: Mapping[Group, Member], readings: Mapping[str, Reading]) -> list[Reference]:
    """What refers to what, each once."""
    found = (
        Reference(slot.environment, group, Link(link.group, None, link.attribute))
        for group, member in every.items()
        for slot, block in member.instances.items()
        for link in links_in(block.body, readings[slot.environment])
    )
    return list(dict.fromkeys(found))


def links_in(items: Iterable[Item], reading: Reading) -> Iterator[Link]:
    """Every link in arguments and nested blocks."""
    for item in items:
        match item:
            case Argument(_, value):
                yield from reading.links(value)
            case Block(_, _, body):
                yield from links_in(body, reading)
