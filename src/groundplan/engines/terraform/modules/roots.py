"""The files of an environment: calls of the modules, with the environment's values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from groundplan.engines.terraform import hcl, root
from groundplan.engines.terraform.google import provider as google_provider
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Call, Expression, Item, Template, Value, quote
from groundplan.engines.terraform.model import GITIGNORE
from groundplan.engines.terraform.modules.features import Feature
from groundplan.engines.terraform.modules.files import (
    FEATURES,
    NAMES,
    ModuleFiles,
    data_blocks,
    features,
    heading,
    variable,
)
from groundplan.engines.terraform.modules.handed import Handed, handed
from groundplan.engines.terraform.modules.links import Code, Function, Link, Normal, Token, normal
from groundplan.engines.terraform.modules.share import Module, Sharing, module_of
from groundplan.engines.terraform.modules.sites import PRIMARY_SITE, STANDBY_SITE, Site
from groundplan.engines.terraform.modules.texts import joined
from groundplan.engines.terraform.modules.validations import allowed
from groundplan.engines.terraform.modules.variables import plain
from groundplan.engines.terraform.rendering import about
from groundplan.resources.architecture import STANDBY

if TYPE_CHECKING:
    from groundplan.engines.terraform.modules.layout import Environment

STANDBY_REGION = "standby_region"


@dataclass(frozen=True)
class ModuleCall:
    """One call of a module."""

    name: str
    """``networking_standby``: the call, and what the module is told there."""
    site: Site
    module: Module
    files: ModuleFiles

    @cached_property
    def settings(self) -> dict[str, Normal]:
        """The variables of the module that have a value here."""
        every = self.module.interface.variables.values()
        return {one.name: one.values[self.site.name] for one in every if one.values.get(self.site.name) is not None}


@dataclass
class Root:
    """Writes the root of one environment."""

    name: str
    environment: Environment
    calls: Sequence[ModuleCall]
    sharing: Sharing
    outputs: Sequence[Block]
    data: Mapping[str, Block]
    every: Sequence[str]
    """The names of all environments."""

    @cached_property
    def by_site(self) -> Mapping[tuple[str, str], ModuleCall]:
        """The calls by site and module."""
        return {(call.site.name, call.module.name): call for call in self.calls}

    @cached_property
    def standby(self) -> Site | None:
        """The site in another region."""
        return next((call.site for call in self.calls if call.site.where == STANDBY_SITE), None)

    @cached_property
    def primary(self) -> Site:
        """The site in the environment's own region."""
        return next(call.site for call in self.calls if call.site.where == PRIMARY_SITE)

    def files(self) -> dict[str, str]:
        """Text by file name."""
        architecture = self.environment.architecture
        title = f"{architecture.title} {architecture.stage}"
        called = [self._call(call) for call in self.calls]
        outputs = [self._output(block) for block in self.outputs]
        variables, values = self._settings(hcl.render(called))
        contents: dict[str, tuple[str, Sequence[Item]]] = {
            "main.tf": ("the modules that it is made of", called),
            "variables.tf": ("what is decided outside of these files", variables),
            "terraform.tfvars": ("the values of this environment", values),
            "outputs.tf": ("what people and other systems want to know", outputs),
            "providers.tf": ("the AWS provider, and tags on everything", list(self._providers())),
            "versions.tf": ("versions of Terraform and of its providers", list(root.versions(architecture))),
            "backend.tf": (
                "where Terraform keeps its state", list(root.backend(architecture, self.environment.options))
            ),
        }  # fmt: skip
        contents["google_provider.tf"] = (about("google_provider.tf"), list(google_provider.providers(architecture)))
        data = data_blocks(hcl.render([*called, *outputs]), self.data)
        contents["data.tf"] = ("what Terraform asks AWS about", data)
        files = {
            file: hcl.render((*heading(f"{title}: {what}."), *items))
            for file, (what, items) in contents.items()
            if items
        }
        if self.environment.options.backend == "local":
            files[GITIGNORE] = hcl.render(heading(f"{title}: {about(GITIGNORE)}.")) + root.unversioned()
        return files

    def _providers(self) -> Iterator[Item]:
        for block in root.providers(self.environment.architecture):
            yield block
            if self.standby and isinstance(block, Block):
                body = [item for item in block.body if not isinstance(item, Argument)]
                region = Argument("region", Expression(f"var.{STANDBY_REGION}"))
                yield Block(block.type, block.labels, (Argument("alias", STANDBY_SITE), region, *body))

    def _settings(self, called: str) -> tuple[list[Item], list[Item]]:
        """Declarations and values of the variables."""
        architecture = self.environment.architecture
        variables: list[Item] = list(root.variables(architecture))
        values: list[Item] = list(root.values(architecture))
        declared = {block.labels[0] for block in variables if isinstance(block, Block)}
        words = {
            "environment": self.name,
            "short_name": self.primary.short_name,
            "name_prefix": self.primary.name_prefix,
        }
        for word, value in words.items():
            if f"var.{word}" in called and word not in declared:
                variables.append(variable(word, NAMES[word], "string", nullable=False))
                values.append(Argument(word, value))
        if architecture.standby is not None:
            variables.append(variable(STANDBY_REGION, "AWS region of the standby", "string", nullable=False))
            values.append(Argument(STANDBY_REGION, architecture.standby.region))
        for site in dict.fromkeys(call.site for call in self.calls):
            if switches := self._switches(site):
                block = features(switches)
                name = f"{FEATURES}{site.suffix}"
                variables.append(Block(block.type, (name,), block.body))
                values += [Blank(), Argument(name, {one.name: site.name in one.sites for one in switches})]
        for call in self.calls:
            if call.settings:
                variables.append(self._setting(call))
                values += [Blank(), Argument(call.name, {key: plain(value) for key, value in call.settings.items()})]
        known = {"region": architecture.region, "name_prefix": self.primary.name_prefix}
        values = [item for item in values if not (isinstance(item, Argument) and item.name in known)]
        return [self._declared(item, known) for item in variables], values

    def _declared(self, item: Item, known: Mapping[str, str]) -> Item:
        """What nobody has to say has a default, and an environment is one of those that there are."""
        if not isinstance(item, Block):
            return item
        name, body = item.labels[0], item.body
        if name in known:
            default = Argument("default", known[name])
            body = (*body[:2], default, *body[2:])
        if (checked := allowed(name, self.every)) is not None:
            body = (*(one for one in body if not isinstance(one, Block)), checked)
        return Block(item.type, item.labels, tuple(body))

    def _switches(self, site: Site) -> list[Feature]:
        """The features that the modules ask for at a site."""
        found = {one for call in self.calls if call.site == site for one in call.module.interface.switches.values()}
        return sorted(found, key=lambda one: one.name)

    @staticmethod
    def _setting(call: ModuleCall) -> Block:
        told: Value = {key: Expression(call.module.interface.variables[key].type) for key in call.settings}
        body = (
            Argument("description", f"What the module {call.name} is told"),
            Argument("type", Call("object", told)),
            Argument("nullable", False),
        )
        return Block("variable", (call.name,), body)

    def _call(self, call: ModuleCall) -> Block:
        taken = sorted(call.module.takes.values(), key=lambda one: one.name)
        groups: list[list[Argument]] = [
            [Argument(one, self._told(one, call.site)) for one in call.files.told]
            + [Argument(FEATURES, Expression(f"var.{FEATURES}{call.site.suffix}"))]
            * bool(call.module.interface.switches),
            [Argument(one.name, given) for one in taken if (given := self._taken(one, call.site)) is not None],
            [Argument(one, Expression(f"var.{call.name}.{one}")) for one in call.settings],
        ]
        body: list[Item] = [Argument("source", f"../../modules/{call.files.folder}")]
        if call.site.where != PRIMARY_SITE:
            body.append(Argument("providers", {"aws": Expression(f"aws.{call.site.where}")}))
        for group in groups:
            if group:
                body += [Blank(), *group]
        return Block("module", (call.name,), tuple(body))

    def _told(self, name: str, site: Site) -> Value:
        """What a module is told of the environment."""
        if site.where == PRIMARY_SITE:
            return Expression(f"var.{name}")
        match name:
            case "region":
                return Expression(f"var.{STANDBY_REGION}")
            case "name_prefix" | "short_name":
                return self._suffixed(name, getattr(site, name))
            case "secret_versions":
                own = f"startswith(name, {quote(STANDBY)})"
                return Expression(
                    f"{{ for name, version in var.{name} : trimprefix(name, {quote(STANDBY)}) => version if {own} }}"
                )
        return Expression(f"var.{name}")

    def _suffixed(self, name: str, value: str) -> Value:
        """What the standby is called: nearly always what the environment is called, with more behind it."""
        own = getattr(self.primary, name)
        return Template(f"${{var.{name}}}{value.removeprefix(own)}") if own and value.startswith(own) else value

    def _taken(self, taken: Handed, site: Site) -> Expression | None:
        """What another module gives; None where the environment lacks it."""
        member = self.sharing.members[taken.groups[0]]
        there = site.of(taken.where)
        call = self.by_site.get((there, module_of(member.file))) if there else None
        if call is None or not any(group in call.module.members for group in taken.groups):
            return None
        return Expression(f"module.{call.name}.{taken.here.name}")

    def _output(self, block: Block) -> Block:
        addresses = self.sharing.addresses[self.name]
        body = [
            Argument(item.name, self._value(normal(item.value, addresses))) if isinstance(item, Argument) else item
            for item in block.body
        ]
        return Block(block.type, block.labels, tuple(body))

    def _value(self, value: Normal) -> Value:
        match value:
            case Code(template, parts):
                return joined(template, [self._given(part) if isinstance(part, Link) else part for part in parts])
            case Function(name, arguments):
                return Call(name, *(self._value(one) for one in arguments))
            case tuple():
                return [self._value(item) for item in value]
            case Mapping():
                return {key: self._value(item) for key, item in value.items()}
        return value

    def _given(self, link: Link) -> Token:
        group = link.group.here
        member = self.sharing.members[group]
        site = next(call.site for call in self.calls if call.site.where == (link.group.where or PRIMARY_SITE))
        call = self.by_site[site.name, module_of(member.file)]
        given = handed(link, self.sharing.bundles).here
        index = f'["{group.name}"]' if given.is_map else f'["{link.key}"]' if member.keyed else ""
        return Token(f"module.{call.name}.{given.name}{index}")
