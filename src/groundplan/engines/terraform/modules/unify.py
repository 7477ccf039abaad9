"""What is said of a resource in every environment, said once: equal parts stay, and what differs becomes a variable.

Anti-unification: the most special description that all instances fit (Plotkin, "A note on inductive generalization",
1970), with Terraform's means for what differs: variables, ``each.key`` and ``each.value``, conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf

from groundplan.engines.terraform.hcl import Call, Conditional, Expression, Value
from groundplan.engines.terraform.modules import nouns
from groundplan.engines.terraform.modules.heights import value_height
from groundplan.engines.terraform.modules.links import (
    Code,
    Function,
    Group,
    Link,
    Normal,
    Part,
    Token,
    is_literal,
    links,
)
from groundplan.engines.terraform.modules.order import item_identity, item_name, merged_order
from groundplan.engines.terraform.modules.reading import Reading
from groundplan.engines.terraform.modules.shapes import (
    are_named_alike,
    by_site,
    have_the_same_keys,
    is_lookup,
    kind_of,
    lists_or_items,
    shape,
    single_target,
    skeleton,
)
from groundplan.engines.terraform.modules.slots import (
    CannotShareError,
    Paths,
    Seen,
    Slot,
    identifier,
    short,
    words_of,
    zone_of,
)
from groundplan.engines.terraform.modules.texts import as_code, joined, match, unescaped
from groundplan.engines.terraform.modules.validations import SIZES
from groundplan.engines.terraform.modules.variables import Interface
from groundplan.engines.terraform.modules.vocabulary import Vocabulary

ENABLED = "enabled"
"""The last word of a field that says whether something is there."""


_OF_THE_RESOURCE = 2
"""How deep an argument, or a block and one of its arguments, stands."""


@dataclass
class Description:
    """How the instances of one group are described together."""

    group: Group
    label: str
    """``private``: with the noun of its type what its variables are called by; of a cell that of its row."""
    slots: tuple[Slot, ...]
    readings: Mapping[str, Reading]
    """By environment."""
    interface: Interface
    refer: Callable[[Link, str], str]
    """The code of a link, given the code of its key (empty where the target has none). Of all keys, ``*``, it may be
    empty: where that cannot be said."""
    names: Mapping[str, Mapping[str, str]]
    """Code to its value by environment: what the environment is called, by ``var.environment``."""
    keyed: bool
    is_one_of_several: bool = False
    """Whether its label tells it from others of its type, as that of a cell does."""
    is_shared: bool = True
    """Whether another row of the table may say the same."""
    by_name: bool = False
    """Whether its keys are names of things rather than zones: what differs by name stands in the module."""
    fields: dict[str, dict[Slot, Normal]] = field(default_factory=dict)
    """What ``each.value`` holds of a zone, by field."""
    placed: dict[str, Paths] = field(default_factory=dict)
    """Where in the block each of them stands, by its short name."""
    columns: dict[str, dict[str, Value]] = field(default_factory=dict)
    """What ``each.value`` holds of a name, by field: values or code."""
    most_flags: int | None = None
    """How many of these may say whether something is there; None: as many as there are."""
    room: float = inf
    """Lines that are left for these."""

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.names, self.keyed)

    def value(self, path: Paths, seen: Seen) -> Value:
        """One value for all instances."""
        values = list(seen.values())
        if all(value == values[0] for value in values[1:]) and not self.keyed_links(values[0]):
            if (self.group.type, ".".join(path)) in SIZES and values[0] is not None and is_literal(values[0]):
                return Expression(self.varying(path, seen, same=True))
            return self._written(values[0])
        if self.by_name and (found := self._in_table(path, seen)) is not None:
            return found
        kind = kind_of(values)
        if kind is Code:
            return self._code(path, {slot: as_code(value) for slot, value in seen.items()})
        if kind is dict and self._is_mapped(values):
            return self._mapping(path, seen)
        if kind is Function:
            return self._function(path, seen)
        if kind is tuple:
            return self._list(path, seen)
        if (lists := lists_or_items(seen)) is not None:
            code = self.varying(path, lists)
            return Expression(f"try(one({code}), {code})")
        written = [value for value in values if value is not None]
        if all(map(is_literal, values)) and not (
            len(written) < len(values) and all(value == written[0] for value in written)
        ):
            return Expression(self.varying(path, seen))
        return self._choice(path, seen)

    def keyed_links(self, value: Normal) -> bool:
        """Whether a value names a zone that may be meant as the instance's own."""
        return self.keyed and any(link.key is not None for link in links(value))

    def varying(self, path: Paths, seen: Seen, *, same: bool = False) -> str:
        """The code of a plain value that differs: a variable or, where it differs by key, a field of ``each.value``;
        or of a size, which has a name though it is the same."""
        environments: dict[str, Normal] = {}
        for slot, value in seen.items():
            if slot.environment in environments and environments[slot.environment] != value:
                return self._by_key(path, seen)
            environments[slot.environment] = value
        names = nouns.settings(
            self.group.type, self.label, path, shared=self.is_shared, of_several=self.is_one_of_several
        )
        named = self.interface.size if same else self.interface.variable
        return named(names, ".".join(path), self.address, environments)

    @property
    def address(self) -> str:
        """``aws_subnet.private``, of a cell that of its row."""
        return f"{self.group.type}.{self.label}"

    def _by_key(self, path: Paths, seen: Seen) -> str:
        if self.by_name:
            return self._column(path, seen)
        name = words_of(path)
        self.fields.setdefault(name, {}).update(seen)
        return f"each.value.{name}"

    def _column(self, path: Paths, seen: Seen) -> str:
        """A field of the table of names: for each what it is there, described over the environments."""
        name = short(path)
        if self.placed.setdefault(name, path) != path:
            name = words_of(path)
        column = self.columns.setdefault(name, {})
        room = self.room
        said_by = by_site(seen)
        for key, sites in said_by.items():
            rows = {slot: value for slot, value in seen.items() if slot.key == key}
            cell = replace(
                self, label=str(key), slots=tuple(rows), keyed=False, by_name=False, fields={}, placed={}, columns={},
                is_one_of_several=True, is_shared=list(said_by.values()).count(sites) > 1,
            )  # fmt: skip
            if path[-1] == ENABLED and len(set(map(str, rows.values()))) > 1:
                column[str(key)] = Expression(cell.flag(path, {slot: value is True for slot, value in rows.items()}))
            else:
                column[str(key)] = cell.value(path, rows)
            room -= value_height(column[str(key)]) - 1  # one line has room for several short ones
            if room < 0:
                raise CannotShareError(f"{self.address} would be too long a table")
        same = next(one for one, cells in self.columns.items() if cells == column)
        if same != name:
            del self.columns[name]
            return f"each.value.{same}"
        self.room = room
        if self.most_flags is not None and sum(one.endswith(f"_{ENABLED}") for one in self.columns) > self.most_flags:
            raise CannotShareError(f"rows of {self.address} differ in too many of their parts")
        return f"each.value.{name}"

    def _in_table(self, path: Paths, seen: Seen) -> Value | None:
        """What differs by name, said in one where that is plain to see, else row by row."""
        values = list(seen.values())
        kind = kind_of(values)
        if kind is Code:
            same = self._same_parts(path, {slot: as_code(value) for slot, value in seen.items()})
            if same is not None:
                return same
        elif kind is dict and self._is_mapped(values):
            if have_the_same_keys(seen):
                return None  # they differ in what they hold alone, which is told item by item
        elif kind is Function and len({shape(value) for value in values}) == 1:
            return None  # its arguments are looked at one by one
        elif kind is tuple and are_named_alike(values):
            return None  # as are statements of the same names
        elif kind is tuple:
            lists = {slot: value for slot, value in seen.items() if isinstance(value, tuple)}
            if every := self._texts(path, lists, with_code=True):
                return every
        first = {slot.environment: value for slot, value in seen.items()}
        if all(first[slot.environment] == value for slot, value in seen.items()):
            return None
        return Expression(self._column(path, seen))

    def flag(self, path: Paths, seen: Mapping[Slot, bool], near: Iterable[Normal] = ()) -> str:
        """The code of a truth that differs: a feature of the environment or, where it differs by key, a field."""
        sites: dict[str, bool] = {}
        for slot, value in seen.items():
            if sites.setdefault(slot.environment, value) != value:
                return self._by_key((*path, ENABLED), dict(seen))
        belongs = [link.target for value in near for link in links(value)]
        there = frozenset(site for site, value in sites.items() if value)
        # What stands deep inside, in a statement or a widget, has less to do with what else the resource refers to.
        of = self.group.row(self.label) if self.group.table else self.group
        found = self.interface.features.switch(there, belongs, of if len(path) <= _OF_THE_RESOURCE else None)
        return self.interface.switch(found.feature, on=found.on)

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
            return self._texts((), lists) or Expression(self.varying(path, seen))
        if (targets := single_target(lists.values())) is not None:
            return self._linked(path, lists, targets)
        if len({len(value) for value in lists.values()}) == 1:
            size = len(next(iter(lists.values())))
            return [
                self.value((*path, item_name(number, lists)), {slot: value[number] for slot, value in lists.items()})
                for number in range(size)
            ]
        return self._aligned(path, lists)

    @staticmethod
    def _is_mapped(values: Sequence[Normal]) -> bool:
        """Whether mappings are described key by key: where they have code in them, or the same keys."""
        keys = [tuple(value) for value in values if isinstance(value, Mapping)]
        return not all(map(is_literal, values)) or all(one == keys[0] for one in keys)

    def _texts(
        self, path: Paths, lists: Mapping[Slot, tuple[Normal, ...]], *, with_code: bool = False
    ) -> list[Value] | None:
        """Lists of texts that are the same but for names of the environment, or the key, in them; None of others."""
        if len({len(value) for value in lists.values()}) != 1:
            return None
        written: list[Value] = []
        for number in range(len(next(iter(lists.values())))):
            items = {slot: value[number] for slot, value in lists.items()}
            if not all(isinstance(item, str | Code if with_code else str) for item in items.values()):
                return None
            text = self._same_parts(path, {slot: as_code(item) for slot, item in items.items()})
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
        if all(value == self.readings[slot.environment].keys_of(target.group) for slot, value in keys.items()) and (
            every := self.refer(target, "*")
        ):
            return Expression(every)
        first = next(iter(keys.values()))
        if all(value == first for value in keys.values()):
            return [Expression(self.refer(target, f'"{key}"')) for key in first]
        if target.group.table:
            return self._aligned(path, lists)  # each has a name, and what switches it
        code = self.varying(zone_of(path, "zones"), keys)
        each = self.refer(target, "zone")
        return Expression(f"[for zone in {code} : {each}]")

    def _aligned(self, path: Paths, lists: Mapping[Slot, tuple[Normal, ...]]) -> Value:
        """Lists of different length: items that belong together by what they are called, else by their place."""
        names = merged_order(
            [[item_identity(item, number) for number, item in enumerate(value)] for value in lists.values()]
        )
        parts: list[Value] = []
        run: list[Value] = []
        for name in names:
            there = {
                slot: item
                for slot, value in lists.items()
                for number, item in enumerate(value)
                if item_identity(item, number) == name
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
            forms.setdefault(shape(value), {})[slot] = value
        if len(forms) == 1:
            raise CannotShareError(f"{self.address}.{'.'.join(path)} differs in a way that cannot be told apart")
        if len(path) == 1 and all(isinstance(value, str | Code) or is_lookup(value) for value in present.values()):
            return self._one_of(path, list(forms.values()))
        # Terraform demands one type of all: as text they have it.
        return Call("jsondecode", self._one_of(path, list(forms.values()), lambda value: Call("jsonencode", value)))

    def _one_of(
        self,
        path: Paths,
        forms: Sequence[Mapping[Slot, Normal]],
        written: Callable[[Value], Value] = lambda value: value,
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
            return Expression(self.varying(path, {slot: unescaped(text) for slot, text in literal.items()}))
        return self._choice_of_codes(path, seen)

    def _choice_of_codes(self, path: Paths, seen: Mapping[Slot, Code]) -> Value:
        forms: dict[object, dict[Slot, Normal]] = {}
        for slot, code in seen.items():
            forms.setdefault(skeleton(code), {})[slot] = code
        if len(forms) == 1:
            raise CannotShareError(f"{self.address}.{'.'.join(path)} differs in a way that cannot be told apart")
        return self._one_of(path, list(forms.values()))

    def _same_parts(self, path: Paths, seen: Mapping[Slot, Code]) -> Value | None:
        written = (self._aligned_parts(path, seen, split) for split in self._vocabulary.splits(seen))
        return next((value for value in written if value is not None), None)

    def _aligned_parts(
        self, path: Paths, seen: Mapping[Slot, Code], split: Mapping[Slot, tuple[Part, ...]]
    ) -> Value | None:
        if not match(list(split.values())):
            return None
        written: list[Part] = []
        for number in range(len(next(iter(split.values())))):
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
        where = (*path, "key") if first.group.table else zone_of(path)
        code = self.varying(where, {slot: link.key for slot, link in seen.items()})
        return self.refer(first, code)

    def _written(self, value: Normal) -> Value:
        """A value that is the same everywhere."""
        match value:
            case str() if len({slot.environment for slot in self.slots}) == 1:
                return joined(True, self._vocabulary.of_site(as_code(value), self.slots[0].environment))
            case Code(template):
                slot = self.slots[0]
                alone = len({one.environment for one in self.slots}) == 1
                parts = self._vocabulary.of_site(value, slot.environment) if alone else value.parts
                return joined(
                    template,
                    [Token(self._link((), {slot: part})) if isinstance(part, Link) else part for part in parts],
                )
            case Function(name, arguments):
                return Call(name, *(self._written(argument) for argument in arguments))
            case tuple():
                target = single_target([value])
                if target is not None and target.key is not None:
                    return self._linked((), dict.fromkeys(self.slots, value), target)
                return [self._written(item) for item in value]
            case Mapping():
                return {name: self._written(item) for name, item in value.items()}
        return value
