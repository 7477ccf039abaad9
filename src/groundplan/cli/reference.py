"""``docs/commands.md``: every command with its arguments, options and exit codes, out of the command line itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import typer

FINDINGS: Mapping[str, str] = {
    "backup now": "a backup failed",
    "backup verify": "something has no backup, none that is young enough, or no whole copy elsewhere",
    "check": "an error that nobody accepted, or an objective that is not met",
    "containers": "a file was edited by hand and is kept; with `--check`, one is missing or stale",
    "cost": "with `--within-budget`, an environment costs more than its budget; with `--actual`, something drifts",
    "destroy": "something is left that costs money, and is named",
    "docs": "with `--check`, a document is missing or stale; without, one was edited by hand and is kept",
    "drift": "AWS differs from what was deployed, and still does afterwards",
    "drill": "it did not come back, or not within its objective",
    "failover": "it may take longer than the objective",
    "objectives": "an objective is not met",
    "pipelines": "a file was edited by hand and is kept; with `--check`, one is missing or stale",
    "plan": "a deployment would be refused, because something is lost that nobody has named",
    "reach": "what was expected of it does not hold",
    "render": "with `--check`, a linter found a mistake in what was rendered",
    "simulate availability": "the objective of availability is not met, or with `--without` the service is down",
    "simulate recovery": "a recovery may take longer, or lose more, than its objective",
    "simulate traffic": "the objective of latency is not met, or requests fail",
}
"""When a command exits with 1."""
CHANGES = (
    "backup now", "bootstrap", "deploy", "destroy", "drift", "drill", "kubernetes apply", "kubernetes switch",
    "promote", "release", "restore", "rollback", "schedule start", "schedule stop",
)  # fmt: skip
"""Commands that change what runs, and exit with 3 where that fails."""

_INTRODUCTION = """\
# The commands

Every command, with its arguments and options. Written from the command line itself by `groundplan.cli.reference`:
change the help texts there. `groundplan COMMAND --help` says the same.

JSON stands alone on stdout; progress, questions and remarks go to stderr. Questions are asked on a terminal only; where
there is none, an unanswered question is an error. A mistake in the blueprint is told with file, line and column.

| exit code | means |
| --- | --- |
| 0 | fine |
| 1 | findings: the command says below when |
| 2 | bad input, or surroundings that refuse: no credentials, a folder that is not writable, a port in use |
| 3 | a change of what runs failed; the message names the resource and the reason |
| 70 | a mistake in Groundplan itself; the message names a file with details for a report |
| 130 | interrupted |
"""


def markdown(app: typer.Typer) -> str:
    """The whole document. It changes only with the commands."""
    commands = list(described(app))
    index = "\n".join(f"- [`groundplan {path}`](#{_anchor(path)}): {_first(help)}" for path, help, _ in commands)
    return "\n".join((_INTRODUCTION, index, "", *("\n".join(_section(*command)) for command in commands)))


def described(app: typer.Typer) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    """Each command: how it is called behind ``groundplan``, its help, and its parameters: kind, how it is written,
    help."""
    root = typer.main.get_command(app)
    yield from _below(root, typer.Context(root, info_name="groundplan"))


def _below(group: object, context: typer.Context) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    for name, command in sorted(getattr(group, "commands", {}).items()):
        own = typer.Context(command, info_name=name, parent=context)
        if getattr(command, "hidden", False):
            continue
        if hasattr(command, "commands"):
            yield from _below(command, own)
            if not getattr(command, "invoke_without_command", False):
                continue
        parameters = []
        for parameter in command.params:
            record = parameter.get_help_record(own)
            if record is not None and not getattr(parameter, "hidden", False):
                parameters.append((parameter.param_type_name, *map(_text, record)))
        yield own.command_path.removeprefix("groundplan "), _text(command.help or ""), parameters


def _section(path: str, help: str, parameters: list[tuple[str, str, str]]) -> Iterator[str]:
    arguments = [_argument(written, meaning) for kind, written, meaning in parameters if kind == "argument"]
    called = " ".join(("groundplan", path, *arguments, *(["[OPTIONS]"] if len(arguments) < len(parameters) else [])))
    yield f"## {path}\n\n```console\n$ {called}\n```\n\n{help}\n"
    codes = [f"1: {FINDINGS[path]}." if path in FINDINGS else "", "3: it failed." if path in CHANGES else ""]
    if any(codes):
        yield f"Exits with {' '.join(filter(None, codes))}\n"
    if parameters:
        yield "| argument or option | meaning |\n| --- | --- |"
        yield from (f"| `{_cell(written)}` | {_meaning(meaning)} |" for _, written, meaning in parameters)
        yield ""


def _argument(written: str, meaning: str) -> str:
    """As it stands in the call: in brackets where it may be left out."""
    name = written.partition(" <")[0]
    return name if "[required]" in meaning or name.startswith("[") else f"[{name}]"


def _text(text: str) -> str:
    """In one line, with nothing that typer adds for a terminal."""
    return re.sub(r"\s+", " ", text).strip()


def _first(help: str) -> str:
    """The first sentence."""
    return re.split(r"(?<=[.?!])\s", help)[0]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _anchor(path: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w -]", "", path.lower()).replace(" ", "-")


def _meaning(text: str) -> str:
    """A help text in a table: what stands in angle brackets is no HTML."""
    return _cell(text).replace("<", "&lt;")
