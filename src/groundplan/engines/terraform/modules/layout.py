"""The folders that a team takes over: ``modules/<module>`` and ``environments/<environment>``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from groundplan.engines.terraform import root
from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Argument, Block, Item
from groundplan.engines.terraform.model import Options, Unsupported
from groundplan.engines.terraform.modules.files import ModuleFiles
from groundplan.engines.terraform.modules.groups import Piece, addresses_of, dissolved, members, pieces
from groundplan.engines.terraform.modules.links import Group, Link, links, normal
from groundplan.engines.terraform.modules.roots import Root
from groundplan.engines.terraform.modules.share import Handed, Module, NotAlikeError, Sharing, module_of, modules
from groundplan.engines.terraform.modules.tables import tabled
from groundplan.engines.terraform.rendering import all_entries, outputs_of
from groundplan.engines.terraform.table import ROWS
from groundplan.resources import Architecture


@dataclass(frozen=True)
class Environment:
    """An environment as it goes into the comparison."""

    architecture: Architecture
    options: Options
    short_name: str
    """What it is called in names: ``prod``."""
    name_prefix: str
    """What its names begin with: ``shop-prod``."""


@dataclass(frozen=True)
class Flat:
    """An environment as the flat rendering has it."""

    environment: Environment
    pieces: Sequence[Piece]
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
    apart: Mapping[str, str]
    """Modules that each environment has for itself, and why."""
    unsupported: Mapping[str, tuple[Unsupported, ...]]
    """By environment: what Terraform cannot express."""


def render_modules(environments: Mapping[str, Environment]) -> SharedRendering:
    """Every environment as a root of calls, and the modules that all of them share.

    What is equal in all environments stays literal; what differs is a variable, which each root sets. Terraform plans
    the same as for :func:`groundplan.engines.terraform.render` of each, under other addresses.
    """
    return _Layout({name: _flat(item) for name, item in environments.items()}).rendering()


def _flat(environment: Environment) -> Flat:
    context = Context(environment.architecture, ROWS)
    entries, unsupported = all_entries(context)
    found = [piece for entry in entries for piece in pieces(entry.resource, entry.blocks, entry.file, entry.place)]
    outputs, without = outputs_of(context, unsupported)
    data = {".".join(block.labels): block for block in root.data(context) if isinstance(block, Block)}
    blocks = [block for block in outputs if isinstance(block, Block)]
    return Flat(environment, found, blocks, data, (*unsupported.values(), *without))


@dataclass
class _Layout:
    flats: Mapping[str, Flat]
    sharing: Sharing = field(init=False)
    pieces: Mapping[str, Sequence[Piece]] = field(init=False)
    called: dict[str, dict[str, Module]] = field(default_factory=dict)
    """Module by its name and the environment that calls it."""
    apart: dict[str, str] = field(default_factory=dict)
    given: dict[str, dict[str, Handed]] = field(default_factory=dict)
    """What each module gives to others and to the roots, by its name."""

    def __post_init__(self) -> None:
        words = self._words()
        flats = {name: list(flat.pieces) for name, flat in self.flats.items()}
        while (unlike := self._share_all(flats, words)) is not None:
            flats = {
                name: [dissolved(piece) if piece.group == unlike else piece for piece in found]
                for name, found in flats.items()
            }
        for module in self._modules():
            for handed in module.takes.values():
                self._give(handed)
        for name, flat in self.flats.items():
            for link in _links_of(flat.outputs, self.sharing, name):
                self._give(Handed(link.group, link.attribute or ".id"))

    def _share_all(self, flats: Mapping[str, Sequence[Piece]], words: Mapping[str, Mapping[str, str]]) -> Group | None:
        """Make all modules; or the group whose zones, or whatever its keys are, differ too much to be one."""
        self.called, self.apart = {}, {}
        self.pieces = tabled(flats, words)
        addresses = {name: addresses_of(found) for name, found in self.pieces.items()}
        self.sharing = Sharing(addresses, members(self.pieces), words)
        for name in modules():
            try:
                self._share(name)
            except NotAlikeError as error:
                if error.keyed is None:
                    raise
                return error.keyed
        return None

    def _words(self) -> dict[str, dict[str, str]]:
        """What an environment is called in texts, by the code that says it."""
        every = {name: flat.environment for name, flat in self.flats.items()}
        words = {
            "var.name_prefix": {name: item.name_prefix for name, item in every.items()},
            "lower(var.name_prefix)": {name: item.name_prefix.lower() for name, item in every.items()},
            f"var.{self.called_by}": {name: item.short_name for name, item in every.items()},
        }
        if words["lower(var.name_prefix)"] == words["var.name_prefix"]:
            del words["lower(var.name_prefix)"]
        return words

    @property
    def called_by(self) -> str:
        """The variable that says what an environment is called in names."""
        same = all(name == flat.environment.short_name for name, flat in self.flats.items())
        return "environment" if same else "short_name"

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

    def _give(self, handed: Handed) -> None:
        name = module_of(self.sharing.members[handed.group].file)
        self.given.setdefault(name, {})[handed.name] = handed

    def rendering(self) -> SharedRendering:
        """All files."""
        files: dict[str, dict[str, str]] = {}
        written: dict[str, ModuleFiles] = {}
        for name, by_environment in self.called.items():
            for environment, module in by_environment.items():
                folder = self.folder(name, environment)
                if folder not in written:
                    written[folder] = self._module(name, module)
                    files[f"modules/{folder}"] = written[folder].files()
        for environment, flat in self.flats.items():
            calls = {
                name: (by_environment[environment], written[self.folder(name, environment)])
                for name, by_environment in self.called.items()
                if environment in by_environment
            }
            own = Root(environment, flat.environment, calls, self.sharing, flat.outputs, flat.data, self.apart)
            files[f"environments/{environment}"] = own.files()
        return SharedRendering(
            dict(sorted(files.items())),
            {name: dict(self._addresses(name)) for name in self.flats},
            self.apart,
            {name: flat.unsupported for name, flat in self.flats.items()},
        )

    def folder(self, name: str, environment: str) -> str:
        """The folder of a module."""
        return f"{name}_{environment}" if name in self.apart else name

    def _module(self, name: str, module: Module) -> ModuleFiles:
        known: dict[str, Block] = {}
        data: dict[str, Block] = {}
        for environment in module.environments:
            flat = self.flats[environment]
            data |= flat.data
            for block in root.variables(flat.environment.architecture):
                if isinstance(block, Block):
                    known[block.labels[0]] = block
        gives = [handed for handed in self.given.get(name, {}).values() if handed.group in module.members]
        first = self.flats[module.environments[0]].environment.architecture
        return ModuleFiles(name, module, self.sharing, sorted(gives, key=lambda one: one.name), known, data, first)

    def _addresses(self, environment: str) -> Iterator[tuple[str, str]]:
        """Those that a resource has in both; a block with ``for_each`` of its own keeps its keys."""
        for piece in self.pieces[environment]:
            if piece.group.block != "resource":
                continue
            module = self.called[module_of(piece.file)][environment]
            own = module.members[piece.group]
            index = ""
            if own.keyed:
                index = f'["{piece.key}"]'
            elif own.environments != module.environments and not _repeats(piece.block):
                index = "[0]"
            yield ".".join(piece.block.labels), f"module.{module.name}.{piece.group.address}{index}"


def _repeats(block: Block) -> bool:
    return any(isinstance(item, Argument) and item.name in ("for_each", "count") for item in block.body)


def _links_of(outputs: Sequence[Item], sharing: Sharing, environment: str) -> Iterator[Link]:
    for block in outputs:
        assert isinstance(block, Block)
        for item in block.body:
            if isinstance(item, Argument):
                yield from links(normal(item.value, sharing.addresses[environment]))
