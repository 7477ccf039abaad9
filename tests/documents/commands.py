"""The commands of Groundplan that a document tells people to give, held against what the command line takes."""

from __future__ import annotations

import re
import shlex
from functools import cache

import typer.main
from typer.core import TyperCommand, TyperGroup

from groundplan.cli.main import app


@cache
def root() -> TyperGroup:
    """The command line as a whole."""
    command = typer.main.get_command(app())
    assert isinstance(command, TyperGroup)
    return command


def given(document: str) -> set[str]:
    """Names of the commands in a document, in blocks and in running text.

    Raises TyperException for one that the command line would not take, with every option and argument as it stands, and
    LookupError where there is no such command.
    """
    names = set()
    for written in re.findall(r"(?:^\$ |`)groundplan ([^`\n]*)", document, re.MULTILINE):
        words = shlex.split(written.partition(" > ")[0])
        command: TyperGroup | TyperCommand = root()
        while isinstance(command, TyperGroup):
            if not words or words[0] not in command.commands:
                raise LookupError(f"there is no command groundplan {written}")
            found = command.commands[words.pop(0)]
            assert isinstance(found, TyperGroup | TyperCommand)
            command = found
            names.add(str(command.name))
        if words and "--help" not in words:  # else the command is only named
            command.make_context("groundplan", words)
    return names
