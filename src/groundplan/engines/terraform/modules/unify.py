"""What is said of a resource in every environment, said once: equal parts stay, and what differs becomes a variable.

Anti-unification: the most special description that all instances fit (Plotkin, "A note on inductive generalization",
1970), with Terraform's means for what differs: variables, ``each.key`` and ``each.value``, conditions, ``dynamic``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import NamedTuple

from groundplan.engines.terraform.hcl import (
    Argument,
    Blank,
    Block,
    Call,
    Comment,
    Conditional,
    Expression,
    Item,
    Row,
    Template,
    Value,
    escape_interpolation,
)
from groundplan.engines.terraform.modules.links import (
    Addresses,
    Code,
    Function,
    Group,
    Link,
    Normal,
    Part,
    Token,
    is_literal,
    links,
    normal,
)
from groundplan.engines.terraform.modules.variables import Interface

EVERY = "this"
"""The name of a group that was made of several: ``aws_s3_bucket.this["media"]``."""


MANY = 4
"""From how many blocks on a table reads better."""


class CannotShareError(Exception):
    """Environments differ in a way that one text for all would hide more than it says; the message tells how."""


class Slot(NamedTuple):
    """One instance: of an environment and, where a resource exists once per zone, of a zone."""

    environment: str
    key: str | None


_HYPHENED = 'replace(each.key, "_", "-")'

Seen = Mapping[Slot, Normal]
"""A value in every instance; None where the argument is not written."""
Paths = tuple[str, ...]


@dataclass
class Description:
    """How the instances of one group are described together."""

    group: Group
    title: str
    """``subnet_private``: what its variables begin with."""
    slots: tuple[Slot, ...]
    addresses: Mapping[str, Addresses]
    """By environment."""
    interface: Interface
    refer: Callable[[Link, str], str]
    """The code of a link, given the code of its key (empty where the target has none)."""
    names: Mapping[str, Mapping[str, str]]
    """Code to its value by environment: what the environment is called, by ``var.environment``."""
    keyed: bool
    by_name: bool = False
    """Whether its keys are names of things rather than zones: what differs by name stands in the module."""
    fields: dict[str, dict[Slot, Normal]] = field(default_factory=dict)
    """What ``each.value`` holds of a zone, by field."""
    columns: dict[str, dict[str, Value]] = field(default_factory=dict)
    """What ``each.value`` holds of a name, by field: values or code."""

    def body(self, bodies: Mapping[Slot, Sequence[Item]]) -> tuple[Item, ...]:
        """The arguments and nested blocks of all instances. Raises CannotShareError."""
        return tuple(self._items((), bodies))

    def _items(self, path: Paths, bodies: Mapping[Slot, Sequence[Item]]) -> Iterable[Item]:
        written = {slot: _by_name(items) for slot, items in bodies.items()}
        for name in _layout(bodies.values()):
            if isinstance(name, Comment | Blank):
                yield name
                continue
            found = {slot: items.get(name, ()) for slot, items in written.items()}
            if name.startswith("block "):
                yield from self._blocks((*path, name.removeprefix("block ")), found)
                continue
            seen = {
                slot: normal(item[0].value, self.addresses[slot.environment])
                if item and isinstance(item[0], Argument)
                else None
                for slot, item in found.items()
            }
            value = self._every(seen) if name == "depends_on" else self.value((*path, name), seen)
            yield Argument(name, value)

    def _every(self, seen: Seen) -> Value:
        """What has to exist first in any instance: waiting for what an environment has not is no waiting."""
        waits: dict[str, None] = {}
        for value in seen.values():
            for link in links(value):
                code = self.refer(link, "")
                waits[code.partition("[")[0] if code.startswith("var.") else code] = None
        return [Expression(code) for code in waits]

    def _lifecycle(self, found: Iterable[Sequence[Item]]) -> Iterable[Item]:
        """Terraform takes only literal text here: what any environment leaves to others, all do. It says nothing of
        what is made, only of whose later changes stand."""
        written: dict[str, list[Item]] = {}
        ignored: dict[str, Expression] = {}
        for blocks in found:
            for block in blocks:
                assert isinstance(block, Block)
                for item in block.body:
                    if isinstance(item, Argument) and item.name == "ignore_changes":
                        assert isinstance(item.value, Sequence)
                        ignored |= {one.source: one for one in item.value if isinstance(one, Expression)}
                    written.setdefault(repr(getattr(item, "name", item)), [item])
        body = [
            Argument(item.name, list(ignored.values()))
            if isinstance(item, Argument) and item.name == "ignore_changes"
            else item
            for items in written.values()
            for item in items
        ]
        yield Block("lifecycle", (), tuple(body))

    def _blocks(self, path: Paths, found: Mapping[Slot, Sequence[Item]]) -> Iterable[Item]:
        if path == ("lifecycle",):
            yield from self._lifecycle(found.values())
            return
        blocks = {slot: [item for item in items if isinstance(item, Block)] for slot, items in found.items()}
        counts = {len(items) for items in blocks.values()}
        if len(counts) > 1 and (rows := self._rows(blocks)) is not None:
            yield self._dynamic(path, rows)
            return
        if len(counts) == 1 and (table := self._table(path, blocks)) is not None:
            yield table
            return
        for number in range(max(counts)):
            there = {slot: items[number] for slot, items in blocks.items() if len(items) > number}
            where = path if max(counts) == 1 else (*path, str(number + 1))
            body = tuple(self._items(where, {slot: block.body for slot, block in there.items()}))
            if len(there) == len(blocks):
                yield Block(path[-1], (), body)
                continue
            wanted = self.flag(where, {slot: slot in there for slot in blocks})
            content = Block("content", (), body)
            yield Block("dynamic", (path[-1],), (Argument("for_each", Expression(f"{wanted} ? [1] : []")), content))

    def _table(self, path: Paths, blocks: Mapping[Slot, Sequence[Block]]) -> Block | None:
        """Many blocks with the same arguments, as one over a table in its place; None where they are few or more."""
        every = [block for items in blocks.values() for block in items]
        columns = [item.name for item in every[0].body if isinstance(item, Argument)]
        alike = all([getattr(item, "name", None) for item in block.body] == columns for block in every)
        if not alike or len(every[0].body) != len(columns) or len(every) < MANY * len(blocks):
            return None
        name = path[-1]
        rows: list[dict[str, Value]] = []
        for number in range(len(next(iter(blocks.values())))):
            cells = {slot: items[number].body for slot, items in blocks.items()}
            body = self._items((*path, str(number + 1)), cells)
            rows.append({item.name: item.value for item in body if isinstance(item, Argument)})
        same = [column for column in columns if all(row[column] == rows[0][column] for row in rows)]
        content = [
            Argument(column, rows[0][column] if column in same else Expression(f"{name}.value.{column}"))
            for column in columns
        ]
        table = [Row({column: row[column] for column in columns if column not in same}) for row in rows]
        return Block("dynamic", (name,), (Argument("for_each", table), Block("content", (), tuple(content))))

    def _rows(self, blocks: Mapping[Slot, Sequence[Block]]) -> dict[Slot, Normal] | None:
        """Blocks that only differ in plain values, as rows of a table; None where they are more than that."""
        rows: dict[Slot, Normal] = {}
        for slot, items in blocks.items():
            table = []
            for block in items:
                row: dict[str, Normal] = {}
                for item in block.body:
                    if not isinstance(item, Argument):
                        return None
                    row[item.name] = normal(item.value, self.addresses[slot.environment])
                if not is_literal(row):
                    return None
                table.append(row)
            rows[slot] = tuple(table)
        return rows if max(len(items) for items in blocks.values()) > 1 else None

    def _dynamic(self, path: Paths, rows: Seen) -> Block:
        name = path[-1]
        table = self.varying((*path[:-1], f"{name}s"), rows)
        columns = dict.fromkeys(
            column
            for value in rows.values()
            if isinstance(value, tuple)
            for row in value
            if isinstance(row, Mapping)
            for column in row
        )
        content = Block(
            "content", (), tuple(Argument(column, Expression(f"{name}.value.{column}")) for column in columns)
        )
        return Block("dynamic", (name,), (Argument("for_each", Expression(table)), content))

    def value(self, path: Paths, seen: Seen) -> Value:
        """One value for all instances."""
        values = list(seen.values())
        if all(value == values[0] for value in values[1:]) and not self.keyed_links(values[0]):
            return self._written(values[0], "")
        if self.by_name and (found := self._in_table(path, seen)) is not None:
            return found
        if all(value is not None for value in values):
            if all(isinstance(value, str | Code) for value in values):
                return self._code(path, {slot: _as_code(value) for slot, value in seen.items()})
            if all(isinstance(value, Mapping) for value in values) and self._is_mapped(values):
                return self._mapping(path, seen)
            if all(isinstance(value, Function) for value in values):
                return self._function(path, seen)
            if all(isinstance(value, tuple) for value in values):
                return self._list(path, seen)
        written = [value for value in values if value is not None]
        if all(map(is_literal, values)) and not (
            len(written) < len(values) and all(value == written[0] for value in written)
        ):
            return Expression(self.varying(path, seen))
        return self._choice(path, seen)

    def keyed_links(self, value: Normal) -> bool:
        """Whether a value names a zone that may be meant as the instance's own."""
        return self.keyed and any(link.key is not None for link in links(value))

    def varying(self, path: Paths, seen: Seen) -> str:
        """The code of a plain value that differs: a variable or, where it differs by key, a field of ``each.value``."""
        environments: dict[str, Normal] = {}
        for slot, value in seen.items():
            if slot.environment in environments and environments[slot.environment] != value:
                return self._by_key(path, seen)
            environments[slot.environment] = value
        kind = self.group.type.removeprefix("aws_")
        names = dict.fromkeys(identifier("_".join((word, *path))) for word in (kind, self.title))
        return self.interface.variable(tuple(names), ".".join(path), self.address, environments)

    @property
    def address(self) -> str:
        """``aws_subnet.private``, of a cell that of its row."""
        return f"{self.group.type}.{self.title.removeprefix(self.group.type.removeprefix('aws_') + '_')}"

    def _by_key(self, path: Paths, seen: Seen) -> str:
        if self.by_name:
            return self._column(path, seen)
        name = identifier("_".join(path))
        self.fields.setdefault(name, {}).update(seen)
        return f"each.value.{name}"

    def _column(self, path: Paths, seen: Seen) -> str:
        """A field of the table of names: for each what it is there, described over the environments."""
        name = identifier("_".join(path))
        column = self.columns.setdefault(name, {})
        for key in dict.fromkeys(slot.key for slot in seen):
            rows = {slot: value for slot, value in seen.items() if slot.key == key}
            title = f"{self.title.removesuffix(f'_{EVERY}')}_{key}"
            cell = replace(self, title=title, slots=tuple(rows), keyed=False, by_name=False, fields={}, columns={})
            if self._is_partial and any(link.key is not None for value in rows.values() for link in links(value)):
                raise CannotShareError(f"{title} refers to a row of a table that not every environment has")
            column[str(key)] = cell.value(path, rows)
        return f"each.value.{name}"

    @property
    def _is_partial(self) -> bool:
        """Whether some environments lack some of the keys."""
        keys: dict[str, set[str | None]] = {name: set() for name in self.interface.environments}
        for slot in self.slots:
            keys.setdefault(slot.environment, set()).add(slot.key)
        return len({frozenset(found) for found in keys.values()}) > 1

    def _in_table(self, path: Paths, seen: Seen) -> Value | None:
        """What differs by name, said in one where that is plain to see, else row by row."""
        values = list(seen.values())
        if all(isinstance(value, str | Code) for value in values):
            same = self._same_parts(path, {slot: _as_code(value) for slot, value in seen.items()})
            if same is not None:
                return same
        elif all(isinstance(value, Mapping) for value in values) and self._is_mapped(values):
            return None
        first = {slot.environment: value for slot, value in seen.items()}
        if all(first[slot.environment] == value for slot, value in seen.items()):
            return None
        return Expression(self._column(path, seen))

    def flag(self, path: Paths, seen: Mapping[Slot, bool], near: Iterable[Normal] = ()) -> str:
        """The code of a truth that differs: a feature of the environment or, where it differs by key, a field."""
        sites: dict[str, bool] = {}
        for slot, value in seen.items():
            if sites.setdefault(slot.environment, value) != value:
                return self._by_key((*path, "enabled"), dict(seen))
        belongs = [link.group.here for value in near for link in links(value)]
        there = frozenset(site for site, value in sites.items() if value)
        return self.interface.switch(self.interface.features.switch(there, belongs))

    def _mapping(self, path: Paths, seen: Seen) -> Value:
        mappings = {slot: value for slot, value in seen.items() if isinstance(value, Mapping)}
        keys = dict.fromkeys(key for value in mappings.values() for key in value)
        always: dict[str, Value] = {}
        sometimes: dict[str, Value] = {}
        for key in keys:
            inner = {slot: value.get(key) for slot, value in mappings.items()}
            missing = [slot for slot, value in mappings.items() if key not in value]
            if not missing:
                always[key] = self.value((*path, key), inner)
            else:
                there = {slot: value for slot, value in inner.items() if slot not in missing}
                wanted = self.flag((*path, key), {slot: slot in there for slot in mappings}, there.values())
                code = self.value((*path, key), there)
                sometimes[key] = Conditional(wanted, {key: code}, {})
        return Call("merge", always, *sometimes.values()) if sometimes else always

    def _function(self, path: Paths, seen: Seen) -> Value:
        calls = {slot: value for slot, value in seen.items() if isinstance(value, Function)}
        first = next(iter(calls.values()))
        if any(call.name != first.name or len(call.arguments) != len(first.arguments) for call in calls.values()):
            return self._choice(path, seen)
        return Call(
            first.name,
            *(
                self.value(
                    path if len(first.arguments) == 1 else (*path, str(number + 1)),
                    {slot: call.arguments[number] for slot, call in calls.items()},
                )
                for number in range(len(first.arguments))
            ),
        )

    def _list(self, path: Paths, seen: Seen) -> Value:
        lists = {slot: value for slot, value in seen.items() if isinstance(value, tuple)}
        if all(map(is_literal, lists.values())):
            return self._texts(lists) or Expression(self.varying(path, seen))
        if (targets := _single_target(lists.values())) is not None:
            return self._linked(path, lists, targets)
        if len({len(value) for value in lists.values()}) == 1:
            size = len(next(iter(lists.values())))
            return [
                self.value((*path, _item_name(number, lists)), {slot: value[number] for slot, value in lists.items()})
                for number in range(size)
            ]
        return self._aligned(path, lists)

    @staticmethod
    def _is_mapped(values: Sequence[Normal]) -> bool:
        """Whether mappings are described key by key: where they have code in them, or the same keys."""
        keys = [tuple(value) for value in values if isinstance(value, Mapping)]
        return not all(map(is_literal, values)) or all(one == keys[0] for one in keys)

    def _texts(self, lists: Mapping[Slot, tuple[Normal, ...]]) -> list[Value] | None:
        """Lists of texts that are the same but for names of the environment in them."""
        if len({len(value) for value in lists.values()}) != 1:
            return None
        written: list[Value] = []
        for number in range(len(next(iter(lists.values())))):
            items = {slot: value[number] for slot, value in lists.items()}
            if not all(isinstance(item, str) for item in items.values()):
                return None
            text = self._same_parts((), {slot: _as_code(item) for slot, item in items.items()})
            if text is None:
                return None
            written.append(text)
        return written

    def _linked(self, path: Paths, lists: Mapping[Slot, tuple[Normal, ...]], target: Link) -> Value:
        """A list of the same attribute of one group's instances."""
        keys = {
            slot: tuple(item.alone.key for item in value if isinstance(item, Code) and item.alone)
            for slot, value in lists.items()
        }
        if all(value == self.all_keys(target, slot.environment) for slot, value in keys.items()):
            return Expression(self.refer(target, "*"))
        first = next(iter(keys.values()))
        if all(value == first for value in keys.values()):
            return [Expression(self.refer(target, f'"{key}"')) for key in first]
        code = self.varying((*path, "keys"), keys)
        each = self.refer(target, "key")
        return Expression(f"[for key in {code} : {each}]")

    def all_keys(self, target: Link, environment: str) -> tuple[str | None, ...]:
        """The keys of a group in an environment, in Terraform's order of a map."""
        found = {key for group, key in self.addresses[environment].values() if group == target.group}
        return tuple(sorted(found, key=str))

    def _aligned(self, path: Paths, lists: Mapping[Slot, tuple[Normal, ...]]) -> Value:
        """Lists of different length: items that belong together by what they are called, else by their place."""
        names = _merged_order(
            [[_item_identity(item, number) for number, item in enumerate(value)] for value in lists.values()]
        )
        parts: list[Value] = []
        run: list[Value] = []
        for name in names:
            there = {
                slot: item
                for slot, value in lists.items()
                for number, item in enumerate(value)
                if _item_identity(item, number) == name
            }
            code = self.value((*path, identifier(name)), there)
            if len(there) == len(lists):
                run.append(code)
                continue
            if run:
                parts.append(run)
                run = []
            wanted = self.flag((*path, identifier(name)), {slot: slot in there for slot in lists}, there.values())
            parts.append(Conditional(wanted, [code], []))
        if run:
            parts.append(run)
        return Call("concat", *parts)

    def _choice(self, path: Paths, seen: Seen) -> Value:
        """One of two descriptions, or none."""
        present = {slot: value for slot, value in seen.items() if value is not None}
        if len(present) < len(seen):
            wanted = self.flag(path, {slot: slot in present for slot in seen}, present.values())
            inner = self.value(path, present)
            return Conditional(wanted, inner, None)
        forms: dict[str, dict[Slot, Normal]] = {}
        for slot, value in seen.items():
            forms.setdefault(_shape(value), {})[slot] = value
        if len(forms) == 1:
            raise CannotShareError(f"{self.title}.{'.'.join(path)} differs in a way that cannot be told apart")
        # Terraform demands one type of all: as text they have it.
        return Call("jsondecode", self._one_of(path, list(forms.values()), lambda value: Call("jsonencode", value)))

    def _one_of(
        self, path: Paths, forms: Sequence[Mapping[Slot, Normal]], written: Callable[[Value], Value] = lambda value: value
    ) -> Value:
        """Which of several descriptions it is, by a flag for each but the last."""
        first, *others = forms
        code = written(self.value(path, first))
        if not others:
            return code
        wanted = self.flag(path, {slot: slot in first for form in forms for slot in form}, first.values())
        return Conditional(wanted, code, self._one_of(path, others, written))

    def _code(self, path: Paths, seen: Mapping[Slot, Code]) -> Value:
        """Texts and expressions: the same parts, each link with its own key, and names of the environment in them."""
        same = self._same_parts(path, seen)
        if same is not None:
            return same
        literal = {slot: "".join(part for part in code.parts if isinstance(part, str)) for slot, code in seen.items()}
        if all(code.template and not code.links for code in seen.values()) and not any(
            "${" in text.replace("$${", "") for text in literal.values()
        ):
            return Expression(self.varying(path, {slot: _unescaped(text) for slot, text in literal.items()}))
        return self._choice_of_codes(path, seen)

    def _choice_of_codes(self, path: Paths, seen: Mapping[Slot, Code]) -> Value:
        forms: dict[object, dict[Slot, Normal]] = {}
        for slot, code in seen.items():
            forms.setdefault(_skeleton(code), {})[slot] = code
        if len(forms) == 1:
            raise CannotShareError(f"{self.title}.{'.'.join(path)} differs in a way that cannot be told apart")
        return self._one_of(path, list(forms.values()))

    def _same_parts(self, path: Paths, seen: Mapping[Slot, Code]) -> Value | None:
        if len({slot.environment for slot in seen}) == 1 and not self.keyed:
            prefix = self._prefix(next(iter(seen)).environment)
            return self._aligned_parts(path, seen, {slot: _cut(code, prefix) for slot, code in seen.items()})
        for words in self._vocabularies():
            split = {slot: _cut(code, words(slot)) for slot, code in seen.items()}
            found = self._aligned_parts(path, seen, split)
            if found is not None:
                return found
        return None

    def _vocabularies(self) -> Iterable[Callable[[Slot], Mapping[str, str]]]:
        """The words that may be cut out of texts: none, and each way to say what the environment is called."""
        yield lambda _: {}
        for codes in ((), *((code,) for code in self.names), tuple(self.names)):
            for key in ("each.key", _HYPHENED) if self.keyed else ("",):
                if codes or key:
                    yield partial(self._words, codes, key)

    def _words(self, codes: Sequence[str], key: str, slot: Slot) -> dict[str, str]:
        words = {self.names[code][slot.environment]: code for code in reversed(codes)}
        if slot.key is not None and key:
            words.setdefault(slot.key.replace("_", "-") if key == _HYPHENED else slot.key, key)
        return {word: code for word, code in words.items() if word}

    def _aligned_parts(
        self, path: Paths, seen: Mapping[Slot, Code], split: Mapping[Slot, tuple[Part, ...]]
    ) -> Value | None:
        lengths = {len(parts) for parts in split.values()}
        if len(lengths) != 1 or not _match(list(split.values())):
            return None
        written: list[Part] = []
        for number in range(lengths.pop()):
            parts = {slot: value[number] for slot, value in split.items()}
            part = self._part(path, parts)
            if part is None:
                return None
            written.append(part)
        template = any(code.template for code in seen.values())
        return joined(template, written)

    def _part(self, path: Paths, parts: Mapping[Slot, Part]) -> Part | None:
        values = list(parts.values())
        if all(isinstance(part, Link) for part in values):
            targets = {(part.group, part.attribute) for part in values if isinstance(part, Link)}
            if len(targets) != 1:
                return None
            return Token(self._link(path, {slot: part for slot, part in parts.items() if isinstance(part, Link)}))
        return values[0] if all(part == values[0] for part in values) else None

    def _link(self, path: Paths, seen: Mapping[Slot, Link]) -> str:
        first = next(iter(seen.values()))
        if all(link.key is None for link in seen.values()):
            return self.refer(first, "")
        if self.keyed and all(link.key == slot.key for slot, link in seen.items()):
            return self.refer(first, "each.key")
        if len({link.key for link in seen.values()}) == 1:
            return self.refer(first, f'"{first.key}"')
        code = self.varying((*path, "key"), {slot: link.key for slot, link in seen.items()})
        return self.refer(first, code)

    def _written(self, value: Normal, key: str) -> Value:
        """A value that is the same everywhere."""
        match value:
            case str() if len({slot.environment for slot in self.slots}) == 1:
                return self._named(value)
            case Code(template, parts):
                slot = self.slots[0]
                return joined(
                    template,
                    [Token(self._link((), {slot: part})) if isinstance(part, Link) else part for part in parts],
                )
            case Function(name, arguments):
                return Call(name, *(self._written(argument, key) for argument in arguments))
            case tuple():
                target = _single_target([value])
                if target is not None and target.key is not None:
                    return self._linked((), dict.fromkeys(self.slots, value), target)
                return [self._written(item, key) for item in value]
            case Mapping():
                return {name: self._written(item, key) for name, item in value.items()}
        return value


    def _named(self, text: str) -> Value:
        """A text of one environment alone, which another might have one day: its names begin as all others do."""
        prefix = self._prefix(self.slots[0].environment)
        return joined(True, _cut(_as_code(text), prefix))

    def _prefix(self, site: str) -> dict[str, str]:
        """The one word of a site that stands for nothing else."""
        code = "var.name_prefix"
        return {self.names[code][site]: code} if code in self.names else {}


def _cut(code: Code, words: Mapping[str, str]) -> tuple[Part, ...]:
    """Its parts, with words cut out of the text; the longest where several begin at one place."""
    if not code.template or not words:
        return code.parts
    present = tuple(word for word in words if any(isinstance(part, str) and word in part for part in code.parts))
    if not present:
        return code.parts
    pattern = _any_of(present)
    found: list[Part] = []
    for part in code.parts:
        if not isinstance(part, str):
            found.append(part)
            continue
        position = 0
        for match in pattern.finditer(part):
            if match.start() > position:
                found.append(part[position : match.start()])
            found.append(Token(words[match[0]]))
            position = match.end()
        if position < len(part):
            found.append(part[position:])
    return tuple(found)


@lru_cache(maxsize=1 << 10)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])" for word in longest))


def _match(splits: Sequence[tuple[Part, ...]]) -> bool:
    """Whether parts at the same place are the same, or links to the same."""
    for parts in zip(*splits, strict=True):
        known = {(part.group, part.attribute) if isinstance(part, Link) else part for part in parts}
        if len(known) != 1:
            return False
    return True


def _by_name(items: Sequence[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        match item:
            case Argument(name):
                found[name] = [item]
            case Block(kind):
                found.setdefault(f"block {kind}", []).append(item)
    return found


def _layout(bodies: Iterable[Sequence[Item]]) -> list[str | Comment | Blank]:
    """Names in the order of the longest body, with what only others have behind its predecessor there."""
    ordered = sorted((list(_names(items)) for items in bodies), key=len, reverse=True)
    layout = ordered[0]
    for other in ordered[1:]:
        previous = -1
        for name in other:
            if isinstance(name, Comment | Blank):
                continue
            if name in layout:
                previous = layout.index(name)
            else:
                previous += 1
                layout.insert(previous, name)
    return layout


def _names(items: Sequence[Item]) -> Iterable[str | Comment | Blank]:
    seen = set()
    for item in items:
        match item:
            case Argument(name):
                yield name
            case Block(kind):
                if kind not in seen:
                    yield f"block {kind}"
                seen.add(kind)
            case _:
                yield item


def _as_code(value: Normal) -> Code:
    if isinstance(value, Code):
        return value
    assert isinstance(value, str)
    return Code(True, (escape_interpolation(value),) if value else ())


def _unescaped(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")


def joined(template: bool, parts: Sequence[Part]) -> Value:
    """Parts as one value."""
    if not template:
        return Expression("".join(part if isinstance(part, str) else _code_of(part) for part in parts))
    source = "".join(part if isinstance(part, str) else f"${{{_code_of(part)}}}" for part in parts)
    if not any(isinstance(part, Token) for part in parts) and "${" not in source.replace("$${", ""):
        return _unescaped(source)
    return Template(source)


def _code_of(part: Part) -> str:
    assert isinstance(part, Token)
    return part.code


def _skeleton(code: Code) -> object:
    return code.template, tuple(part.group if isinstance(part, Link) else part for part in code.parts)


def _shape(value: Normal) -> str:
    match value:
        case Code(template, parts):
            return f"code {template} {[part.group.address for part in parts if isinstance(part, Link)]}"
        case Function(name):
            return f"call {name}"
    return type(value).__name__


def _single_target(lists: Iterable[tuple[Normal, ...]]) -> Link | None:
    """The group and attribute that every item of every list is, where it is one that has keys."""
    targets: dict[tuple[object, str], Link] = {}
    for value in lists:
        for item in value:
            if not isinstance(item, Code) or item.alone is None or item.alone.key is None:
                return None
            targets[item.alone.group, item.alone.attribute] = item.alone
    return next(iter(targets.values())) if len(targets) == 1 else None


def _item_identity(item: Normal, number: int) -> str:
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


def _item_name(number: int, lists: Mapping[Slot, tuple[Normal, ...]]) -> str:
    names = {_item_identity(value[number], number) for value in lists.values()}
    return identifier(names.pop()) if len(names) == 1 else str(number + 1)


def _merged_order(orders: list[list[str]]) -> list[str]:
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


def identifier(text: str) -> str:
    written = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)).strip("_").lower()
    return written if not written[:1].isdigit() else f"_{written}"
