"""The blocks of several environments, put together by what they describe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from groundplan.engines.terraform.context import label
from groundplan.engines.terraform.hcl import Argument, Block
from groundplan.engines.terraform.modules.links import Addresses, Group
from groundplan.engines.terraform.modules.unify import EVERY, Slot
from groundplan.engines.terraform.rendering import Place
from groundplan.resources import Resource
from groundplan.resources.values import Ref


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of the flat rendering of one environment."""

    group: Group
    key: str | None
    block: Block
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
                found.append(Piece(Group("local", "", item.name), None, Block("locals", (), (item,)), file, place))
            continue
        type_, name = block.labels
        found.append(
            Piece(Group(block.type, type_, _without_key(name, resource.ref)), resource.key, block, file, place)
        )
    return found


def _without_key(name: str, ref: Ref[Resource]) -> str:
    own, bare = label(ref), label(Ref(ref.kind, ref.name))
    return bare + name.removeprefix(own) if ref.key is not None and name.startswith(own) else name


def dissolved(piece: Piece) -> Piece:
    """The piece as a group by itself, called as in the flat rendering."""
    return replace(piece, group=replace(piece.group, name=piece.block.labels[1]), key=None)


def addresses_of(found: Iterable[Piece]) -> Addresses:
    """What each flat address of an environment means."""
    known: dict[str, tuple[Group, str | None]] = {}
    for piece in found:
        group = piece.group
        if group.block == "local":
            known[group.address] = (group, None)
        else:
            prefix = "" if group.block == "resource" else f"{group.block}."
            known[f"{prefix}{'.'.join(piece.block.labels)}"] = (group, piece.key)
    return known


def members(environments: Mapping[str, Iterable[Piece]]) -> dict[Group, Member]:
    """Every group of any environment, in the order of the files."""
    found: dict[Group, Member] = {}
    for environment, blocks in environments.items():
        for piece in blocks:
            member = found.setdefault(piece.group, Member(piece.group, piece.file, piece.place))
            member.instances[Slot(environment, piece.key)] = piece.block
    return found
