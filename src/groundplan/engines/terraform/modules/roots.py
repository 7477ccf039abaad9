"""The files of an environment: calls of the modules, with the environment's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan.engines.terraform import hcl, root
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Call, Expression, Item, Value
from groundplan.engines.terraform.modules.files import NAMES, ModuleFiles, data_blocks, heading, variable
from groundplan.engines.terraform.modules.links import Code, Function, Link, Normal, Token, normal
from groundplan.engines.terraform.modules.share import Handed, Module, Sharing, module_of
from groundplan.engines.terraform.modules.unify import joined
from groundplan.engines.terraform.modules.variables import plain

if TYPE_CHECKING:
    from groundplan.engines.terraform.modules.layout import Environment


@dataclass
class Root:
    """Writes the root of one environment."""

    name: str
    environment: Environment
    calls: Mapping[str, tuple[Module, ModuleFiles]]
    sharing: Sharing
    outputs: Sequence[Block]
    data: Mapping[str, Block]
    apart: Mapping[str, str]

    def files(self) -> dict[str, str]:
        """Text by file name."""
        architecture = self.environment.architecture
        title = f"{architecture.title} {architecture.stage}"
        called = [self._call(name) for name in self.calls]
        outputs = [self._output(block) for block in self.outputs]
        variables, values = self._settings(hcl.render(called))
        contents: dict[str, tuple[str, Sequence[Item]]] = {
            "main.tf": ("the modules that it is made of", called),
            "variables.tf": ("what is decided outside of these files", variables),
            "terraform.tfvars": ("the values of this environment", values),
            "outputs.tf": ("what people and other systems want to know", outputs),
            "providers.tf": ("the AWS provider, and tags on everything", list(root.providers(architecture))),
            "versions.tf": ("versions of Terraform and of its providers", list(root.versions(architecture))),
            "backend.tf": (
                "where Terraform keeps its state", list(root.backend(architecture, self.environment.options))
            ),
        }  # fmt: skip
        data = data_blocks(hcl.render([*called, *outputs]), self.data)
        contents["data.tf"] = ("what Terraform asks AWS about", data)
        return {
            file: hcl.render((*heading(f"{title}: {about}."), *items))
            for file, (about, items) in contents.items()
            if items
        }

    def _settings(self, called: str) -> tuple[list[Item], list[Item]]:
        """Declarations and values of the variables."""
        architecture = self.environment.architecture
        variables: list[Item] = list(root.variables(architecture))
        values: list[Item] = list(root.values(architecture))
        declared = {block.labels[0] for block in variables if isinstance(block, Block)}
        words = {
            "environment": self.name,
            "short_name": self.environment.short_name,
            "name_prefix": self.environment.name_prefix,
        }
        for word, value in words.items():
            if f"var.{word}\n" in called and word not in declared:
                variables.append(variable(word, NAMES[word], "string", nullable=False))
                values.append(Argument(word, value))
        for name, (module, _) in self.calls.items():
            settings = {
                one.name: one.values[self.name]
                for one in module.interface.variables.values()
                if one.values.get(self.name) is not None
            }
            if settings:
                variables.append(self._setting(name, module, settings))
                values += [Blank(), Argument(name, {key: plain(value) for key, value in settings.items()})]
        return variables, values

    @staticmethod
    def _setting(name: str, module: Module, settings: Mapping[str, Normal]) -> Block:
        told: Value = {key: Expression(module.interface.variables[key].type) for key in settings}
        body = (
            Argument("description", f"What the module {name} is told"),
            Argument("type", Call("object", told)),
            Argument("nullable", False),
        )
        return Block("variable", (name,), body)

    def _call(self, name: str) -> Block:
        module, files = self.calls[name]
        folder = f"{name}_{self.name}" if name in self.apart else name
        groups: list[list[Argument]] = [
            [Argument(one, Expression(f"var.{one}")) for one in files.told],
            [Argument(one.name, self._taken(one)) for one in sorted(module.takes.values(), key=lambda one: one.name)],
            [
                Argument(one.name, Expression(f"var.{name}.{one.name}"))
                for one in module.interface.variables.values()
                if one.values.get(self.name) is not None
            ],
        ]
        body: list[Item] = [Argument("source", f"../../modules/{folder}")]
        for group in groups:
            if group:
                body += [Blank(), *group]
        return Block("module", (name,), tuple(body))

    def _taken(self, handed: Handed) -> Value:
        """What another module gives, or nothing where the environment lacks it."""
        member = self.sharing.members[handed.group]
        source = module_of(member.file)
        if source not in self.calls or handed.group not in self.calls[source][0].members:
            return {} if member.keyed else None
        return Expression(f"module.{source}.{handed.name}")

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
        handed = Handed(link.group, link.attribute or ".id")
        member = self.sharing.members[link.group]
        index = f'["{link.key}"]' if member.keyed else ""
        return Token(f"module.{module_of(member.file)}.{handed.name}{index}")
