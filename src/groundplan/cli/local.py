"""``local``: the AWS that runs on this machine."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from groundplan.cli.options import Format, OutputFormat, Yes, confirm
from groundplan.cli.output import say, write, write_json
from groundplan.errors import EnvironmentalError

app = typer.Typer(help="The local AWS: an AWS API on this machine, on 127.0.0.1.", no_args_is_help=True)


@app.command()
def start(
    port: Annotated[int | None, typer.Option("--port", help="Default: a free one.", min=1, max=65535)] = None,
    ephemeral: Annotated[
        bool, typer.Option("--ephemeral", help="Begin empty and forget everything at the end: for tests, and faster.")
    ] = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Start the local AWS, or say where it runs already."""
    from groundplan.targets import local

    running = local.start(port, ephemeral=ephemeral)
    if format is OutputFormat.JSON:
        write_json({"endpoint": running.endpoint, "pid": running.pid})
        return
    write(f"The local AWS answers at {running.endpoint} (process {running.pid})")


@app.command()
def stop() -> None:
    """Stop the local AWS. What it holds is kept for the next start."""
    from groundplan.targets import local

    running = local.status()
    kept = ", and what it held is forgotten" if running is not None and running.ephemeral else ""
    write(f"The local AWS has stopped{kept}" if local.stop() else "The local AWS was not running")


@app.command()
def status(format: Format = OutputFormat.TABLE) -> None:
    """Say whether the local AWS runs, and where."""
    from groundplan.targets import local

    running = local.status()
    if format is OutputFormat.JSON:
        write_json({"running": running is not None, "endpoint": running.endpoint if running else None})
        return
    write(f"The local AWS answers at {running.endpoint}" if running else "The local AWS is not running")


@app.command()
def env(format: Format = OutputFormat.TABLE) -> None:
    """Shell exports for other tools: eval "$(groundplan local env)"."""
    from groundplan.targets import local

    running = local.status()
    if running is None:
        raise EnvironmentalError("the local AWS is not running; start it with: groundplan local start")
    variables = local.environment(running)
    if format is OutputFormat.JSON:
        write_json(variables)
        return
    for name, value in variables.items():
        write(f"export {name}={shlex.quote(value)}")


@app.command()
def reset(yes: Yes = False) -> None:
    """Forget everything that the local AWS holds."""
    from groundplan.targets import local

    confirm("Everything in the local AWS will be lost. Go on?", yes=yes)
    local.reset()
    say("The local AWS is empty")
