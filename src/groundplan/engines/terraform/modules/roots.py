"""The files of an environment: calls of the modules, with the environment's values."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from groundplan.engines.terraform import hcl, root
from groundplan.engines.terraform.google import provider as google_provider
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Call, Expression, Item, Template, Value
from groundplan.engines.terraform.model import GITIGNORE
from groundplan.engines.terraform.modules import style
from groundplan.engines.terraform.modules.features import Feature
from groundplan.engines.terraform.modules.files import (
    FEATURES,
    NAMES,
    WHAT_SOME_HAVE,
    ModuleFiles,
    data_blocks,
    heading,
    object_variable,
    variable,
)
from groundplan.engines.terraform.modules.handed import Handed, handed
from groundplan.engines.terraform.modules.links import Code, Function, Link, Normal, Token
from groundplan.engines.terraform.modules.parcels import by_variable, given_code
from groundplan.engines.terraform.modules.share import Module, Sharing, module_of
from groundplan.engines.terraform.modules.sites import PRIMARY_SITE, STANDBY_SITE, Site
from groundplan.engines.terraform.modules.texts import joined
from groundplan.engines.terraform.modules.validations import allowed
from groundplan.engines.terraform.modules.variables import ANY, SETTINGS, plain
from groundplan.engines.terraform.rendering import about
from groundplan.engines.terraform.text import quote
from groundplan.resources.architecture import STANDBY

if TYPE_CHECKING:
    from groundplan.engines.terraform.modules.layout import Environment

STANDBY_REGION = "standby_region"
_FILLED = 100
"""The width of lists of names that nobody changes by hand."""


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
    def sites(self) -> Sequence[Site]:
        """Where modules are called for."""
        return list(dict.fromkeys(call.site for call in self.calls))

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
            file: style.render(heading(f"{title}: {what}."), items) for file, (what, items) in contents.items() if items
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
        for site in self.sites:
            if switches := self._switches(site):
                name = f"{FEATURES}{site.suffix}"
                variables.append(_features(name, switches))
                values += [Blank(), Argument(name, [one.name for one in switches if site.name in one.sites])]
        for name, calls in self._told_by().items():
            variables.append(_setting(name, calls))
            told: dict[str, Value] = {
                call.site.where: {key: plain(value) for key, value in call.settings.items()} for call in calls
            }
            values += [Blank(), Argument(name, told if len(calls) > 1 else told[calls[0].site.where])]
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

    def _told_by(self) -> Mapping[str, Sequence[ModuleCall]]:
        """The calls that a variable has the settings of: of one module, where it is the same at both sites."""
        found: dict[str, list[ModuleCall]] = {}
        for call in self.calls:
            if call.settings:
                other = self.by_site.get((str(call.site.other), call.module.name))
                is_shared = other is not None and other.module is call.module and bool(other.settings)
                # Terraform wants one type of everything in a map.
                is_typed = not any(one.type == ANY for one in call.module.interface.variables.values())
                found.setdefault(call.module.name if is_shared and is_typed else call.name, []).append(call)
        return found

    def _setting_of(self, call: ModuleCall) -> Expression:
        (name, calls) = next(one for one in self._told_by().items() if call in one[1])
        return Expression(f"var.{name}.{call.site.where}" if len(calls) > 1 else f"var.{name}")

    def _call(self, call: ModuleCall) -> Block:
        takes = by_variable(call.module.takes.values(), self.sharing.parcels)
        taken = ((name, self._taken(values, call.site)) for name, _, values in takes)
        groups: list[list[Argument]] = [
            [Argument(one, self._told(one, call.site)) for one in call.files.told]
            + [Argument(FEATURES, Expression(f"{{ for name in var.{FEATURES}{call.site.suffix} : name => true }}"))]
            * bool(call.module.interface.switches)
            + ([Argument(SETTINGS, self._setting_of(call))] if call.settings else []),
            [Argument(name, given) for name, given in taken if given is not None],
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

    def _taken(self, values: Sequence[Handed], site: Site) -> Expression | None:
        """What another module gives by one output; None where the environment lacks it."""
        member = self.sharing.members[values[0].groups[0]]
        there = site.of(values[0].where)
        call = self.by_site.get((there, module_of(member.file))) if there else None
        if call is None or not any(group in call.module.members for taken in values for group in taken.groups):
            return None
        parcel = self.sharing.parcels.get(values[0].here)
        return Expression(f"module.{call.name}.{parcel.output if parcel else values[0].here.name}")

    def _output(self, block: Block) -> Block:
        reading = self.sharing.readings[self.name]
        body = [
            Argument(item.name, self._value(reading.normal(item.value))) if isinstance(item, Argument) else item
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
        given = handed(link, self.sharing.bundles)
        key = link.key if member.keyed else group.name
        index = f'["{key}"]' if given.is_map or member.keyed else ""
        return Token(f"module.{call.name}.{given_code(given, self.sharing.parcels)}{index}")


def _setting(name: str, calls: Sequence[ModuleCall]) -> Block:
    """The declaration of what a module is told; of two calls by where they are."""
    known = {one.name: one for call in calls for one in call.files.objects[SETTINGS]}
    names = dict.fromkeys(key for key in known if any(key in call.settings for call in calls))
    attributes = [known[key]._replace(optional=not all(key in call.settings for call in calls)) for key in names]
    if len(calls) == 1:
        return object_variable(name, f"What the module {name} is told", attributes)
    what = f"What the module {name} is told, by {' and '.join(call.site.where for call in calls)}"
    return object_variable(name, what, attributes, each=True)


def _features(name: str, switches: Sequence[Feature]) -> Block:
    """The declaration of what a site may have that not every site has."""
    # A misspelt one would switch off what it means, and nobody would know.
    known = "\n  ".join(textwrap.wrap(", ".join(quote(one.name) for one in switches), _FILLED))
    checked = (
        Argument("condition", Expression(f"length(setsubtract(var.{name}, [\n  {known},\n])) == 0")),
        Argument("error_message", "A feature is misspelt: the README.md beside modules has all that there are."),
    )
    body = (
        Argument("description", WHAT_SOME_HAVE),
        Argument("type", Expression("set(string)")),
        Argument("nullable", False),
        Block("validation", (), checked),
    )
    return Block("variable", (name,), body)
