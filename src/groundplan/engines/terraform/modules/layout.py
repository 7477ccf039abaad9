"""The folders that a team takes over: ``modules/<module>`` and ``environments/<environment>``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from groundplan.engines.terraform import root
from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Argument, Block, Item
from groundplan.engines.terraform.model import Options, Unsupported
from groundplan.engines.terraform.modules.features import Feature, Features
from groundplan.engines.terraform.modules.files import FEATURES, NAMES, ModuleFiles
from groundplan.engines.terraform.modules.groups import (
    Member,
    Piece,
    dissolved,
    links_in,
    members,
    pieces,
    references,
    with_and_without_key,
    with_ranges,
)
from groundplan.engines.terraform.modules.handed import Handed, bundles, crossing, handed
from groundplan.engines.terraform.modules.links import Group, Link
from groundplan.engines.terraform.modules.named import with_names, with_policy_words
from groundplan.engines.terraform.modules.parcels import parcels
from groundplan.engines.terraform.modules.reading import Reading
from groundplan.engines.terraform.modules.roots import ModuleCall, Root
from groundplan.engines.terraform.modules.settled import settled
from groundplan.engines.terraform.modules.share import Module, NotAlikeError, Sharing, module_of, modules
from groundplan.engines.terraform.modules.sites import PRIMARY_SITE, STANDBY_SITE, Site, readings, standby_piece
from groundplan.engines.terraform.modules.tables import tabled
from groundplan.engines.terraform.modules.variables import SETTINGS
from groundplan.engines.terraform.rendering import all_entries, outputs_of
from groundplan.engines.terraform.table import ROWS
from groundplan.resources import Architecture


@dataclass(frozen=True)
class Environment:
    """An environment as it goes into the comparison."""

    architecture: Architecture
    options: Options

    def sites(self, name: str) -> tuple[Site, ...]:
        """Where the modules are called for."""
        standby = self.architecture.standby
        primary = _site(name, PRIMARY_SITE, self.architecture)
        if standby is None:
            return (primary,)
        second = replace(_site(name, STANDBY_SITE, standby), other=primary.name)
        return replace(primary, other=second.name), second


def _site(environment: str, where: str, architecture: Architecture) -> Site:
    short_name = architecture.short_name or architecture.environment
    return Site(environment, where, architecture.name_prefix, short_name, None)


@dataclass(frozen=True)
class Flat:
    """An environment as the flat rendering has it."""

    environment: Environment
    sites: Mapping[str, Site]
    pieces: Mapping[str, Sequence[Piece]]
    """By site."""
    outputs: Sequence[Block]
    data: Mapping[str, Block]
    """What is looked up in AWS, by its address behind ``data.``."""
    unsupported: tuple[Unsupported, ...]


@dataclass(frozen=True)
class SharedRendering:
    """Modules, and the roots that call them."""

    files: Mapping[str, Mapping[str, str]]
    """Text by folder and file: ``modules/networking`` and ``main.tf``."""
    addresses: Mapping[str, Mapping[str, str]]
    """By environment: the address in the flat rendering to the address through the modules."""
    modules: Mapping[str, ModuleFiles]
    """By folder below ``modules``."""
    called_by: Mapping[str, Sequence[str]]
    """Where each is called, by folder."""
    features: Sequence[Feature]
    """What only some sites have, by name."""
    apart: Mapping[str, str]
    """Modules that each environment has for itself, and why."""
    unsupported: Mapping[str, tuple[Unsupported, ...]]
    """By environment: what Terraform cannot express."""


def render_modules(environments: Mapping[str, Environment]) -> SharedRendering:
    """Every environment as a root of calls, and the modules that all of them share.

    What is equal in all environments stays literal; what differs is a variable, which each root sets. Terraform plans
    the same as for :func:`groundplan.engines.terraform.render` of each, under other addresses.
    """
    return _Layout({name: _flat(name, item) for name, item in environments.items()}).rendering()


def _flat(name: str, environment: Environment) -> Flat:
    context = Context(environment.architecture, ROWS)
    entries, unsupported = all_entries(context)
    sites = environment.sites(name)
    found: dict[str, list[Piece]] = {site.name: [] for site in sites}
    standby = environment.architecture.standby
    there = environment.architecture.in_standby
    for entry in sorted(entries, key=lambda entry: entry.place):
        own = pieces(entry.resource, entry.blocks, entry.file, entry.place)
        if standby and entry.resource.address in there and entry.resource.region == standby.region:
            found[sites[1].name] += [standby_piece(piece, standby.region) for piece in own]
        else:
            found[sites[0].name] += own
    outputs, without = outputs_of(context, unsupported)
    data = {".".join(block.labels): block for block in root.data(context) if isinstance(block, Block)}
    blocks = [block for block in outputs if isinstance(block, Block)]
    by_name = {site.name: site for site in sites}
    found = {name: with_policy_words(with_ranges(own)) for name, own in found.items()}
    return Flat(environment, by_name, found, blocks, data, (*unsupported.values(), *without))


@dataclass
class _Layout:
    flats: Mapping[str, Flat]
    sites: Mapping[str, Site] = field(init=False)
    sharing: Sharing = field(init=False)
    pieces: Mapping[str, Sequence[Piece]] = field(init=False)
    called: dict[str, dict[str, Module]] = field(default_factory=dict)
    """Module by its name and the environment that calls it."""
    apart: dict[str, str] = field(default_factory=dict)
    given: dict[str, dict[str, Handed]] = field(default_factory=dict)
    """What each module gives to others and to the roots, by its name."""

    def __post_init__(self) -> None:
        self.sites = {name: site for flat in self.flats.values() for name, site in flat.sites.items()}
        found = {name: list(own) for flat in self.flats.values() for name, own in flat.pieces.items()}
        mixed = with_and_without_key(piece for own in found.values() for piece in own)
        found = {name: [dissolved(one) if one.group in mixed else one for one in own] for name, own in found.items()}
        found = with_names(found, self.sites)
        words = self._words()
        while (unlike := self._share_all(found, words)) is not None:
            found = {
                name: [dissolved(piece) if piece.group == unlike else piece for piece in own]
                for name, own in found.items()
            }
        for module in self._modules():
            for taken in module.takes.values():
                self._give(taken)
        for name, flat in self.flats.items():
            for link in _links_of(flat.outputs, self.sharing.readings[name]):
                self._give(handed(link, self.sharing.bundles))

    def _share_all(self, found: Mapping[str, Sequence[Piece]], words: Mapping[str, Mapping[str, str]]) -> Group | None:
        """Make all modules; or the group whose zones, or whatever its keys are, differ too much to be one."""
        self.called, self.apart = {}, {}
        before = readings(self.sites, found)
        self.pieces, after = tabled(found, self.sites, words, before)
        every = members(self.pieces)
        known = references(every, after)
        together = bundles(known, every, self.sites, lambda group: module_of(every[group].file))
        asked = [link for name, flat in self.flats.items() for link in _links_of(flat.outputs, after[name])]
        packed = parcels(known, asked, every, self.sites, together, lambda group: module_of(every[group].file))
        together, packed = settled(
            crossing(known, asked, lambda group: module_of(every[group].file)), together, packed, every, self._told()
        )
        self.sharing = Sharing(after, every, words, self._features(found, before), together, packed)
        for name in modules():
            try:
                self._share(name)
            except NotAlikeError as error:
                if error.keyed is None:
                    raise
                return error.keyed
        return None

    def _told(self) -> frozenset[str]:
        """What modules are told by other variables."""
        inputs = (one.name for flat in self.flats.values() for one in flat.environment.architecture.inputs)
        return frozenset((*NAMES, FEATURES, SETTINGS, "region", "secret_versions", *inputs))

    def _features(self, found: Mapping[str, Sequence[Piece]], flat: Mapping[str, Reading]) -> Features:
        """What only some sites have, also of what becomes a table."""
        every = members(found)
        partial = {
            group: frozenset(member.environments)
            for group, member in every.items()
            if not member.keyed and set(member.environments) != set(self.sites) and not _is_constant(member, flat)
        }
        known = references(every, flat)
        # Who trusts the same service is no more connected by that.
        refer = {one.group for one in known}
        near = (
            (one.group, one.link.group)
            for one in known
            if not one.link.group.where and (one.link.group.block != "local" or one.link.group in refer)
        )
        tables = {
            piece.group.row(str(piece.key)): piece.group
            for own in self.pieces.values()
            for piece in own
            if piece.group.table
        }
        return Features.of(self.sites, partial, near, tables)

    def _words(self) -> dict[str, dict[str, str]]:
        """What a site is called in texts, by the code that says it."""
        prefixes = {name: site.name_prefix for name, site in self.sites.items()}
        primary = {name: self._primary_prefix(site) for name, site in self.sites.items()}
        words = {
            "var.name_prefix": prefixes,
            "lower(var.name_prefix)": {name: text.lower() for name, text in prefixes.items()},
            "var.environment": {name: site.environment for name, site in self.sites.items()},
            "var.short_name": {name: site.short_name for name, site in self.sites.items()},
            f'trimsuffix(var.name_prefix, "-{STANDBY_SITE}")': primary,
        }
        found: dict[str, dict[str, str]] = {}
        for code, values in words.items():
            if values not in found.values() and all(values.values()):
                found[code] = values
        return found

    def _primary_prefix(self, site: Site) -> str:
        """What the environment's names begin with, as a standby can say it."""
        if site.where == PRIMARY_SITE:
            return site.name_prefix
        own = self.sites[str(site.other)].name_prefix
        return own if site.name_prefix == f"{own}-{STANDBY_SITE}" else ""

    def _share(self, name: str) -> None:
        callers = tuple(
            environment
            for environment, found in self.pieces.items()
            if any(module_of(piece.file) == name for piece in found)
        )
        if not callers:
            return
        try:
            self.called[name] = dict.fromkeys(callers, self.sharing.module(name, callers))
        except NotAlikeError as reason:
            if reason.keyed is not None:
                raise
            self.apart[name] = str(reason)
            self.called[name] = {one: self.sharing.module(name, (one,)) for one in callers}

    def _modules(self) -> Iterator[Module]:
        for by_environment in self.called.values():
            yield from by_environment.values()

    def _give(self, taken: Handed) -> None:
        name = module_of(self.sharing.members[taken.groups[0]].file)
        self.given.setdefault(name, {})[taken.here.name] = taken.here

    def rendering(self) -> SharedRendering:
        """All files."""
        files: dict[str, dict[str, str]] = {}
        written: dict[str, ModuleFiles] = {}
        for name, by_site in self.called.items():
            for site, module in by_site.items():
                folder = self.folder(name, site)
                if folder not in written:
                    written[folder] = self._module(name, module)
                    files[f"modules/{folder}"] = written[folder].files()
        for environment, flat in self.flats.items():
            calls = [
                ModuleCall(
                    f"{name}{flat.sites[site].suffix}", flat.sites[site], module, written[self.folder(name, site)]
                )
                for name, by_site in self.called.items()
                for site, module in by_site.items()
                if site in flat.sites
            ]
            own = Root(environment, flat.environment, calls, self.sharing, flat.outputs, flat.data, list(self.flats))
            files[f"environments/{environment}"] = own.files()
        return SharedRendering(
            dict(sorted(files.items())),
            {name: dict(self._addresses(flat)) for name, flat in self.flats.items()},
            dict(sorted(written.items())),
            {folder: files.module.environments for folder, files in written.items()},
            sorted({one for files in written.values() for one in files.module.interface.switches.values()}, key=_name),
            self.apart,
            {name: flat.unsupported for name, flat in self.flats.items()},
        )

    def folder(self, name: str, site: str) -> str:
        """The folder of a module."""
        return f"{name}_{site.replace(' ', '_')}" if name in self.apart else name

    def _is_given(self, taken: Handed, site: Site) -> bool:
        """Whether another module gives it to a site."""
        called = self.called.get(module_of(self.sharing.members[taken.groups[0]].file), {})
        module = called.get(site.of(taken.where) or "")
        return module is not None and any(group in module.members for group in taken.groups)

    def _module(self, name: str, module: Module) -> ModuleFiles:
        known: dict[str, Block] = {}
        data: dict[str, Block] = {}
        flats = [self.flats[self.sites[site].environment] for site in module.environments]
        for flat in flats:
            data |= flat.data
            for block in root.variables(flat.environment.architecture):
                if isinstance(block, Block):
                    known[block.labels[0]] = block
        gives = [
            one for one in self.given.get(name, {}).values() if any(group in module.members for group in one.groups)
        ]
        optional = {
            wanted
            for wanted, taken in module.takes.items()
            if not all(self._is_given(taken, self.sites[site]) for site in module.environments)
        }
        return ModuleFiles(
            name=name,
            folder=self.folder(name, module.environments[0]),
            module=module,
            sharing=self.sharing,
            gives=sorted(gives, key=lambda one: one.name),
            optional=optional,
            known=known,
            data=data,
            architecture=flats[0].environment.architecture,
        )

    def _addresses(self, flat: Flat) -> Iterator[tuple[str, str]]:
        """Those that a resource has in both; a block with ``for_each`` of its own keeps its keys."""
        for name, site in flat.sites.items():
            for piece in self.pieces[name]:
                if piece.group.block != "resource":
                    continue
                module = self.called[module_of(piece.file)][name]
                own = module.members[piece.group]
                index = ""
                if own.keyed:
                    index = f'["{piece.key}"]'
                elif own.environments != module.environments and not _repeats(piece.block):
                    index = "[0]"
                yield piece.address, f"module.{module.name}{site.suffix}.{piece.group.address}{index}"


def _name(feature: Feature) -> str:
    return feature.name


def _repeats(block: Block) -> bool:
    return any(isinstance(item, Argument) and item.name in ("for_each", "count") for item in block.body)


def _is_constant(member: Member, flat: Mapping[str, Reading]) -> bool:
    """Whether it is a local value that refers to nothing: where nobody uses it, it does no harm."""
    if member.group.block != "local":
        return False
    (slot, first), *others = member.instances.items()
    return all(block == first for _, block in others) and not any(links_in(first.body, flat[slot.environment]))


def _links_of(outputs: Sequence[Item], reading: Reading) -> Iterator[Link]:
    for block in outputs:
        assert isinstance(block, Block)
        for item in block.body:
            if isinstance(item, Argument):
                yield from reading.links(item.value)
