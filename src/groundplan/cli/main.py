"""The command ``groundplan``. Each command parses, calls and prints; what it calls is imported only when it runs."""

from __future__ import annotations

import codecs
import errno
import gc
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import typer
import typer.main
import typer.models

from groundplan.errors import ExitCode, GroundplanError

INTERNAL_ERROR = 70
"""sysexits.h EX_SOFTWARE: a mistake of ours, never of the input."""
INTERRUPTED = 130
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
"""What the system says of a disk that takes no more, or not any more."""

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
        _tell(f"error: {error}")
        return error.exit_code
    except typer.TyperException as error:
        from groundplan.cli.usage import explain

        _tell(explain(error, sys.argv[1:] if arguments is None else arguments))
        return ExitCode.BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone, like `head`.
        _write_no_more(sys.stdout)
        return ExitCode.FINE
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            return _full(error)
        return _internal_error(error)
    if code == INTERRUPTED:
        _tell("interrupted; the next command says what state it finds and goes on from there")
    return code


def _tell(text: str) -> None:
    """A line for people, as far as somebody can hear it."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except OSError:
        _write_no_more(sys.stderr)


def _write_no_more(stream: TextIO) -> None:
    """Python would complain once more while it closes a stream that takes nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _full(error: OSError) -> int:
    """A disk that takes no more is nobody's mistake in the code, wherever it is noticed."""
    from groundplan.files import reason

    if error.filename is None:
        _write_no_more(sys.stdout)
    _tell(f"error: {error.filename or 'the output'} cannot be written: {reason(error)}")
    return ExitCode.BAD_INPUT


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


def _internal_error(error: Exception) -> int:
    """A mistake of ours: the traceback goes to a file for the report, not to the person."""
    import tempfile
    import traceback

    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="backslashreplace", prefix="groundplan-", suffix=".log", delete=False
        ) as log:
            log.write("".join(traceback.format_exception(error)))
        details = f"Details for a report: {Path(log.name)}"
    except OSError as refused:
        details = f"Details for a report cannot be written: {refused}"
    _tell(
        f"internal error: {type(error).__name__}: {error}\n"
        f"This is a mistake in Groundplan, not in your blueprint. {details}"
    )
    return INTERNAL_ERROR


def _prepare_streams() -> None:
    """A stream that was closed takes what is written, and drops it. One that does not know all characters gets those as
    JSON writes them, so that JSON stays what it is."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    codecs.register_error("json", _as_json)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(errors="json")


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _as_json(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from json import dumps

    return dumps(error.object[error.start : error.end])[1:-1], error.end


def main() -> None:
    """Entry point of the console script. Being told to end is the same as Ctrl-C, at every moment of a command."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _prepare_streams()
    code = run()
    # On its way out Python would look through all objects for cycles: 50 ms for memory that ends with the process.
    gc.freeze()
    sys.exit(code)
