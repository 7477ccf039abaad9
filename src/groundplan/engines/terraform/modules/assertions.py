"""What ``terraform test`` demands of a module: names, encryption, and nothing open to everybody.

What is asked of which type stands in ``assertions.csv``. An assertion is only made where the module says something of
it, it holds for the environment that the test takes its values from, and the plan knows the value: the ARN of a key
that the same module makes is known after an apply alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Block, Expression, Item, Value
from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.reading import Reading
from groundplan.engines.terraform.modules.share import Module
from groundplan.engines.terraform.modules.sites import Site
from groundplan.engines.terraform.text import quote
from groundplan.record import Record, dataclass

_EVERY_TYPE = "*"
_OF_THE_ENVIRONMENT = re.compile(r"\bvar\.name_prefix\b|\beach\.value\.")


@dataclass(frozen=True)
class Demand(Record):
    """One row of the table."""

    theme: str
    """The ``run`` block that it stands in: ``encryption``."""
    type: str
    path: tuple[str, ...]
    """Nested blocks, and the argument in the last of them."""
    expects: str
    """``true``, ``false``, ``given``, ``name_prefix``, or ``beginning``, ``holding``, ``without``, ``one of`` with more
    behind it."""
    message: str

    def is_of(self, group: Group) -> bool:
        """Whether it is asked of a group's type."""
        return group.block == "resource" and self.type in (group.type, _EVERY_TYPE)


@dataclass(frozen=True)
class Assertion(Record):
    """One ``assert`` block."""

    theme: str
    condition: str
    message: str

    @property
    def block(self) -> Block:
        """As it stands in the file."""
        body = (Argument("condition", Expression(self.condition)), Argument("error_message", self.message))
        return Block("assert", (), body)


@cache
def demands() -> tuple[Demand, ...]:
    """Everything that is asked, theme by theme."""
    text = Path(__file__).with_name("assertions.csv").read_text(encoding="utf-8")
    return tuple(
        Demand(row["theme"], row["type"], tuple(row["attribute"].split("/")), row["expects"], row["message"])
        for row in csv.DictReader(text.splitlines())
    )


def assertions(
    module: Module, site: Site, reading: Reading, planned: Collection[Group], mocked: Mapping[str, Collection[str]]
) -> list[Assertion]:
    """What holds for a module with the values of a site.

    ``reading`` is the site's, ``planned`` what of the module is planned, ``mocked`` the attributes that a
    plan knows before they are made, by type.
    """
    known = _Known(module, site, reading, mocked)
    groups = [group for group in module.members if group in planned]
    found = (known.assertion(group, demand) for demand in demands() for group in groups if demand.is_of(group))
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class _Known(Record):
    """A module as one site has it."""

    module: Module
    site: Site
    reading: Reading
    mocked: Mapping[str, Collection[str]]

    def assertion(self, group: Group, demand: Demand) -> Assertion | None:
        """What is asked of a group, where it holds for every instance that the site has."""
        instances = self.module.members[group].instances
        bodies = [block.body for slot, block in instances.items() if slot.environment == self.site.name]
        values = [list(_values(body, demand.path)) for body in bodies]
        every = [value for found in values for value in found]
        if not bodies or not all(values) or not all(map(self._is_planned, every)):
            return None
        condition = self._condition(group, demand, every)
        if condition is None:
            return None
        meta = {item.name for item in self._block(group).body if isinstance(item, Argument)}
        counts_itself = any(isinstance(item, Argument) and item.name == "count" for body in bodies for item in body)
        if "for_each" in meta or counts_itself:
            code = f"alltrue([for item in {group.address} : {_within('item', demand.path, condition)}])"
            return Assertion(demand.theme, code, f"Wanted: every {group.address} {demand.message}.")
        code = _within(f"{group.address}[0]" if "count" in meta else group.address, demand.path, condition)
        return Assertion(demand.theme, code, f"Wanted: {group.address} {demand.message}.")

    def _block(self, group: Group) -> Block:
        """As the module writes a group."""
        return next(
            item
            for item in self.module.items[self.module.members[group].file]
            if isinstance(item, Block) and item.labels == (group.type, group.name) and item.type == "resource"
        )

    def _is_planned(self, value: Value) -> bool:
        """Whether a plan knows it: nothing in it waits for something that the module itself makes."""
        return not any(
            link.group.here in self.module.members
            and not link.group.where
            and link.attribute.removeprefix(".") not in self.mocked.get(link.group.type, ())
            for link in self.reading.links(value)
        )

    def _condition(self, group: Group, demand: Demand, values: Sequence[Value]) -> Callable[[str], str] | None:
        """From the code of a value to what is asked of it; None where that does not hold."""
        if demand.expects == "name_prefix":
            return self._name_prefix(group, demand.path[0], values)
        holds, condition = expected(demand.expects)
        return condition if all(map(holds, values)) else None

    def _name_prefix(self, group: Group, attribute: str, values: Sequence[Value]) -> Callable[[str], str] | None:
        """That a name begins with the environment's, perhaps in lower case, where the module's code says so."""
        body = self._block(group).body
        code = hcl.render([item for item in body if isinstance(item, Argument) and item.name == attribute])
        if not _OF_THE_ENVIRONMENT.search(code):
            return None
        prefix = self.site.name_prefix
        forms = (("", prefix, "${var.name_prefix}-"), ("", prefix.lower(), "${lower(var.name_prefix)}-"),
                 ("alias/", prefix, "alias/${var.name_prefix}-"))  # fmt: skip
        for before, text, form in forms:
            if all(isinstance(value, str) and value.startswith(f"{before}{text}-") for value in values):
                return lambda value: f'startswith({value}, "{form}")'
        return None


def expected(expects: str) -> tuple[Callable[[Value], bool], Callable[[str], str]]:
    """Whether a value is as expected, and the code that asks for it."""
    for word, expected in (
        ("beginning ", _beginning),
        ("holding ", _holding),
        ("without ", _without),
        ("one of ", _one_of),
    ):
        if expects.startswith(word):
            return expected(expects.removeprefix(word))
    return {
        "true": (lambda value: value is True, lambda code: code),
        "false": (lambda value: value is False, lambda code: f"!{code}"),
        "given": (lambda value: value is not None, lambda code: f"{code} != null"),
    }[expects]


def _beginning(text: str) -> tuple[Callable[[Value], bool], Callable[[str], str]]:
    return (
        lambda value: isinstance(value, str) and value.startswith(text),
        lambda code: f"startswith({code}, {quote(text)})",
    )


def _holding(text: str) -> tuple[Callable[[Value], bool], Callable[[str], str]]:
    return (
        lambda value: isinstance(value, Sequence) and text in value,
        lambda code: f"contains({code}, {quote(text)})",
    )


def _without(text: str) -> tuple[Callable[[Value], bool], Callable[[str], str]]:
    return (
        lambda value: isinstance(value, Sequence) and bool(value) and text not in value,
        lambda code: f"!contains({code}, {quote(text)})",
    )


def _one_of(texts: str) -> tuple[Callable[[Value], bool], Callable[[str], str]]:
    allowed = texts.split("|")
    written = ", ".join(map(quote, allowed))
    if len(allowed) == 1:
        return lambda value: value == texts, lambda code: f"{code} == {written}"
    return lambda value: value in allowed, lambda code: f"contains([{written}], {code})"


def _values(items: Sequence[Item], path: Sequence[str]) -> Iterator[Value]:
    """What stands at a path, once for each block on the way."""
    name, *rest = path
    for item in items:
        if rest and isinstance(item, Block) and item.type == name:
            yield from _values(item.body, rest)
        elif not rest and isinstance(item, Argument) and item.name == name:
            yield item.value


def _within(code: str, path: Sequence[str], condition: Callable[[str], str]) -> str:
    """The condition of a value at a path, which has to hold in each of the blocks on the way."""
    name, *rest = path
    if not rest:
        return condition(f"{code}.{name}")
    return f"alltrue([for {name} in {code}.{name} : {_within(name, rest, condition)}])"
