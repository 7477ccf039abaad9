"""How values are built, before they are described together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from groundplan.engines.terraform.modules.links import Code, Function, Link, Normal
from groundplan.engines.terraform.modules.slots import Seen


def kind_of(values: Iterable[Normal]) -> type | None:
    """What all values are: ``Code`` for texts and code, ``dict``, ``Function`` or ``tuple``; None where they differ, or
    are anything else."""
    kinds = set(map(type, values))
    if kinds <= _CODE:
        return Code
    return next(iter(kinds)) if len(kinds) == 1 and kinds <= _COMPOUND else None


_CODE: Set[type] = {str, Code}
_COMPOUND: Set[type] = {dict, Function, tuple}


def have_the_same_keys(seen: Seen) -> bool:
    """Whether mappings have the same keys under every name, at each site by itself."""
    keys: dict[str, set[frozenset[str]]] = {}
    for slot, value in seen.items():
        keys.setdefault(slot.environment, set()).add(frozenset(value if isinstance(value, Mapping) else ()))
    return all(len(found) == 1 for found in keys.values())


def skeleton(code: Code) -> object:
    """Code with no more of its links than what they refer to."""
    return code.template, tuple(part.group if isinstance(part, Link) else part for part in code.parts)


def shape(value: Normal) -> str:
    """What kind of value it is: only what is of one shape can be described as one."""
    match value:
        case Code(template, parts):
            return f"code {template} {[part.group.address for part in parts if isinstance(part, Link)]}"
        case Function(name):
            return f"call {name}"
    return type(value).__name__


def lists_or_items(seen: Seen) -> Seen | None:
    """Values of which some are a list of texts and some a text by itself, as policies may have it, all as lists; None
    of any others."""
    texts = {slot: (value,) if isinstance(value, str) else value for slot, value in seen.items()}
    lists = [value for value in texts.values() if isinstance(value, tuple)]
    if len(lists) < len(texts) or not any(isinstance(value, str) for value in seen.values()):
        return None
    whole = [value for value in seen.values() if isinstance(value, tuple)]
    if not whole or any(len(value) < 2 for value in whole):
        return None
    return texts if all(isinstance(item, str) for value in lists for item in value) else None


def are_named_alike(lists: Sequence[Normal]) -> bool:
    """Whether lists hold statements of the same names."""
    names = [
        [item.get("Sid") if isinstance(item, Mapping) else None for item in value]
        for value in lists
        if isinstance(value, tuple)
    ]
    return bool(names[0]) and None not in names[0] and all(one == names[0] for one in names)


def single_target(lists: Iterable[tuple[Normal, ...]]) -> Link | None:
    """The group and attribute that every item of every list is, where it is one that has keys."""
    targets: dict[tuple[object, str], Link] = {}
    for value in lists:
        for item in value:
            if not isinstance(item, Code) or item.alone is None or item.alone.key is None:
                return None
            targets[item.alone.group, item.alone.attribute] = item.alone
    return next(iter(targets.values())) if len(targets) == 1 else None


def is_lookup(value: Normal) -> bool:
    """Whether it is the number or text that a map has."""
    return isinstance(value, Function) and value.name == "lookup"


def by_site(seen: Seen) -> Mapping[str | None, Mapping[str, Normal]]:
    """What is said of each key, by site."""
    found: dict[str | None, dict[str, Normal]] = {}
    for slot, value in seen.items():
        found.setdefault(slot.key, {})[slot.environment] = value
    return found
