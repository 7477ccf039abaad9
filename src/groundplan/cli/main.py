"""The command ``groundplan``. Each command parses, calls and prints; what it calls is imported only when it runs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from copy import copy
from functools import cache
from pathlib import Path

import typer
import typer.main
import typer.models

from groundplan.cli import (
    access,
    backup,
    bootstrap,
    check,
    containers,
    cost,
    deploy,
    destroy,
    diagram,
    docs,
    drift,
    drill,
    explore,
    failover,
    history,
    init,
    kubernetes,
    local,
    objectives,
    plan,
    prices,
    promote,
    reach,
    release,
    render,
    restore,
    rules,
    savings,
    schedule,
    scripts,
    simulate,
    status,
)
from groundplan.errors import ExitCode, GroundplanError

INTERNAL_ERROR = 70
"""sysexits.h EX_SOFTWARE: a mistake of ours, never of the input."""
INTERRUPTED = 130

app = typer.Typer(
    name="groundplan",
    help="One short blueprint becomes production AWS infrastructure: designed, checked, priced, rendered for "
    "Terraform and CloudFormation, and deployed to AWS or to an AWS on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    init,
    explore,
    check,
    rules,
    reach,
    access,
    diagram,
    cost,
    savings,
    failover,
    objectives,
    docs,
    render,
    scripts,
    bootstrap,
    plan,
    deploy,
    promote,
    release,
    history,
    status,
    drill,
    drift,
    restore,
    destroy,
    containers,
):
    module.register(app)
app.add_typer(backup.app, name="backup")
app.add_typer(kubernetes.app, name="kubernetes")
app.add_typer(local.app, name="local")
app.add_typer(prices.app, name="prices")
app.add_typer(schedule.app, name="schedule")
app.add_typer(simulate.app, name="simulate")


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        from groundplan import __version__

        sys.stdout.write(f"groundplan {__version__}\n")
        raise typer.Exit


def run(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit code; no exception leaves this function."""
    try:
        code = _call(arguments)
        sys.stdout.flush()
    except GroundplanError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except typer.TyperException as error:
        sys.stderr.write(_usage(error) + "\n")
        return ExitCode.BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone, like `head`. Python would complain once more while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FINE
    except Exception as error:
        return _internal_error(error)
    if code == INTERRUPTED:
        sys.stderr.write("interrupted; the next command says what state it finds and goes on from there\n")
    return code


def _call(arguments: list[str] | None) -> int:
    """What the command returns. Typer makes an exit of some exceptions: of Ctrl-C 130, of a closed pipe 1."""
    try:
        given = sys.argv[1:] if arguments is None else arguments
        result = _command(given[0] if given else "")(args=given, prog_name="groundplan", standalone_mode=False)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        result = end.code
    return result if isinstance(result, int) else ExitCode.FINE


@cache
def _command(name: str) -> Callable[..., object]:
    """The command, or the group of commands, of a name with its options; else all that there are. Reading options out
    of functions takes longer than many a command, so that it is done for none that was not asked for."""
    chosen = copy(app)
    chosen.registered_commands = [item for item in app.registered_commands if _name(item) == name]
    chosen.registered_groups = [item for item in app.registered_groups if item.name == name]
    known = chosen.registered_commands or chosen.registered_groups
    return typer.main.get_command(chosen if known else app)


def _name(command: typer.models.CommandInfo) -> str:
    return command.name or typer.main.get_command_name(getattr(command.callback, "__name__", ""))


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the command line, and which help says what is right. Without a command: that help itself."""
    message = error.format_message()
    if message.startswith("Usage:"):
        return message
    path = getattr(getattr(error, "ctx", None), "command_path", "groundplan")
    return f"error: {message.replace('Value error, ', '').rstrip('.')}; see {path} --help"


def _internal_error(error: Exception) -> int:
    """A mistake of ours: the traceback goes to a file for the report, not to the person."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="groundplan-", suffix=".log", delete=False) as log:
        log.write("".join(traceback.format_exception(error)))
    sys.stderr.write(
        f"internal error: {type(error).__name__}: {error}\n"
        f"This is a mistake in Groundplan, not in your blueprint. Details for a report: {Path(log.name)}\n"
    )
    return INTERNAL_ERROR


def main() -> None:
    """Entry point of the console script. Being told to end is the same as Ctrl-C, at every moment of a command."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run())
