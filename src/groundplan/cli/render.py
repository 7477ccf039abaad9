"""``render``: write the infrastructure as code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, EngineOption, Environment, File, Settings, designed
from groundplan.cli.output import say, write


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(render)


def render(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")],
    engine: Annotated[
        EngineOption | None, typer.Option("--engine", help="Default: the blueprint's engine.", show_default=False)
    ] = None,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
) -> None:
    """Write Terraform or CloudFormation for an environment."""
    loaded, architecture = designed(file, environment, settings)
    chosen = engine.value if engine else loaded.blueprint.engine
    if chosen == "terraform":
        from groundplan.engines import terraform

        state = loaded.blueprint.state
        options = terraform.Options(backend=state.backend, state_bucket=loaded.state_bucket)
        rendered = terraform.render(architecture, options)
        terraform.write(rendered, out)
        written = [out / name for name in rendered.files]
        gaps = [(item.address, item.reason) for item in rendered.unsupported]
    else:
        from groundplan.engines import cloudformation

        templates = cloudformation.render(architecture)
        written = list(cloudformation.write(templates, out))
        gaps = [(item.address, item.reason) for item in templates.unsupported]
    for path in written:
        write(str(path))
    for address, reason in gaps:
        say(f"warning: {chosen} cannot express {address}: {reason}")
