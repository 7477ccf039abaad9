"""What is wrong with a command line, in the words of all other mistakes: what is wrong, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from groundplan.errors import suggestion

if TYPE_CHECKING:
    import typer

_UNKNOWN_COMMAND = re.compile(r"No such command '([^']*)'")
_TOO_MANY = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)
_NO_VALUE = re.compile(r"Option '([^']*)' requires an argument")
_A_VALUE = re.compile(r"Option '([^']*)' does not take a value")
_CHOICE = re.compile(r"(?P<given>'.*'|\".*\") is not one of (?P<known>'.*')\.?", re.DOTALL)


def explain(error: typer.TyperException, arguments: Sequence[str]) -> str:
    """What Typer refuses, and which help says more. Without a command: that help itself, as it is."""
    message = error.format_message()
    if message.startswith("Usage:"):
        return message
    context = getattr(error, "ctx", None)
    path = context.command_path if context else " ".join(("groundplan", *_words(arguments)))
    told = _explained(error, message, context)
    told = told or message.rstrip(".")
    return f"error: {told}{' See' if told.endswith('?') else '; see'} {path} --help"


def _words(arguments: Sequence[str]) -> list[str]:
    """The command that was meant, and with a group what of it."""
    from groundplan.cli.main import GROUPS  # here, since that module asks this one

    return list(arguments[: 2 if arguments and arguments[0] in GROUPS else 1])


def _explained(error: typer.TyperException, message: str, context: Any) -> str:
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    if kind == "NoSuchOption":
        option = str(getattr(error, "option_name", ""))
        return f'there is no option "{option}"{suggestion(option, _options(context))}'
    if kind == "MissingParameter" and parameter is not None:
        return f"{_called(parameter)} is missing{_about(parameter)}"
    if found := _UNKNOWN_COMMAND.match(message):
        known = context.command.list_commands(context) if context else ()
        return f'there is no command "{found[1]}"{suggestion(found[1], known)}'
    if found := _TOO_MANY.match(message):
        return f'"{found[1]}" is one argument too many'
    if found := _NO_VALUE.match(message):
        return f"{found[1]} lacks its value"
    if found := _A_VALUE.match(message):
        return f"{found[1]} takes no value"
    if kind == "BadParameter" and parameter is not None:
        return f"{_called(parameter)}: {_refused(error)}"
    return ""


def _options(context: Any) -> list[str]:
    parameters = context.command.params if context else ()
    return ["--help", *(option for item in parameters for option in item.opts if option.startswith("--"))]


def _called(parameter: Any) -> str:
    """An option by its long name, an argument as the help shows it."""
    names = [option for option in parameter.opts if option.startswith("--")]
    return names[0] if names else str(parameter.metavar or parameter.name).upper()


def _about(parameter: Any) -> str:
    """What an option or argument is for, from its help."""
    text = str(getattr(parameter, "help", "") or "").replace("[required]", "").strip().rstrip(".")
    return f": {text[0].lower()}{text[1:]}" if text[1:2].islower() or text[1:2] == " " else f": {text}" if text else ""


def _refused(error: typer.TyperException) -> str:
    """Why a value cannot be taken. Pydantic reads it, so that its reasons are those of a blueprint's values."""
    from groundplan.blueprint.problems import not_allowed, sentence
    from groundplan.blueprint.yaml import read_scalar

    message = str(getattr(error, "message", "")).replace("Value error, ", "").rstrip(".")
    errors = getattr(error.__cause__, "errors", None)
    first = errors(include_url=False)[0] if errors is not None else None
    if (found := _CHOICE.fullmatch(message)) is not None:
        given = first["input"] if first else found["given"][1:-1]
        return not_allowed(given, tuple(re.findall(r"'([^']*)'", found["known"])))
    if first is None:
        return message
    number = read_scalar(first["input"]) if isinstance(first["input"], str) else first["input"]
    return sentence(str(first["type"]), number, first.get("ctx", {})) or message
