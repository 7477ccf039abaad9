"""Shell scripts for people and pipelines: thin calls of Groundplan's own commands, with a guard for production.

They are for teams that keep Groundplan. ``render --layout modules`` writes others, of Terraform alone, for teams that
leave it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from groundplan.files import replace

COMMON = "common.sh"
"""What the others read. It is no command."""
COMMANDS = ("backup.sh", "cost-report.sh", "deploy.sh", "destroy.sh", "update.sh", "validate.sh")


@dataclass(frozen=True)
class Scripted:
    """What the scripts know of a blueprint."""

    project: str
    environments: Sequence[str]
    guarded: Sequence[str]
    """Those that are changed only by somebody who writes their name: of the profile ``production``."""


def render(about: Scripted, blueprint: str) -> Mapping[str, str]:
    """Text by file name. ``blueprint``: its path, from the folder that the scripts are in."""
    values = {
        "PROJECT": about.project,
        "ENVIRONMENTS": " ".join(about.environments),
        "GUARDED": " ".join(about.guarded),
        "BLUEPRINT": blueprint,
    }
    common = _template(COMMON)
    for name, value in values.items():
        common = common.replace(f"@{name}@", shlex.quote(value))
    return {COMMON: common, **{name: _template(name) for name in COMMANDS}}


def write(about: Scripted, blueprint: Path, folder: Path) -> list[Path]:
    """Write the scripts, which can be called, into a folder that is made where it is not there.

    Raises EnvironmentalError where it cannot be written.
    """
    written = []
    there = Path(os.path.relpath(blueprint.resolve(), folder.resolve())).as_posix()
    for name, text in render(about, there).items():
        path = folder / name
        replace(path, text, parents=True)
        path.chmod(0o644 if name == COMMON else 0o755)
        written.append(path)
    return written


def _template(name: str) -> str:
    return files("groundplan.documents").joinpath("data", "scripts", name).read_text(encoding="utf-8")
