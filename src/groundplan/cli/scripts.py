"""``scripts``: shell scripts that call the other commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, File, Settings, load_all
from groundplan.cli.output import write


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(scripts)


def scripts(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")] = Path("scripts"),
    file: File = DEFAULT_FILE,
    settings: Settings = None,
) -> None:
    """Write deploy.sh, update.sh, destroy.sh, validate.sh, backup.sh and cost-report.sh, which call these commands.

    What is of the profile production is changed by them only where somebody writes its name.
    """
    from groundplan.documents.scripts import Scripted
    from groundplan.documents.scripts import write as write_scripts

    every = load_all(file, settings)
    about = Scripted(
        project=every[0].blueprint.project,
        environments=tuple(loaded.name for loaded in every),
        guarded=tuple(loaded.name for loaded in every if loaded.blueprint.profile == "production"),
    )
    for path in write_scripts(about, file, out):
        write(str(path))
