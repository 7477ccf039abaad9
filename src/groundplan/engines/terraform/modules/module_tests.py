"""``terraform test`` files: each module is planned by itself, with the provider mocked, and has to keep its promises.

They need neither an AWS account nor other modules: settings and features are those of the environment that has most of
the module, and what other modules would give is made up, valid in form (``placeholders.csv``).

Source: https://developer.hashicorp.com/terraform/language/tests, https://developer.hashicorp.com/terraform/language/tests/mocking
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Block, Comment, Expression, Item, Value
from groundplan.engines.terraform.modules import style
from groundplan.engines.terraform.modules.assertions import assertions
from groundplan.engines.terraform.modules.files import FEATURES, ModuleFiles, data_blocks, heading
from groundplan.engines.terraform.modules.groups import links_in
from groundplan.engines.terraform.modules.handed import Handed
from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.parcels import by_variable, code_of
from groundplan.engines.terraform.modules.reading import Reading
from groundplan.engines.terraform.modules.sites import PRIMARY_SITE, Site
from groundplan.engines.terraform.modules.variables import SETTINGS, plain
from groundplan.record import Record, dataclass

if TYPE_CHECKING:
    from groundplan.engines.terraform.modules.layout import Environment

FOLDER = "tests"
"""Below the module's."""
PLANNED = "planned"
"""The run of a module of which nothing is asked but that it can be planned."""
_MOCKED: Mapping[str, Sequence[str]] = {"aws_kms_key": ("arn", "key_id"), "aws_acm_certificate": ("arn",)}
"""What a plan is told already: what is encrypted with a key, and which records prove a certificate's names."""
_VALIDATION: Mapping[str, Value] = {
    "domain_name": "example.com",
    "resource_record_name": "_0.example.com.",
    "resource_record_type": "CNAME",
    "resource_record_value": "_0.acm-validations.aws.",
}
_NOBODY: Mapping[str, Mapping[str, Value]] = {
    "aws": {
        "access_key": "none",
        "secret_key": "none",
        "skip_credentials_validation": True,
        "skip_metadata_api_check": True,
        "skip_requesting_account_id": True,
    },
    "google": {"project": "none", "access_token": "none"},
}
"""Each provider, and how it is configured without an account."""
_USE = re.compile(r'(\w+\()?\bvar\.([a-z_]\w*(?:\.[a-z_]\w*)?)\b(\[)?(?:"([^"]+)"\])?')
_DURING = Argument("override_during", Expression("plan"))


def of_module(files: ModuleFiles, environments: Mapping[str, Environment]) -> str:
    """The test file of a module."""
    test = _Test(files, environments, _fullest(files, environments))
    about = (
        f"{files.name}: what it promises, with the values of {test.site.name}; terraform test in the module's folder."
    )
    return style.render(heading(about), (*test.mocks(), test.variables(), *test.runs()))


def placeholder(type_: str, attribute: str, name: str, region: str) -> str:
    """What might stand in AWS for an attribute of a resource: an ARN, an ID, an address."""
    wanted = attribute.removeprefix(".")
    form = _placeholders().get((type_, wanted))
    if form is None and wanted.endswith("arn"):
        form = "arn:aws:{service}:{region}:123456789012:{name}"
    elif form is None and wanted.endswith(("address", "domain_name", "dns_name")):
        form = "{name}.example.com"
    service = type_.removeprefix("aws_").partition("_")[0]
    return (form or "{name}").format(name=name.replace("_", "-"), region=region, service=service)


@cache
def _placeholders() -> Mapping[tuple[str, str], str]:
    text = Path(__file__).with_name("placeholders.csv").read_text(encoding="utf-8")
    return {(row["type"], row["attribute"]): row["value"] for row in csv.DictReader(text.splitlines())}


@dataclass(frozen=True)
class _Values(Record):
    """A site, and the environment that it belongs to."""

    environment: Environment
    site: Site

    @property
    def region(self) -> str:
        architecture = self.environment.architecture
        there = architecture if self.site.where == PRIMARY_SITE else architecture.standby or architecture
        return there.region


def _fullest(files: ModuleFiles, environments: Mapping[str, Environment]) -> _Values:
    """The site with most of a module; the first where several have as much, an environment's own before its standby."""
    sites = [
        _Values(environment, site) for name, environment in environments.items() for site in environment.sites(name)
    ]
    called = [one for one in sites if one.site.name in files.module.environments]
    primaries = [one for one in called if one.site.where == PRIMARY_SITE]

    def size(one: _Values) -> int:
        slots = (slot for member in files.module.members.values() for slot in member.instances)
        return sum(slot.environment == one.site.name for slot in slots)

    return max(primaries or called, key=size)


def _defaults(values: Value) -> tuple[Argument, ...]:
    return (Argument("defaults", values),)


@dataclass(frozen=True)
class _Test(Record):
    files: ModuleFiles
    environments: Mapping[str, Environment]
    values: _Values

    @property
    def site(self) -> Site:
        """Where the values are from."""
        return self.values.site

    def mocks(self) -> Iterator[Item]:
        """Providers that ask nobody; what is looked up in AWS has the right form."""
        types = [group.type for group in self.files.module.members]
        for provider in (name for name in _NOBODY if any(type_.startswith(f"{name}_") for type_ in types)):
            if self._has_ephemeral(provider):
                yield from self._unmocked(provider)
                continue
            looked_up = {block.labels[0]: self._looked_up(block.labels[0]) for block in self._data(provider)}
            made = {group.type: self._made(group.type) for group in self._known_early(provider)}
            data = (Block("mock_data", (type_,), _defaults(values)) for type_, values in looked_up.items() if values)
            resources = (
                Block("mock_resource", (type_,), (_DURING, *_defaults(values))) for type_, values in made.items()
            )
            yield Block("mock_provider", (provider,), (*data, *resources))

    def _unmocked(self, provider: str) -> Iterator[Item]:
        """The provider itself, with an account that does not exist, and what it would ask for."""
        yield Comment(
            "Terraform 1.15 cannot mock the provider of ephemeral resources. This one has no account; what waits for\n"
            "something ephemeral, for which it would need one, is left out of the plans."
        )
        yield Block("provider", (provider,), hcl.arguments({"region": self.values.region, **_NOBODY[provider]}))
        for block in self._data(provider):
            values = self._looked_up(block.labels[0])
            target = Argument("target", Expression(f"data.{'.'.join(block.labels)}"))
            yield Block("override_data", (), (target, Argument("values", values)))
        for group in self._known_early(provider):
            target = Argument("target", Expression(group.address))
            yield Block("override_resource", (), (target, _DURING, Argument("values", self._made(group.type))))

    def _has_ephemeral(self, provider: str) -> bool:
        """Whether there are ephemeral resources of a provider in the module, of whatever environment."""
        groups = self.files.module.members
        return any(group.block == "ephemeral" and group.type.startswith(f"{provider}_") for group in groups)

    def _data(self, provider: str) -> Sequence[Block]:
        found = data_blocks(self.files.text, self.files.data)
        return [block for block in found if block.labels[0].startswith(f"{provider}_")]

    def _known_early(self, provider: str) -> Sequence[Group]:
        groups = self.files.module.members
        return [one for one in groups if one.type in _MOCKED and one.type.startswith(f"{provider}_")]

    @staticmethod
    def _looked_up(type_: str) -> Mapping[str, Value]:
        """What AWS answers, as far as it matters."""
        return {attribute: value for (name, attribute), value in _placeholders().items() if name == f"data.{type_}"}

    def _made(self, type_: str) -> Value:
        """What has to be known of a resource before it is made."""
        values: dict[str, Value] = {
            name: placeholder(type_, name, "example", self.values.region) for name in _MOCKED[type_]
        }
        return values | ({"domain_validation_options": [_VALIDATION]} if type_ == "aws_acm_certificate" else {})

    def variables(self) -> Block:
        """Everything that the module has to be told."""
        return Block("variables", (), tuple(self._variables()))

    def _variables(self) -> Iterator[Item]:
        module = self.files.module
        if switches := module.interface.switches.values():
            on = [one.name for one in sorted(switches, key=lambda one: one.name) if self.site.name in one.sites]
            yield Argument(FEATURES, dict.fromkeys(on, True))
        for name in self.files.told:
            yield Argument(name, self._told(name))
        for name, parcel, values in by_variable(module.takes.values(), self.files.sharing.parcels):
            if parcel:
                read = {one.name for one in self.files.objects[name]}
                yield Argument(name, {one.here.name: self._taken(one) for one in values if one.here.name in read})
            else:
                yield from (Argument(one.name, self._taken(one)) for one in values)
        told = {one.name: one.values.get(self.site.name) for one in module.interface.variables.values()}
        if any(value is not None for value in told.values()):
            yield Argument(SETTINGS, {name: plain(value) for name, value in told.items() if value is not None})

    def _told(self, name: str) -> Value:
        """What every module of the environment is told."""
        match name:
            case "region":
                return self.values.region
            case "environment":
                return self.site.environment
            case "name_prefix":
                return self.site.name_prefix
            case "short_name":
                return self.site.short_name
        type_ = self._type(name)
        if type_.startswith("map("):
            return {}
        if type_ == "bool":
            return True  # of what is switched on there is more to look at
        given = next((one for one in self.values.environment.architecture.inputs if one.name == name), None)
        if given is not None and given.default is not None:
            return given.default
        if name.endswith("email"):
            return "somebody@example.com"
        return placeholder("", name, "example", self.values.region)

    def _type(self, name: str) -> str:
        block = next(block for block in self.files.variables if block.labels == (name,))
        (type_,) = (item.value for item in block.body if isinstance(item, Argument) and item.name == "type")
        assert isinstance(type_, Expression)
        return type_.source

    def _taken(self, taken: Handed) -> Value:
        """What another module might give, by name or zone where it gives several; nothing where the site lacks it."""
        there = self.site.of(taken.where)
        asked = self._asked(code_of(taken, self.files.sharing.parcels).removeprefix("var."))
        members = [self.files.sharing.members[group] for group in taken.groups]
        here = [member for member in members if there in member.environments]
        if taken.is_map or members[0].keyed:
            keys = [key for one in here for key in (one.keys(str(there)) if one.keyed else (one.group.name,))]
            return {key: self._placeholder(taken, key) for key in keys if asked is None or key in asked}
        return self._placeholder(taken, members[0].group.name) if here else None

    def _asked(self, name: str) -> set[str] | None:
        """The keys of a map that the code names, none where it only waits for it; None where it goes through all."""
        uses = self._uses.get(name, ())
        if any(call or (indexed and not key) for call, indexed, key in uses):
            return None
        return {key for _, _, key in uses if key}

    @cached_property
    def _uses(self) -> Mapping[str, Sequence[tuple[str, str, str]]]:
        """How the code uses each variable: what is called with it, whether it is indexed, by which key."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for call, name, indexed, key in _USE.findall(self.files.text):
            found.setdefault(name, []).append((call, indexed, key))
        return found

    def _placeholder(self, taken: Handed, name: str) -> str:
        return placeholder(taken.groups[0].type, taken.attribute, name, self.values.region)

    def runs(self) -> Iterator[Block]:
        """A plan for each theme."""
        reading = self.files.sharing.readings[self.site.name]
        aimed = self._without_ephemeral(reading)
        options: tuple[Item, ...] = ()
        if aimed is not None:
            target: Value = [Expression(group.address) for group in sorted(aimed)]
            options = (Block("plan_options", (), (Argument("target", target),)),)
        found: dict[str, list[Block]] = {}
        planned = self.files.module.members.keys() if aimed is None else aimed
        for one in assertions(self.files.module, self.site, reading, planned, _MOCKED):
            found.setdefault(one.theme, []).append(one.block)
        for theme, blocks in (found or {PLANNED: []}).items():
            yield Block("run", (theme,), (Argument("command", Expression("plan")), *options, *blocks))

    def _without_ephemeral(self, reading: Reading) -> Set[Group] | None:
        """The resources that wait for nothing ephemeral, where the module has that at all; else None."""
        if not any(map(self._has_ephemeral, _NOBODY)):
            return None
        here = {
            group: [block for slot, block in member.instances.items() if slot.environment == self.site.name]
            for group, member in self.files.module.members.items()
        }
        waits = {group: {link.group for link in links_in(blocks, reading)} for group, blocks in here.items() if blocks}
        reached = {group for group in waits if group.block == "ephemeral"}
        while more := {group for group, targets in waits.items() if targets & reached} - reached:
            reached |= more
        return {group for group in waits.keys() - reached if group.block == "resource"}
