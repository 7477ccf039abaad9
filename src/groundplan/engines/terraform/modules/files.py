"""The files of one module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from groundplan.engines.terraform import hcl, root
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Call, Comment, Expression, Item, Value
from groundplan.engines.terraform.model import MARKER
from groundplan.engines.terraform.modules.features import Feature
from groundplan.engines.terraform.modules.handed import Handed
from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.share import MODULES, Module, Sharing
from groundplan.engines.terraform.modules.validations import validation
from groundplan.engines.terraform.modules.variables import plain
from groundplan.resources import Architecture

NAMES: Mapping[str, str] = {
    "name_prefix": "What names begin with",
    "short_name": "What the environment is called in names",
    "environment": "Name of the environment",
}
"""Variables of every root and module that needs them."""
FEATURES = "features"
_VARIABLE = re.compile(r"\bvar\.([a-z_][a-z0-9_]*)")
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


def features(switches: Sequence[Feature]) -> Block:
    """The declaration of what an environment has and what not."""
    body = (
        Argument("description", "What the environment has of what only some have"),
        Argument("type", Call("object", {one.name: Expression("bool") for one in switches})),
        Argument("nullable", False),
    )
    return Block("variable", (FEATURES,), body)


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
        return [self._output(handed) for handed in self.gives]

    @cached_property
    def text(self) -> str:
        """All code that may read a variable."""
        return hcl.render([item for items in self.module.items.values() for item in items] + list(self.outputs))

    @cached_property
    def told(self) -> Sequence[str]:
        """Variables of the roots that the module reads as well, directly or for what it looks up."""
        own = {*self.module.interface.variables, *self.module.takes, FEATURES}
        used = set(_VARIABLE.findall(self.text)) | set(_VARIABLE.findall(hcl.render(data_blocks(self.text, self.data))))
        return sorted(used - own)

    def files(self) -> dict[str, str]:
        """Text by file name."""
        main = next((file for file in MODULES if file in self.module.items), next(iter(self.module.items)))
        files = {
            "main.tf" if file == main else file: hcl.render((*heading(self._about(file)), *items))
            for file, items in self.module.items.items()
        }
        if sizes := self.module.interface.sizes:
            body = tuple(Argument(name, plain(value)) for name, value in sorted(sizes.items()))
            files["locals.tf"] = hcl.render((*heading(f"{self.name}: fixed sizes."), Block("locals", (), body)))
        if data := data_blocks(self.text, self.data):
            files["data.tf"] = hcl.render((*heading(f"{self.name}: what Terraform asks AWS about."), *data))
        if self.variables:
            what = f"{self.name}: what environments differ in, and what other modules give."
            files["variables.tf"] = hcl.render((*heading(what), *self.variables))
        if self.outputs:
            files["outputs.tf"] = hcl.render((*heading(f"{self.name}: what others need of it."), *self.outputs))
        files["versions.tf"] = hcl.render((*heading(f"{self.name}: versions."), *self._versions()))
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
        if switches := self.module.interface.switches:
            yield features(sorted(switches.values(), key=lambda one: one.name))
        for name in self.told:
            if name in self.known:
                kept = ("description", "type", "nullable")
                body = (item for item in self.known[name].body if isinstance(item, Argument) and item.name in kept)
                yield Block("variable", (name,), tuple(body))
            else:
                yield variable(name, NAMES[name], "string", nullable=False)
        for handed in sorted(self.module.takes.values(), key=lambda one: one.name):
            yield self._taken(handed)
        for item in self.module.interface.variables.values():
            everywhere = all(item.values.get(name) is not None for name in self.module.environments)
            block = variable(item.name, item.description, item.type, nullable=not everywhere, optional=not everywhere)
            checked = validation(item, optional=not everywhere)
            yield Block(block.type, block.labels, (*block.body, checked)) if checked else block

    def _taken(self, handed: Handed) -> Block:
        keyed = handed.is_map or self.sharing.members[handed.groups[0]].keyed
        type_ = "map(string)" if keyed else "string"
        block = variable(handed.name, handed.description, type_, nullable=True)
        nothing: Value = {} if keyed else None
        default = (Argument("default", nothing),) if handed.name in self.optional else ()
        ephemeral = (Argument("ephemeral", True),) if handed.is_ephemeral else ()
        return Block("variable", block.labels, (*block.body, *default, *ephemeral))

    def _output(self, handed: Handed) -> Block:
        there = [group for group in handed.groups if group in self.module.members]
        values = {group.name: self._value_of(group, handed.attribute) for group in there}
        value: Value = values if handed.is_map else values[there[0].name]
        body = [Argument("description", handed.description), Argument("value", value)]
        if handed.is_ephemeral:
            body.append(Argument("ephemeral", True))
        return Block("output", (handed.name,), tuple(body))

    def _value_of(self, group: Group, attribute: str) -> Value:
        member = self.module.members[group]
        if member.keyed:
            return Expression(f"{{ for key, item in {group.address} : key => item{attribute} }}")
        if set(member.environments) == set(self.module.environments):
            return Expression(f"{group.address}{attribute}")
        if group.block == "local":
            return Expression(f"try({group.address}{attribute}, null)")
        return Expression(f"one({group.address}[*]{attribute})")


def _only(item: Item, providers: Set[str]) -> Item:
    """``required_providers`` with these alone."""
    if not isinstance(item, Block):
        return item
    body = (one for one in item.body if isinstance(one, Argument) and one.name in providers)
    return Block(item.type, item.labels, tuple(body))
