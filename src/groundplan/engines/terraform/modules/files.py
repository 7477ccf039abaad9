"""The files of one module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from groundplan.engines.terraform import hcl, root
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Call, Comment, Expression, Item, Row, Value
from groundplan.engines.terraform.model import MARKER
from groundplan.engines.terraform.modules import shorthand, style
from groundplan.engines.terraform.modules.handed import Handed
from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.parcels import EVERYTHING, Parcel, by_variable, code_of, variable_of
from groundplan.engines.terraform.modules.share import MODULES, Module, Sharing
from groundplan.engines.terraform.modules.validations import validation
from groundplan.engines.terraform.modules.variables import SETTINGS, Variable, plain
from groundplan.resources import Architecture

NAMES: Mapping[str, str] = {
    "name_prefix": "What names begin with",
    "short_name": "What the environment is called in names",
    "environment": "Name of the environment",
}
"""Variables of every root and module that needs them."""
FEATURES = "features"
WHAT_SOME_HAVE = "What the environment has of what only some have"
WHAT_DIFFERS = "What differs between environments"
_VARIABLE = re.compile(r"\bvar\.([a-z_][a-z0-9_]*)")
_ATTRIBUTE = re.compile(r"\bvar\.[a-z_]\w*\.[a-z_]\w*")
_DATA = re.compile(r"\bdata\.([a-z0-9_]+\.[a-z_][a-z0-9_]*)")


def heading(text: str) -> tuple[Item, ...]:
    """The first lines of a file."""
    return (Comment(f"{MARKER.removeprefix('# ')}, which overwrites what is changed here.\n{text}"), Blank())


def variable(name: str, description: str, type_: str, *, nullable: bool, optional: bool = False) -> Block:
    """A declaration."""
    body: list[Item] = [Argument("description", description), Argument("type", Expression(type_))]
    if optional:
        body.append(Argument("default", None))
    if not nullable:
        body.append(Argument("nullable", False))
    return Block("variable", (name,), tuple(body))


class Attribute(NamedTuple):
    """One attribute of a variable that is an object."""

    name: str
    type: str
    """As HCL writes it, without ``optional``."""
    description: str
    default: Value = None
    optional: bool = False

    @property
    def declared(self) -> Value:
        """Its type in the variable's."""
        if not self.optional:
            return Expression(self.type)
        return Call("optional", Expression(self.type), *([self.default] if self.default is not None else []))


def object_variable(
    name: str,
    description: str,
    attributes: Iterable[Attribute],
    *more: Item,
    default: bool = False,
    nullable: bool = False,
    each: bool = False,
) -> Block:
    """The declaration of an object or, where there is one for ``each`` site, of a map of objects."""
    told = Call("object", Row({one.name: one.declared for one in attributes}))
    body = (
        Argument("description", description),
        Argument("type", Call("map", told) if each else told),
        *((Argument("default", {}),) if default else ()),
        *((Argument("nullable", False),) if not nullable else ()),
    )
    return Block("variable", (name,), (*body, *more))


def data_blocks(text: str, known: Mapping[str, Block]) -> list[Block]:
    """What a text looks up in AWS."""
    return [known[address] for address in sorted(set(_DATA.findall(text))) if address in known]


@dataclass
class ModuleFiles:
    """Writes a module."""

    name: str
    folder: str
    module: Module
    sharing: Sharing
    gives: Sequence[Handed]
    optional: Set[str]
    """What it takes that not every caller has to give."""
    known: Mapping[str, Block]
    """Variables of the roots by name."""
    data: Mapping[str, Block]
    architecture: Architecture

    @cached_property
    def blocks(self) -> Sequence[Block]:
        """What the module makes."""
        return [item for items in self.module.items.values() for item in items if isinstance(item, Block)]

    @cached_property
    def variables(self) -> Sequence[Block]:
        """What it takes: of the environment, of other modules, and what environments differ in."""
        return [item for item in self._variables() if isinstance(item, Block)]

    @cached_property
    def outputs(self) -> Sequence[Block]:
        """What others need of it."""
        found = by_variable(self.gives, self.sharing.parcels)
        return [block for _, parcel, values in found for block in self._given(parcel, values)]

    @cached_property
    def objects(self) -> Mapping[str, Sequence[Attribute]]:
        """The attributes of each variable that is an object, by its name."""
        switches = sorted(self.module.interface.switches.values(), key=lambda one: one.name)
        settings = self.module.interface.variables.values()
        found = {
            FEATURES: [Attribute(one.name, "bool", one.description, default=False, optional=True) for one in switches],
            **{name: self._attributes(values) for name, parcel, values in self._taken() if parcel},
            SETTINGS: [
                Attribute(one.name, one.type, one.description, optional=not self._is_told_everywhere(one))
                for one in settings
            ],
        }
        needed = {name for name, parcel, _ in self._taken() if parcel}
        return {name: attributes for name, attributes in found.items() if attributes or name in needed}

    @cached_property
    def is_always_set(self) -> bool:
        """Whether every caller has settings for it."""
        settings = self.module.interface.variables.values()
        return all(any(one.values.get(site) is not None for one in settings) for site in self.module.environments)

    @cached_property
    def text(self) -> str:
        """All code that may read a variable."""
        return hcl.render([item for items in self.module.items.values() for item in items] + list(self.outputs))

    @cached_property
    def told(self) -> Sequence[str]:
        """Variables of the roots that the module reads as well, directly or for what it looks up."""
        own = {SETTINGS, FEATURES, *(variable_of(one, self.sharing.parcels) for one in self.module.takes.values())}
        used = set(_VARIABLE.findall(self.text)) | set(_VARIABLE.findall(hcl.render(data_blocks(self.text, self.data))))
        return sorted(used - own)

    def files(self) -> dict[str, str]:
        """Text by file name."""
        main = next((file for file in MODULES if file in self.module.items), next(iter(self.module.items)))
        known = shorthand.local_values(self.text)
        files = {
            "main.tf" if file == main else file: style.render(
                heading(self._about(file)), shorthand.shortened(_together(items), known)
            )
            for file, items in self.module.items.items()
        }
        if sizes := self.module.interface.sizes:
            body = tuple(Argument(name, plain(value)) for name, value in sorted(sizes.items()))
            files["locals.tf"] = style.render(heading(f"{self.name}: fixed sizes."), [Block("locals", (), body)])
        if data := data_blocks(self.text, self.data):
            about = heading(f"{self.name}: what Terraform asks AWS about.")
            files["data.tf"] = style.render(about, (*data, *shorthand.block(known)))
        if self.variables:
            what = f"{self.name}: what environments differ in, and what other modules give."
            files["variables.tf"] = style.render(heading(what), self.variables)
        if self.outputs:
            outputs = shorthand.shortened(self.outputs, known)
            files["outputs.tf"] = style.render(heading(f"{self.name}: what others need of it."), outputs)
        files["versions.tf"] = style.render(heading(f"{self.name}: versions."), self._versions())
        return files

    def _about(self, file: str) -> str:
        from groundplan.engines.terraform.rendering import about

        return f"{self.name}: {about(file)}."

    def _versions(self) -> Iterator[Item]:
        """Those of the environment; of other clouds only where the module makes something there."""
        kinds = {"aws"} | {group.type.partition("_")[0] for group in self.module.members}
        (terraform,) = root.versions(self.architecture)
        assert isinstance(terraform, Block)
        yield Block(terraform.type, (), tuple(_only(item, kinds) for item in terraform.body))

    def _variables(self) -> Iterator[Item]:
        if FEATURES in self.objects:
            yield object_variable(FEATURES, WHAT_SOME_HAVE, self.objects[FEATURES], nullable=True)
        for name in self.told:
            if name in self.known:
                kept = ("description", "type")  # that it is not null the roots see to
                body = (item for item in self.known[name].body if isinstance(item, Argument) and item.name in kept)
                yield Block("variable", (name,), tuple(body))
            else:
                yield variable(name, NAMES[name], "string", nullable=True)
        for name, parcel, values in self._taken():
            if parcel is None:
                yield from map(self._alone, values)
                continue
            of = f" of the {values[0].where}" if values[0].where else ""
            default = all(one.name in self.optional for one in values)
            what = "What this module takes from" if self.objects[name] else "What has to be there first:"
            yield object_variable(
                name, f"{what} {parcel.content}{of}", self.objects[name], default=default, nullable=True
            )
        if SETTINGS in self.objects:
            settings = self.module.interface.variables.values()
            found = (validation(one, optional=not self._is_told_everywhere(one)) for one in settings)
            checked = [block for block in found if block]
            default = not self.is_always_set
            yield object_variable(
                SETTINGS, WHAT_DIFFERS, self.objects[SETTINGS], *checked, default=default, nullable=True
            )

    def _is_told_everywhere(self, item: Variable) -> bool:
        """Whether every caller sets it."""
        return all(item.values.get(name) is not None for name in self.module.environments)

    def _taken(self) -> Iterator[tuple[str, Parcel | None, Sequence[Handed]]]:
        return by_variable(self.module.takes.values(), self.sharing.parcels)

    @cached_property
    def _read(self) -> Set[str]:
        """The attributes of variables that the module reads."""
        return set(_ATTRIBUTE.findall(self.text))

    def _attributes(self, values: Iterable[Handed]) -> list[Attribute]:
        """What is taken of a parcel. What is only waited for is none of it: Terraform waits for all that is given."""
        return [self._attribute(one) for one in values if code_of(one, self.sharing.parcels) in self._read]

    def _attribute(self, handed: Handed) -> Attribute:
        """What is taken, as an attribute of its parcel."""
        keyed = self._is_map(handed)
        optional = handed.name in self.optional
        type_ = "map(string)" if keyed else "string"
        return Attribute(handed.here.name, type_, handed.description, {} if keyed else None, optional=optional)

    def _is_map(self, handed: Handed) -> bool:
        return handed.is_map or self.sharing.members[handed.groups[0]].keyed

    def _alone(self, handed: Handed) -> Block:
        """What is taken by itself."""
        keyed = self._is_map(handed)
        block = variable(handed.name, handed.description, "map(string)" if keyed else "string", nullable=True)
        nothing: Value = {} if keyed else None
        default = (Argument("default", nothing),) if handed.name in self.optional else ()
        ephemeral = (Argument("ephemeral", True),) if handed.is_ephemeral else ()
        return Block("variable", block.labels, (*block.body, *default, *ephemeral))

    def _given(self, parcel: Parcel | None, values: Sequence[Handed]) -> Iterator[Block]:
        if parcel is None:
            for one in values:
                body = [Argument("description", one.description), Argument("value", self._value_of(one))]
                if one.is_ephemeral:
                    body.append(Argument("ephemeral", True))
                yield Block("output", (one.name,), tuple(body))
            return
        what = f"What others take from {self.name if parcel.output == EVERYTHING else parcel.content}"
        value = {one.name: self._value_of(one) for one in values}
        yield Block("output", (parcel.output,), (Argument("description", what), Argument("value", value)))

    def _value_of(self, handed: Handed) -> Value:
        there = [group for group in handed.groups if group in self.module.members]
        if not handed.is_map:
            return self._asked_of(there[0], handed.attribute)
        tables = [self._asked_of(group, handed.attribute) for group in there if group.table]
        rows = {group.name: self._asked_of(group, handed.attribute) for group in there if not group.table}
        parts = [*tables, *([rows] if rows else [])]
        return Call("merge", *parts) if len(parts) > 1 else parts[0]

    def _asked_of(self, group: Group, attribute: str) -> Value:
        member = self.module.members[group]
        if member.keyed:
            return Expression(f"{{ for key, item in {group.address} : key => item{attribute} }}")
        if set(member.environments) == set(self.module.environments):
            return Expression(f"{group.address}{attribute}")
        if group.block == "local":
            return Expression(f"try({group.address}{attribute}, null)")
        return Expression(f"one({group.address}[*]{attribute})")


def _together(items: Iterable[Item]) -> Iterator[Item]:
    """Blocks of local values that follow each other as one."""
    waiting: tuple[Item, ...] = ()
    for item in items:
        if isinstance(item, Block) and item.type == "locals":
            waiting = (*waiting, *([Blank()] if waiting else []), *item.body)
            continue
        if waiting:
            yield Block("locals", (), waiting)
            waiting = ()
        yield item
    if waiting:
        yield Block("locals", (), waiting)


def _only(item: Item, providers: Set[str]) -> Item:
    """``required_providers`` with these alone."""
    if not isinstance(item, Block):
        return item
    body = [one for one in item.body if isinstance(one, Argument) and one.name in providers]
    rows = [Argument(one.name, Row(one.value) if isinstance(one.value, Mapping) else one.value) for one in body]
    return Block(item.type, item.labels, tuple(rows))
