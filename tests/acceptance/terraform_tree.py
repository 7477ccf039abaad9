"""What ``groundplan render --engine terraform --layout modules`` writes, read block by block."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.acceptance.system import CommandLine
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform.checking.parser import parse
from groundplan.engines.terraform.checking.syntax import Block, Body

ENVIRONMENTS, MODULES, SHARED = "environments", "modules", "shared"


@dataclass(frozen=True)
class TerraformTree:
    """The tree of a system."""

    folder: Path
    """As rendered."""
    core: TerraformCore

    @classmethod
    def rendered(cls, command_line: CommandLine, workspace: Path) -> TerraformTree:
        """Written by the command, and found as the providers' schemas want it."""
        folder = workspace / "infrastructure"
        layout = ("render", "--engine", "terraform", "--layout", "modules", "--out", str(folder))
        command_line.run(*layout, "--check")
        return cls(folder, TerraformCore(workspace / "core"))

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The names of the modules."""
        return tuple(sorted(path.name for path in (self.folder / MODULES).iterdir()))

    @cached_property
    def environments(self) -> tuple[str, ...]:
        """The names of the environments."""
        return tuple(sorted(path.name for path in (self.folder / ENVIRONMENTS).iterdir()))

    @cached_property
    def _bodies(self) -> Mapping[Path, Body]:
        files = [path for path in sorted(self.folder.rglob("*")) if path.suffix in (".tf", ".tfvars")]
        return {path: parse(path.read_text(encoding="utf-8")) for path in files}

    def read(self, path: str) -> Body:
        """A file."""
        return self._bodies[self.folder / path]

    def blocks(self, folder: str, type_: str | None = None) -> list[Block]:
        """The blocks of a folder, or those of a type."""
        bodies = [body for path, body in self._bodies.items() if path.parent == self.folder / folder]
        return [block for body in bodies for block in body.blocks if type_ in (None, block.type)]

    def variables(self, folder: str) -> dict[str, Body]:
        """The declarations of a folder's variables."""
        return {block.labels[0]: block.body for block in self.blocks(folder, "variable")}

    def kinds(self, module: str) -> set[str]:
        """The types of the resources of a module."""
        return {block.labels[0] for block in self.blocks(f"{MODULES}/{module}", "resource")}

    def text(self, path: str) -> str:
        """A file as it is written."""
        return (self.folder / path).read_text(encoding="utf-8")

    def plan(self, environment: str, **variables: str) -> dict[str, object]:
        """The plan of an environment, in Terraform's JSON form."""
        core = TerraformCore(self.core.workspace, variables)
        plan: dict[str, object] = core.plan(self.folder / ENVIRONMENTS / environment, within=self.folder)
        return plan

    def validate_each_module_alone(self, workspace: Path) -> None:
        """A root that calls every module and connects none of them: each gets all it takes from outside."""
        shutil.copytree(self.folder / MODULES, workspace / MODULES)
        root = workspace / "alone"
        root.mkdir()
        lines: list[str] = []
        for module in self.modules:
            given = [f'module "{module}" {{', f'  source = "../{MODULES}/{module}"']
            for name, body in self.variables(f"{MODULES}/{module}").items():
                ephemeral = body.literal("ephemeral") is True
                lines.append(f'variable "{module}_{name}" {{\n  ephemeral = {str(ephemeral).lower()}\n}}')
                given.append(f"  {name} = var.{module}_{name}")
            lines += [*given, "}"]
        (root / "main.tf").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.core.validate(root, within=workspace)


def undocumented(tree: TerraformTree) -> list[str]:
    """Variables and outputs without a description, variables without a type, modules whose README leaves out one."""
    found = []
    folders = [f"{MODULES}/{name}" for name in tree.modules] + [f"{ENVIRONMENTS}/{name}" for name in tree.environments]
    for folder in folders:
        readme = tree.folder / folder / "README.md"
        told = readme.read_text(encoding="utf-8") if folder.startswith(MODULES) else None
        for type_ in ("variable", "output"):
            for block in tree.blocks(folder, type_):
                name = f"{folder}: {type_} {block.labels[0]}"
                if not block.body.literal("description"):
                    found.append(f"{name} has no description")
                if type_ == "variable" and "type" not in block.body.attributes:
                    found.append(f"{name} has no type")
                if told is not None and f"| `{block.labels[0]}` |" not in told:
                    found.append(f"{name} is not in the README")
    return found
