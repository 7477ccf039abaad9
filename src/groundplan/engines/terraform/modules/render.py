"""The folder that a team takes over: ``modules/<name>`` and ``environments/<environment>``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from groundplan.engines.terraform import hcl, root
from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Call, Comment, Expression, Item, Value
from groundplan.engines.terraform.model import MARKER, Options, Unsupported
from groundplan.engines.terraform.modules.groups import Piece, addresses_of, members, pieces
from groundplan.engines.terraform.modules.links import Code, Group, Link, Normal, links, normal
from groundplan.engines.terraform.modules.share import MODULES, Handed, Module, Sharing
from groundplan.engines.terraform.modules.tables import tabled
from groundplan.engines.terraform.modules.unify import CannotShareError, joined
from groundplan.engines.terraform.modules.variables import plain
from groundplan.engines.terraform.rendering import all_entries, outputs_of
from groundplan.engines.terraform.table import ROWS
from groundplan.resources import Architecture
from groundplan.resources.values import Ref

_NAMES = {
    "name_prefix": "What names begin with",
    "short_name": "What the environment is called in names",
}
_VARIABLE = re.compile(r"\bvar\.([a-z_][a-z0-9_]*)")
_DATA = re.compile(r"\bdata\.([a-z0-9_]+)\.current\b")


@dataclass(frozen=True)
class Environment:
    """An environment as the flat rendering has it."""

    architecture: Architecture
    short_name: str
    name_prefix: str
    """What names begin with by the blueprint's convention: ``shop-prod``."""
    options: Options
    context: Context
    pieces: Sequence[Piece]
    outputs: Sequence[Item]
    unsupported: tuple[Unsupported, ...]


@dataclass(frozen=True)
class Shared:
    """Modules and the roots that call them."""

    files: Mapping[str, str]
    """Relative path to text."""
    addresses: Mapping[str, Mapping[str, str]]
    """By environment: address in the flat rendering to the address in the modules."""
    apart: Mapping[str, str]
    """Modules that each environment has for itself, and why."""
    unsupported: Mapping[str, tuple[Unsupported, ...]]


def flat(architecture: Architecture, short_name: str, name_prefix: str, options: Options) -> Environment:
    """One environment, ready to be compared."""
    context = Context(architecture, ROWS)
    entries, unsupported = all_entries(context)
    found = [piece for entry in entries for piece in pieces(entry.resource, entry.blocks, entry.file, entry.place)]
    outputs, without = outputs_of(context, unsupported)
    return Environment(architecture, short_name, name_prefix, options, context, found, outputs, (*unsupported.values(), *without))


def render_modules(environments: Mapping[str, Environment]) -> Shared:
    """Every environment as a root that calls modules, which all of them share."""
    writer = _Writer(environments)
    return writer.written()


@dataclass
class _Writer:
    environments: Mapping[str, Environment]
    sharing: Sharing = field(init=False)
    pieces: Mapping[str, Sequence[Piece]] = field(init=False)
    modules: dict[str, dict[str, Module]] = field(default_factory=dict)
    """By name and environment."""
    apart: dict[str, str] = field(default_factory=dict)
    gives: dict[str, dict[str, Handed]] = field(default_factory=dict)
    """What each module gives, by its name."""

    def __post_init__(self) -> None:
        words = {
            "var.name_prefix": {name: item.name_prefix for name, item in self.environments.items()},
            "lower(var.name_prefix)": {name: item.name_prefix.lower() for name, item in self.environments.items()},
            f"var.{self._called}": {name: item.short_name for name, item in self.environments.items()},
        }
        if words["lower(var.name_prefix)"] == words["var.name_prefix"]:
            del words["lower(var.name_prefix)"]
        found = tabled({name: item.pieces for name, item in self.environments.items()}, words)
        addresses = {name: addresses_of(item) for name, item in found.items()}
        self.pieces = found
        self.sharing = Sharing(addresses, members(found), words)
        names = tuple(self.environments)
        for name in dict.fromkeys(MODULES.values()):
            callers = tuple(
                environment
                for environment in names
                if any(MODULES[piece.file] == name for piece in self.pieces[environment])
            )
            if not callers:
                continue
            try:
                module = self.sharing.module(name, callers)
                self.modules[name] = dict.fromkeys(callers, module)
            except CannotShareError as reason:
                self.apart[name] = str(reason)
                self.modules[name] = {one: self.sharing.module(name, (one,)) for one in callers}
        for by_environment in self.modules.values():
            for module in by_environment.values():
                for handed in module.takes.values():
                    self._give(handed)
        for item in self.environments.values():
            for link in self._output_links(item):
                self._give(Handed(link.group, link.attribute or ".id"))

    @property
    def _called(self) -> str:
        """The variable that says what an environment is called in names."""
        same = all(name == item.short_name for name, item in self.environments.items())
        return "environment" if same else "short_name"

    def _give(self, handed: Handed) -> None:
        self.gives.setdefault(MODULES[self.sharing.members[handed.group].file], {})[handed.name] = handed

    def _output_links(self, item: Environment) -> Iterator[Link]:
        addresses = self.sharing.addresses[item.architecture.environment]
        for block in item.outputs:
            assert isinstance(block, Block)
            for argument in block.body:
                if isinstance(argument, Argument):
                    yield from links(normal(argument.value, addresses))

    def written(self) -> Shared:
        files: dict[str, str] = {}
        for name, by_environment in self.modules.items():
            for environment, module in by_environment.items():
                folder = f"modules/{self._folder(name, environment)}"
                if f"{folder}/main.tf" not in files:
                    files |= {f"{folder}/{file}": text for file, text in self._module(name, module).items()}
        for name in self.environments:
            files |= {f"environments/{name}/{file}": text for file, text in self._root(name).items()}
        return Shared(
            dict(sorted(files.items())),
            {name: dict(self._addresses(name)) for name in self.environments},
            self.apart,
            {name: item.unsupported for name, item in self.environments.items()},
        )

    def _folder(self, name: str, environment: str) -> str:
        return f"{name}_{environment}" if name in self.apart else name

    def _module(self, name: str, module: Module) -> dict[str, str]:
        files = {
            ("main.tf" if len(module.items) == 1 else file): hcl.render((*_heading(f"{name}: {file.removesuffix('.tf')}."), *items))
            for file, items in module.items.items()
        }
        outputs = [self._output(module, handed) for handed in sorted(self.gives.get(name, {}).values(), key=lambda h: h.name)
                   if handed.group in module.members]
        text = "\n".join(files.values()) + hcl.render(outputs)
        data = [Block("data", (type_, "current")) for type_ in sorted(set(_DATA.findall(text)))]
        if data:
            files["data.tf"] = hcl.render((*_heading(f"{name}: what Terraform asks AWS about."), *data))
        files["variables.tf"] = hcl.render((*_heading(f"{name}: what environments differ in."), *self._variables(module, text)))
        if outputs:
            files["outputs.tf"] = hcl.render((*_heading(f"{name}: what other modules need of it."), *outputs))
        files["versions.tf"] = hcl.render((*_heading(f"{name}: versions."), *root.versions()))
        if "main.tf" not in files:
            files["main.tf"] = hcl.render(_heading(f"{name}: {', '.join(sorted(module.items))}."))
        return files

    def _given(self, module: Module, text: str) -> list[str]:
        """Variables of the roots that the module reads as well."""
        used = set(_VARIABLE.findall(text))
        return sorted(used - set(module.interface.variables) - set(module.takes))

    def _variables(self, module: Module, text: str) -> Iterator[Item]:
        known = {block.labels[0]: block for item in self.environments.values()
                 for block in root.variables(item.architecture) if isinstance(block, Block)}
        for name in self._given(module, text):
            if name in _NAMES:
                yield _variable(name, _NAMES[name], "string", nullable=False)
            elif name in known:
                body = tuple(item for item in known[name].body
                             if isinstance(item, Argument) and item.name in ("description", "type", "nullable"))
                yield Block("variable", (name,), body)
            else:
                yield _variable(name, "Name of the environment in names", "string", nullable=False)
        for handed in sorted(module.takes.values(), key=lambda handed: handed.name):
            member = self.sharing.members[handed.group]
            what = f"{handed.attribute.removeprefix('.')} of {handed.group.address}"
            block = _variable(handed.name, what, "map(string)" if member.keyed else _type_of(handed), nullable=True)
            if _is_ephemeral(handed):
                block = replace(block, body=(*block.body, Argument("ephemeral", True)))
            yield block
        for variable in module.interface.variables.values():
            everywhere = all(variable.values.get(name) is not None for name in module.environments)
            yield _variable(variable.name, variable.description, variable.type, nullable=not everywhere,
                            optional=not everywhere)

    def _output(self, module: Module, handed: Handed) -> Block:
        member = module.members[handed.group]
        address = handed.group.address
        value: Value
        if member.keyed:
            value = Expression(f"{{ for key, item in {address} : key => item{handed.attribute} }}")
        elif set(member.environments) != set(module.environments):
            value = Expression(f"one({address}[*]{handed.attribute})")
        else:
            value = Expression(f"{address}{handed.attribute}")
        body: list[Item] = [Argument("description", f"{handed.attribute.removeprefix('.')} of {address}"), Argument("value", value)]
        if _is_ephemeral(handed):
            body.append(Argument("ephemeral", True))
        return Block("output", (handed.name,), tuple(body))

    def _root(self, name: str) -> dict[str, str]:
        item = self.environments[name]
        architecture = item.architecture
        calls = list(self._calls(name))
        variables: list[Item] = list(root.variables(architecture))
        declared = {block.labels[0] for block in variables if isinstance(block, Block)}
        if "environment" not in declared:
            variables.append(_variable("environment", "Name of the environment in names", "string", nullable=False))
        values: list[Item] = list(root.values(architecture))
        if "environment" not in declared:
            values.append(Argument("environment", item.short_name))
        called = hcl.render(calls)
        for word, value in (("name_prefix", item.name_prefix), ("short_name", item.short_name)):
            if f"var.{word}" in called:
                variables.append(_variable(word, _NAMES[word], "string", nullable=False))
                values.append(Argument(word, value))
        for module_name, by_environment in self.modules.items():
            module = by_environment.get(name)
            if module is None:
                continue
            settings = {
                variable.name: variable.values[name]
                for variable in module.interface.variables.values()
                if variable.values.get(name) is not None
            }
            if module.interface.variables:
                told: Value = {
                    one.name: Expression(one.type if one.name in settings else f"optional({one.type})")
                    for one in module.interface.variables.values()
                }
                type_ = Call("object", told)
                variables.append(
                    Block("variable", (module_name,), (
                        Argument("description", f"What the module {module_name} is told"),
                        Argument("type", type_),
                        Argument("nullable", False),
                    ))
                )
                values += [Blank(), Argument(module_name, {key: plain(value) for key, value in settings.items()})]
        title = f"{architecture.title} {architecture.stage}"
        files = {
            "main.tf": (f"{title}: the modules that it is made of.", calls),
            "variables.tf": (f"{title}: what is decided outside of these files.", variables),
            "terraform.tfvars": (f"{title}: the values of this environment.", values),
            "outputs.tf": (f"{title}: what people and other systems want to know.", list(self._outputs(name))),
            "providers.tf": (f"{title}: the AWS provider, and tags on everything.", list(root.providers(architecture))),
            "versions.tf": (f"{title}: versions of Terraform and of its providers.", list(root.versions())),
            "backend.tf": (f"{title}: where Terraform keeps its state.", list(root.backend(architecture, item.options))),
        }
        text = {file: hcl.render((*_heading(head), *items)) for file, (head, items) in files.items() if items}
        data = sorted(set(_DATA.findall("\n".join(text.values()))))
        if data:
            blocks = [Block("data", (type_, "current")) for type_ in data]
            text["data.tf"] = hcl.render((*_heading(f"{title}: what Terraform asks AWS about."), *blocks))
        return text

    def _calls(self, name: str) -> Iterator[Block]:
        for module_name, by_environment in self.modules.items():
            module = by_environment.get(name)
            if module is None:
                continue
            body: list[Item] = [Argument("source", f"../../modules/{self._folder(module_name, name)}"), Blank()]
            text = "\n".join(hcl.render(items) for items in module.items.values())
            outputs = hcl.render(
                self._output(module, handed) for handed in self.gives.get(module_name, {}).values()
                if handed.group in module.members
            )
            given = self._given(module, text + outputs)
            body += [Argument(one, Expression(f"var.{one}")) for one in given]
            taken = [Argument(handed.name, self._taken(handed, name)) for handed in sorted(module.takes.values(), key=lambda h: h.name)]
            if taken:
                body += [Blank(), *taken]
            told = [Argument(one, Expression(f"var.{module_name}.{one}")) for one in module.interface.variables]
            if told:
                body += [Blank(), *told]
            yield Block("module", (module_name,), tuple(body))

    def _taken(self, handed: Handed, environment: str) -> Value:
        """What another module gives, or nothing where the environment lacks it."""
        member = self.sharing.members[handed.group]
        module = self.modules[MODULES[member.file]].get(environment)
        if module is None or handed.group not in module.members:
            return {} if member.keyed else None
        return Expression(f"module.{MODULES[member.file]}.{handed.name}")

    def _outputs(self, name: str) -> Iterator[Item]:
        addresses = self.sharing.addresses[name]
        for block in self.environments[name].outputs:
            assert isinstance(block, Block)
            body: list[Item] = [
                Argument(item.name, self._root_value(normal(item.value, addresses))) if isinstance(item, Argument) else item
                for item in block.body
            ]
            yield Block("output", block.labels, tuple(body))

    def _root_value(self, value: Normal) -> Value:
        match value:
            case Code(template, parts):
                return joined(template, [self._root_link(part) if isinstance(part, Link) else part for part in parts])
            case tuple():
                return [self._root_value(item) for item in value]
            case Mapping():
                return {key: self._root_value(item) for key, item in value.items()}
        if isinstance(value, (str, int, float, bool)) or value is None:
            return value
        return Call(value.name, *(self._root_value(one) for one in value.arguments))  # type: ignore[union-attr]

    def _root_link(self, link: Link) -> object:
        from groundplan.engines.terraform.modules.links import Token

        handed = Handed(link.group, link.attribute or ".id")
        member = self.sharing.members[link.group]
        key = f'["{link.key}"]' if member.keyed else ""
        return Token(f"module.{MODULES[member.file]}.{handed.name}{key}")

    def _addresses(self, name: str) -> Iterator[tuple[str, str]]:
        for piece in self.pieces[name]:
            if piece.group.block != "resource":
                continue
            member = self.sharing.members[piece.group]
            module = self.modules[MODULES[member.file]][name]
            own = module.members[piece.group]
            index = ""
            if own.keyed:
                index = f'["{piece.key}"]'
            elif set(own.environments) != set(module.environments):
                index = "[0]"
            yield ".".join(piece.block.labels), f"module.{module.name}.{piece.group.address}{index}"


def _heading(text: str) -> tuple[Item, ...]:
    return (Comment(f"{MARKER.removeprefix('# ')}, which overwrites what is changed here.\n{text}"), Blank())


def _variable(name: str, description: str, type_: str, *, nullable: bool, optional: bool = False) -> Block:
    body: list[Item] = [Argument("description", description), Argument("type", Expression(type_))]
    if optional:
        body.append(Argument("default", None))
    if not nullable:
        body.append(Argument("nullable", False))
    return Block("variable", (name,), tuple(body))


def _is_ephemeral(handed: Handed) -> bool:
    """Whether Terraform keeps it in no state: what is read of a secret, and the locals that take it apart."""
    return handed.group.block in ("ephemeral", "local")


def _type_of(handed: Handed) -> str:
    return "any" if handed.group.block == "local" and handed.attribute == ".id" else "string"
