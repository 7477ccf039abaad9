"""What a module says several times over several lines stands once, as a local value under the name that it has:
statements of policies after their ``Sid``, lists after what they are for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Block, Call, Conditional, Expression, Item, Row, Value
from groundplan.engines.terraform.modules import nouns
from groundplan.engines.terraform.modules.conditions import only_where
from groundplan.engines.terraform.modules.heights import value_height
from groundplan.engines.terraform.modules.slots import EVERY, identifier, plural
from groundplan.engines.terraform.walk import with_inside

LEAST, TALL = 2, 5
"""How often something has to be said, and over how many lines."""
_OF_AN_INSTANCE = re.compile(r"\beach\.|\bcount\.|\[0\]|\b\w+\.value\b")
_INDEXED = re.compile(r"\[")
_CONDITION = "_Condition"
_STATIC, _LIFECYCLE = "depends_on", "lifecycle"
"""Where Terraform takes literals alone."""
_META = frozenset({"count", "for_each"})


def once(files: Mapping[str, Sequence[Item]]) -> dict[str, list[Item]]:
    """The items of each file, with local values before the first that uses them."""
    codes = _Codes()
    found = _Found(codes)
    for items in files.values():
        for item in items:
            found.look_at(item)
    named = _Named(codes, found.names())
    return {file: [one for item in items for one in named.item(item)] for file, items in files.items()}


class _Place(NamedTuple):
    """Where a value stands."""

    name: str
    """What it could be called by."""
    certain: bool
    """Whether Terraform evaluates it for every environment."""


@dataclass
class _Found:
    codes: _Codes
    values: Counter[str] = field(default_factory=Counter)
    """How often each is said, by its code."""
    places: dict[str, list[_Place]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    """Names of local values that there are."""

    def look_at(self, item: Item) -> None:
        """Note what a block says."""
        if isinstance(item, Block) and item.type == "locals":
            self.taken |= {one.name for one in item.body if isinstance(one, Argument)}
        if isinstance(item, Block):
            certain = not any(isinstance(one, Argument) and one.name in _META for one in item.body)
            self._body(item.body, _owner(item), certain)

    def _body(self, items: Iterable[Item], owner: str, certain: bool) -> None:
        for item in items:
            match item:
                case Argument(name, value) if name != _STATIC:
                    self._value(value, f"{owner}_{name}", certain)
                case Block("dynamic", (kind,), (Argument(_, rows), *body)):
                    self._value(rows, f"{owner}_{kind}", certain=False)
                    self._body(body, f"{owner}_{kind}", certain=False)
                case Block(kind, _, body) if kind != _LIFECYCLE:
                    self._body(body, f"{owner}_{kind}", certain)

    def _value(self, value: Value, name: str, certain: bool) -> None:
        if (own := _name(value, name)) and value_height(value) >= TALL:
            code = self.codes.of(value)
            self.values[code] += 1
            self.places.setdefault(code, []).append(_Place(own, certain))
        match value:
            case Call(_, arguments):
                for argument in arguments:
                    self._value(argument, name, certain)
            case Conditional(_, one, other):
                self._value(one, name, False)
                self._value(other, name, False)
            case Row(members) | (Mapping() as members):
                owner = name.partition("_policy")[0].partition("_target")[0]
                for key, item in members.items():
                    self._value(item, f"{owner}_{key}", certain)
            case str():
                return
            case Sequence():
                for item in value:
                    self._value(item, name, certain)

    def names(self) -> dict[str, str]:
        """What is said often enough, by its code, and its name."""
        found: dict[str, str] = {}
        for code, times in self.values.items():
            places = self.places[code]
            safe = not _OF_AN_INSTANCE.search(code) and (
                not _INDEXED.search(code.replace("= [", "")) or any(place.certain for place in places)
            )
            name = places[0].name
            if times >= LEAST and safe and name not in self.taken:
                self.taken.add(name)
                found[code] = name
        return found


@dataclass
class _Named:
    codes: _Codes
    names: Mapping[str, str]
    written: set[str] = field(default_factory=set)
    before: list[Argument] = field(default_factory=list)
    """What the next block needs first."""

    def item(self, item: Item) -> Iterator[Item]:
        """A block, behind the local values that nothing before it has used."""
        changed = next(iter(self._items([item])))
        if self.before:
            yield Block("locals", (), tuple(self.before))
            self.before = []
        yield changed

    def _items(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            match item:
                case Argument(name, value) if name != _STATIC:
                    yield Argument(name, self._value(value))
                case Block(kind, labels, body) if kind != _LIFECYCLE:
                    yield Block(kind, labels, tuple(self._items(body)))
                case _:
                    yield item

    def _value(self, value: Value) -> Value:
        if (
            isinstance(value, Mapping | Sequence)
            and not isinstance(value, str)
            and value_height(value) >= TALL
            and (name := self.names.get(self.codes.of(value)))
        ):
            if name not in self.written:
                self.written.add(name)
                self.before.append(Argument(name, value))
            return Expression(f"local.{name}")
        return with_inside(value, self._value)


def _owner(block: Block) -> str:
    """Whose a value is: the label of its resource; of all of a type their noun."""
    type_, label = block.labels if len(block.labels) == 2 else ("", "")
    return nouns.noun(type_) if label == EVERY else label


def _name(value: Value, path: str) -> str:
    """``account_decides_by_iam``, ``off_hours_resources``; nothing for what has no name of its own."""
    if isinstance(value, Mapping):
        sid = value.get("Sid")
        if isinstance(sid, str):
            return identifier(f"statement {sid}")
        return only_where(value) if path.endswith(_CONDITION) else ""
    if (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and not any(isinstance(one, Mapping) for one in value)
    ):
        return plural(identifier(path).removesuffix("s"))
    return ""


@dataclass
class _Codes:
    """The code of values, each written once."""

    known: dict[int, tuple[Value, str]] = field(default_factory=dict)

    def of(self, value: Value) -> str:
        if id(value) not in self.known:
            self.known[id(value)] = value, hcl.render([Argument("x", value)])  # kept, so that no other gets its place
        return self.known[id(value)][1]
