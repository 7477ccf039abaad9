"""The command ``groundplan``. Each command parses, calls and prints; what it calls is imported only when it runs."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

import typer
import typer.main
import typer.models

from groundplan.errors import ExitCode, GroundplanError

INTERNAL_ERROR = 70
"""sysexits.h EX_SOFTWARE: a mistake of ours, never of the input."""
INTERRUPTED = 130

COMMANDS: Mapping[str, Sequence[str]] = {
    "init": ("init",),
    "explore": ("validate", "explain", "schema", "resources"),
    "check": ("check",),
    "rules": ("rules",),
    "reach": ("reach",),
    "access": ("access",),
    "diagram": ("diagram",),
    "cost": ("cost",),
    "savings": ("savings",),
    "failover": ("failover",),
    "objectives": ("objectives",),
    "docs": ("docs", "report"),
    "render": ("render",),
    "scripts": ("scripts",),
    "bootstrap": ("bootstrap",),
    "plan": ("plan",),
    "deploy": ("deploy",),
    "promote": ("promote",),
    "release": ("release", "rollback", "releases"),
    "history": ("history",),
    "status": ("status",),
    "drill": ("drill",),
    "drift": ("drift",),
    "restore": ("restore",),
    "destroy": ("destroy",),
    "containers": ("pipelines", "containers"),
}
"""The modules of the commands, and which commands each brings, in the order of the help."""
GROUPS = ("backup", "kubernetes", "local", "prices", "schedule", "simulate")
"""The modules that are a group of commands of their own, below the commands."""


def app(command: str = "") -> typer.Typer:
    """The command line with one command or group, else with all that there are. Importing them all, and reading the
    options out of their functions, takes longer than many a command: it is done for none that was not asked for."""
    root = typer.Typer(
        name="groundplan",
        help="One short blueprint becomes production AWS infrastructure: designed, checked, priced, rendered for "
        "Terraform and CloudFormation, and deployed to AWS or to an AWS on your own machine.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback(invoke_without_command=True)(_root)
    one = {module for module, brings in COMMANDS.items() if command in brings} or {command} & set(GROUPS)
    for module in (module for module in (*COMMANDS, *GROUPS) if module in one or not one):
        found = import_module(f"groundplan.cli.{module}")
        if module in GROUPS:
            root.add_typer(found.app, name=module)
        else:
            found.register(root)
    if one:
        root.registered_commands = [item for item in root.registered_commands if _name(item) == command]
    return root


def _name(command: typer.models.CommandInfo) -> str:
    return command.name or typer.main.get_command_name(getattr(command.callback, "__name__", ""))


def _root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        _write_version()
        raise typer.Exit


def _write_version() -> None:
    from groundplan import __version__

    sys.stdout.write(f"groundplan {__version__}\n")


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
        if given == ["--version"]:
            # Typer would have pydantic say whether a flag is true: 0.1 s.
            _write_version()
            return ExitCode.FINE
        result = _command(given[0] if given else "")(args=given, prog_name="groundplan", standalone_mode=False)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        result = end.code
    return result if isinstance(result, int) else ExitCode.FINE


@cache
def _command(name: str) -> Callable[..., object]:
    return typer.main.get_command(app(name))


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
    code = run()
    # On its way out Python would look through all objects for cycles: 50 ms for memory that ends with the process.
    gc.freeze()
    sys.exit(code)
