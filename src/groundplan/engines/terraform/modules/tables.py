"""Resources of one type that say nearly the same become one, for each of their names.

Nine buckets with the same versioning are one ``aws_s3_bucket_versioning`` with ``for_each``. Whether that says it more
briefly is not guessed but tried: both ways are written, and the shorter stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Block, Item, Value
from groundplan.engines.terraform.modules.groups import EVERY, Piece, addresses_of
from groundplan.engines.terraform.modules.links import Addresses, Group, Link, links, normal
from groundplan.engines.terraform.modules.unify import CannotShareError, Description, Slot
from groundplan.engines.terraform.modules.variables import Interface, plain

LEAST = 2
"""How many make a table."""

SHORTER = 0.8
"""How much shorter a table has to be than what it stands for: it takes a second look to read."""

Pieces = Mapping[str, Sequence[Piece]]


def tabled(environments: Pieces, names: Mapping[str, Mapping[str, str]]) -> dict[str, list[Piece]]:
    """The pieces, those of one type together where that is shorter.

    A type is decided after those that it refers to: a policy can only be written for each bucket where the buckets
    are together.
    """
    found = {name: list(pieces) for name, pieces in environments.items()}
    for type_ in _types(environments):
        refused: set[Group] = set()
        while together := _alike(found, type_, refused):
            trial = {name: [_renamed(piece, together) for piece in pieces] for name, pieces in found.items()}
            if not _circular(trial) and _is_shorter(found, trial, together, names):
                found = trial
                break
            refused |= together
    return found


def _types(environments: Pieces) -> Iterable[tuple[str, str]]:
    """Type and file, each after the types that it refers to, as far as they do not refer to each other."""
    graph: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for pieces in environments.values():
        addresses = addresses_of(pieces)
        files = {piece.group: piece.file for piece in pieces}
        for piece in pieces:
            if piece.group.block == "resource":
                targets = graph.setdefault((piece.group.type, piece.file), set())
                targets |= {(link.group.type, files[link.group]) for link in _links(piece.block.body, addresses)}
    ordered: dict[tuple[str, str], None] = {}

    def visit(type_: tuple[str, str], path: tuple[tuple[str, str], ...]) -> None:
        for target in sorted(graph.get(type_, ())):
            if target not in path and target not in ordered:
                visit(target, (*path, target))
        ordered[type_] = None

    for type_ in sorted(graph):
        if type_ not in ordered:
            visit(type_, (type_,))
    return ordered


def _alike(found: Mapping[str, Sequence[Piece]], type_: tuple[str, str], refused: Set[Group]) -> set[Group]:
    """The most groups of a type that are built alike and refer to the same; none where they are too few."""
    shapes: dict[Group, set[str]] = {}
    keyed: set[Group] = set()
    for pieces in found.values():
        addresses = addresses_of(pieces)
        for piece in pieces:
            if (piece.group.type, piece.file) == type_ and piece.group.block == "resource":
                if piece.key is not None or _repeats(piece.block):
                    keyed.add(piece.group)
                shapes.setdefault(piece.group, set()).update(_shape(piece.block.body, addresses))
    classes: dict[frozenset[str], set[Group]] = {}
    for group in sorted(shapes.keys() - keyed - refused):
        classes.setdefault(frozenset(shapes[group]), set()).add(group)
    most = max(classes.values(), key=len, default=set())
    return most if len(most) >= LEAST else set()


def _shape(items: Iterable[Item], addresses: Addresses, path: str = "") -> Iterable[str]:
    """The arguments and nested blocks of a block by their paths, and the groups that they refer to."""
    for item in items:
        match item:
            case Argument("depends_on"):
                yield f"{path}depends_on"
            case Argument(name, value):
                yield f"{path}{name}"
                for link in links(normal(value, addresses)):
                    own = link.group.name if link.group.name != EVERY and link.key is None else ""
                    yield f"{path}{name} {link.group.type} {own}"
            case Block(kind, _, body):
                yield from _shape(body, addresses, f"{path}{kind}/")


def _repeats(block: Block) -> bool:
    return any(isinstance(item, Argument) and item.name in ("for_each", "count") for item in block.body)


def _renamed(piece: Piece, together: Set[Group]) -> Piece:
    if piece.group not in together:
        return piece
    return replace(piece, group=Group(piece.group.block, piece.group.type, EVERY), key=piece.group.name)


def _circular(found: Mapping[str, Sequence[Piece]]) -> bool:
    """Whether something would wait for itself: a log bucket, for a bucket that waits for the log bucket's policy."""
    graph: dict[Group, set[Group]] = {}
    for pieces in found.values():
        addresses = addresses_of(pieces)
        for piece in pieces:
            targets = graph.setdefault(piece.group, set())
            targets.update(link.group for link in _links(piece.block.body, addresses))
    for group, targets in graph.items():
        if group.name != EVERY:
            targets.discard(group)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False


def _links(items: Iterable[Item], addresses: Addresses) -> Iterable[Link]:
    for item in items:
        match item:
            case Argument(_, value):
                yield from links(normal(value, addresses))
            case Block(_, _, body):
                yield from _links(body, addresses)


def _is_shorter(
    found: Mapping[str, Sequence[Piece]],
    trial: Mapping[str, Sequence[Piece]],
    together: Set[Group],
    names: Mapping[str, Mapping[str, str]],
) -> bool:
    before = {name: addresses_of(pieces) for name, pieces in found.items()}
    after = {name: addresses_of(pieces) for name, pieces in trial.items()}
    instances: dict[Group, dict[Slot, Block]] = {}
    for name, pieces in found.items():
        for piece in pieces:
            if piece.group in together:
                instances.setdefault(piece.group, {})[Slot(name, None)] = piece.block
    first = next(iter(together))
    every = {
        Slot(slot.environment, group.name): block for group, blocks in instances.items() for slot, block in blocks.items()
    }
    one = _size(Group(first.block, first.type, EVERY), every, after, names, by_name=True)
    several = [_size(group, blocks, before, names, by_name=False) for group, blocks in instances.items()]
    return one is not None and one <= SHORTER * sum(size or 0 for size in several)


def _size(
    group: Group,
    instances: Mapping[Slot, Block],
    addresses: Mapping[str, Addresses],
    names: Mapping[str, Mapping[str, str]],
    *,
    by_name: bool,
) -> int | None:
    """Lines of a group, its table and variables included; None where it cannot be described at once."""
    environments = tuple(dict.fromkeys(slot.environment for slot in instances))
    interface = Interface(environments)

    def refer(link: Link, key: str) -> str:
        return f"{link.group.address}{f'[{key}]' if key else ''}{link.attribute}"

    description = Description(group.title, tuple(instances), addresses, interface, refer, names, keyed=by_name, by_name=by_name)
    try:
        body = description.body({slot: block.body for slot, block in instances.items()})
    except CannotShareError:
        return None
    lines = hcl.render([Block("resource", (group.type, group.name), body)]).count("\n") + 1
    for table in description.fields.values():
        cells = {slot.key: value for slot, value in table.items()}
        lines += hcl.render([Argument("table", {str(key): plain(value) for key, value in cells.items()})]).count("\n")
    if description.fields:
        lines += 2 * len({slot.key for slot in instances}) + 3
    for variable in interface.variables.values():
        told: Value = [plain(value) for value in variable.values.values()]
        lines += 7 + len(environments) + hcl.render([Argument("told", told)]).count("\n")
    return lines
