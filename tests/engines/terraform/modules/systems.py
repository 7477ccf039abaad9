"""The examples as trees of modules."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from groundplan.blueprint.loading import load
from groundplan.design import design
from groundplan.engines.terraform import Options
from groundplan.engines.terraform.modules import Environment, Tree, render_tree

EXAMPLES = Path(__file__).parents[4] / "examples"
SYSTEMS = ("personal-timeline", "solemate", "spendsense", "duskspendr", "spontime")


@cache
def environments(system: str) -> tuple[dict[str, Environment], dict[str, Environment]]:
    """The environments of an example, and what stands once for the account."""
    every: dict[str, Environment] = {}
    shared: dict[str, Environment] = {}
    for loaded in load(EXAMPLES / system / "groundplan.yaml").all():
        chosen = shared if loaded.is_shared else every
        chosen[loaded.name] = Environment(design(loaded), Options(backend="local"))
    return every, shared


@cache
def tree(system: str) -> Tree:
    """An example as a tree."""
    return render_tree(*environments(system))


def text_of(files: Tree, folder: str) -> str:
    """All Terraform files of a folder, one behind the other."""
    return "\n".join(text for name, text in files.files[folder].items() if name.endswith(".tf"))
