"""In which order the parts of several bodies and lists are written when they are written together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from groundplan.engines.terraform.hcl import Argument, Blank, Block, Comment, Item
from groundplan.engines.terraform.modules.links import Code, Normal
from groundplan.engines.terraform.modules.slots import Slot, identifier


def by_name(items: Sequence[Item]) -> dict[str, list[Item]]:
    """Arguments by name; nested blocks by ``block``, their type and labels."""
    found: dict[str, list[Item]] = {}
    for item in items:
        match item:
            case Argument(name):
                found[name] = [item]
            case Block():
                found.setdefault(_head(item), []).append(item)
    return found


def _head(block: Block) -> str:
    """``block rule``, ``block dynamic rule``."""
    return " ".join(("block", block.type, *block.labels))


def layout(bodies: Iterable[Sequence[Item]]) -> list[str | Comment | Blank]:
    """Names in the order of the longest body, with what only others have behind its predecessor there."""
    ordered = sorted((list(_names(items)) for items in bodies), key=len, reverse=True)
    names = ordered[0]
    for other in ordered[1:]:
        previous = -1
        for name in other:
            if isinstance(name, Comment | Blank):
                continue
            if name in names:
                previous = names.index(name)
            else:
                previous += 1
                names.insert(previous, name)
    return names


def _names(items: Sequence[Item]) -> Iterable[str | Comment | Blank]:
    seen = set()
    for item in items:
        match item:
            case Argument(name):
                yield name
            case Block():
                if _head(item) not in seen:
                    yield _head(item)
                seen.add(_head(item))
            case _:
                yield item


def item_identity(item: Normal, number: int) -> str:
    """What an item of a list is called: a statement by its ``Sid``, a container by its name, else by its place."""
    if isinstance(item, Mapping):
        for name in ("Sid", "name", "Name", "id"):
            if isinstance(item.get(name), str):
                return str(item[name])
    if isinstance(item, str):
        return item
    if isinstance(item, Code) and item.links:
        link = item.links[0]
        return f"{link.group.title}{f'_{link.key}' if link.key else ''}{link.attribute}"
    return str(number + 1)


def item_name(number: int, lists: Mapping[Slot, tuple[Normal, ...]]) -> str:
    """What the item at a place is called in all lists, else its number."""
    names = {item_identity(value[number], number) for value in lists.values()}
    return identifier(names.pop()) if len(names) == 1 else str(number + 1)


def merged_order(orders: list[list[str]]) -> list[str]:
    """All names, each behind what it stands behind in its own list."""
    merged: list[str] = [*sorted(orders, key=len)[-1]]
    for order in orders:
        previous = -1
        for name in order:
            if name in merged:
                previous = merged.index(name)
            else:
                previous += 1
                merged.insert(previous, name)
    return merged
