"""Writing Terraform's language: a tree of blocks and values becomes text that ``terraform fmt`` leaves alone.

>>> print(render([Block("resource", ("aws_vpc", "main"), (Argument("cidr_block", "10.0.0.0/16"),))]), end="")
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

A plain ``str`` is always literal text: what would interpolate in it is escaped. Only :class:`Expression` and
:class:`Template` reach Terraform as code.

Sources: https://developer.hashicorp.com/terraform/language/syntax/configuration,
https://developer.hashicorp.com/terraform/language/style,
https://developer.hashicorp.com/terraform/language/expressions/strings.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from groundplan.engines.terraform.text import STEP, code_point, heredoc, is_of_lines, quote, template, template_parts

LINE_WIDTH = 80
"""The widest one-line list, in characters with its indentation; a longer one gets a line for each element."""

ROW_WIDTH = 120
"""The widest :class:`Row` and :class:`Line` on one line."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# As a bare object key `for` begins a for expression; the others read as values and are quoted for the reader.
_QUOTED_KEYS = frozenset({"for", "true", "false", "null"})


@dataclass(frozen=True, slots=True)
class Expression:
    """Code that is written as it stands: ``Expression("aws_vpc.main.id")``. Further lines are indented to fit."""

    source: str


@dataclass(frozen=True, slots=True)
class Template:
    """A quoted string whose interpolations are kept: ``Template("${var.name}-database")``.

    What stands outside ``${…}`` and ``%{…}`` is literal text, unescaped. Literal text of unknown origin goes through
    :func:`escape_interpolation` first. Raises ValueError where an interpolation is not closed.
    """

    source: str

    def __post_init__(self) -> None:
        template_parts(self.source)


@dataclass(frozen=True, slots=True)
class Heredoc:
    """Text over several lines, ``<<-EOT``. Its value always ends with a newline, as HCL has it. Strings and templates
    that do, and have more than one line, are written so as well.

    In a list or a call, where a heredoc reads badly, the same value is written as a quoted string.
    Raises ValueError where the text holds a carriage return, which a heredoc cannot keep.
    """

    text: str

    def __post_init__(self) -> None:
        if "\r" in self.text:
            raise ValueError("a heredoc cannot hold a carriage return; use a plain string")

    @property
    def value(self) -> str:
        """The string that Terraform reads."""
        return self.text if self.text.endswith("\n") else f"{self.text}\n"


@dataclass(frozen=True, slots=True, init=False)
class Call:
    """A function call: ``Call("jsonencode", {"Version": "2012-10-17"})``."""

    function: str
    arguments: tuple[Value, ...]

    def __init__(self, function: str, *arguments: Value) -> None:
        object.__setattr__(self, "function", function)
        object.__setattr__(self, "arguments", arguments)


@dataclass(frozen=True, slots=True)
class Conditional:
    """``condition ? one : other``, with the condition as code."""

    condition: str
    one: Value
    other: Value


@dataclass(frozen=True, slots=True)
class Object:
    """An object some of whose keys are code: ``Object(((Expression("var.name"), 1),))``. With plain keys a mapping
    will do. An :class:`Expression` as a key is put in parentheses, as HCL demands."""

    members: tuple[tuple[str | Expression | Template, Value], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An object on one line where it fits: one of many in a table."""

    members: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Line:
    """A list on one line where it fits, also where that is wider than other lists."""

    elements: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Each:
    """A list made of another: ``[for item in local.items : { … }]``."""

    item: str
    """``item``; with the place of each before it ``index, item``."""
    source: str
    value: Mapping[str, Value]


Value: TypeAlias = (
    "bool | int | float | str | Expression | Template | Heredoc | Call | Conditional | Object | Row | Line | Each"
    " | Sequence[Value] | Mapping[str, Value] | None"
)
"""What an argument can hold. ``None`` is Terraform's ``null``."""


@dataclass(frozen=True, slots=True)
class Argument:
    """``name = value`` in a block or at the top of a file."""

    name: str
    value: Value

    def __post_init__(self) -> None:
        _check_identifier(self.name)


@dataclass(frozen=True, slots=True)
class Comment:
    """One or more lines behind ``#``."""

    text: str


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty line. Blocks get theirs without being asked."""


@dataclass(frozen=True, slots=True)
class Block:
    """``type "label" … { body }``, with an empty line between it and its neighbours."""

    type: str
    labels: tuple[str, ...] = ()
    body: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        _check_identifier(self.type)


Item: TypeAlias = "Argument | Block | Comment | Blank"


def arguments(values: Mapping[str, Value]) -> tuple[Argument, ...]:
    """The arguments of a block from a mapping, in its order."""
    return tuple(Argument(name, value) for name, value in values.items())


def render(items: Iterable[Item]) -> str:
    """The text of a file or, where it is empty, ``""``. Same items, same bytes; every line ends with a newline.

    Raises ValueError for a number that HCL cannot write (infinity, not-a-number) and InputError for text that is
    not valid Unicode.
    """
    lines: list[str] = []
    _body(items, "", lines)
    return "".join([f"{line}\n" for line in lines])


@lru_cache(1 << 12)
def _check_identifier(name: str) -> None:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"{name!r} is not an identifier of HCL")


def _body(items: Iterable[Item], indentation: str, lines: list[str]) -> None:
    """Append the lines of a block's body. Neighbouring arguments form a run, aligned together."""
    run: list[tuple[str, str]] = []
    previous: Item | None = None
    for item in items:
        if isinstance(item, Argument):
            if isinstance(previous, Block):
                lines.append("")
            run.append((item.name, _value(item.value, indentation)))
        else:
            _align(run, indentation, lines)
            run.clear()
            _append(item, previous, indentation, lines)
        previous = item
    _align(run, indentation, lines)


def _append(item: Block | Comment | Blank, previous: Item | None, indentation: str, lines: list[str]) -> None:
    if isinstance(item, Block):
        if isinstance(previous, (Argument, Block)):
            lines.append("")
        head = " ".join((item.type, *map(quote, item.labels)))
        if item.body:
            lines.append(f"{indentation}{head} {{")
            _body(item.body, indentation + STEP, lines)
            lines.append(f"{indentation}}}")
        else:
            lines.append(f"{indentation}{head} {{}}")
    elif isinstance(item, Comment):
        if isinstance(previous, Block):
            lines.append("")
        lines += [f"{indentation}# {line}".rstrip() for line in item.text.splitlines() or [""]]
    else:
        lines.append("")


def _align(rows: Iterable[tuple[str, str]], indentation: str, lines: list[str]) -> None:
    """Append ``key = value`` with the equals signs in one column, as ``terraform fmt`` wants them.

    A value that opens a bracket and goes on in the next line stands alone and ends the run; a heredoc does not.
    """
    run: list[tuple[str, str]] = []
    for key, value in rows:
        if "\n" in value and not value.startswith("<<"):
            _flush(run, indentation, lines)
            run.clear()
            lines.append(f"{indentation}{key} = {value}")
        else:
            run.append((key, value))
    _flush(run, indentation, lines)


def _flush(run: Sequence[tuple[str, str]], indentation: str, lines: list[str]) -> None:
    if run:
        width = max([len(key) for key, _ in run])
        lines += [f"{indentation}{key.ljust(width)} = {value}" for key, value in run]


def _value(value: Value, indentation: str) -> str:
    """A value that begins on a line with this indentation; its further lines carry their own.

    The most frequent are asked for first; whether something is a mapping, which takes longest, last.
    """
    match value:
        case str():
            return _heredoc(Heredoc(value), indentation) if is_of_lines(value) else quote(value)
        case Expression():
            return value.source.replace("\n", f"\n{indentation}")
        case Template(source):
            return _heredoc(value, indentation) if is_of_lines(source) else template(source)
        case dict():
            return _object(tuple(value.items()), indentation)
        case list() | tuple():
            return _list(value, indentation)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            if not math.isfinite(value):
                raise ValueError(f"{value} is not a number that HCL can write")
            return repr(value)
        case Heredoc():
            return _heredoc(value, indentation)
        case Call(function, call_arguments):
            return _call(function, call_arguments, indentation)
        case Conditional(condition, one, other):
            return f"{condition} ? {_inline(one, indentation)} : {_inline(other, indentation)}"
        case Object(members):
            return _object(members, indentation)
        case Row(row):
            return _row(row, indentation)
        case Line(elements):
            return _list(elements, indentation, ROW_WIDTH)
        case Each(item, source, made):
            return f"[for {item} in {source} : {_object(tuple(made.items()), indentation)}]"
        case Mapping():
            return _object(tuple(value.items()), indentation)
        case Sequence():
            return _list(value, indentation)


def _call(function: str, arguments: Sequence[Value], indentation: str) -> str:
    """On one line where at most the last argument goes on in the next; else a line for each."""
    if len(arguments) == 1 and isinstance(arguments[0], str | Template | Heredoc):
        alone = _value(arguments[0], indentation)
        return f"{function}({alone}\n{indentation})" if alone.startswith("<<") else f"{function}({alone})"
    written = [_inline(argument, indentation) for argument in arguments]
    if not any("\n" in argument for argument in written[:-1]):
        return f"{function}({', '.join(written)})"
    inner = indentation + STEP
    lines = "".join(f"{inner}{_inline(argument, inner)},\n" for argument in arguments)
    return f"{function}(\n{lines}{indentation})"


def _inline(value: Value, indentation: str) -> str:
    """A value inside brackets, where a heredoc would need a line of its own for the comma."""
    match value:
        case str():
            return quote(value)
        case Template(source):
            return template(source)
        case Heredoc():
            return quote(value.value)
    return _value(value, indentation)


def _list(elements: Sequence[Value], indentation: str, width: int = LINE_WIDTH) -> str:
    inner = indentation + STEP
    written = [_inline(element, inner) for element in elements]
    one_line = f"[{', '.join(written)}]"
    if "\n" not in one_line and len(indentation) + len(one_line) <= width:
        return one_line
    return "[\n" + "".join(f"{inner}{element},\n" for element in written) + f"{indentation}]"


def _object(members: Sequence[tuple[str | Expression | Template, Value]], indentation: str) -> str:
    if not members:
        return "{}"
    inner = indentation + STEP
    lines = ["{"]
    _align([(_key(key), _value(value, inner)) for key, value in members], inner, lines)
    lines.append(f"{indentation}}}")
    return "\n".join(lines)


def _row(members: Mapping[str, Value], indentation: str) -> str:
    written = ", ".join(f"{_key(key)} = {_inline(value, indentation)}" for key, value in members.items())
    one_line = f"{{ {written} }}"
    fits = "\n" not in one_line and len(indentation) + len(one_line) <= ROW_WIDTH
    return one_line if fits and members else _object(tuple(members.items()), indentation)


def _key(key: str | Expression | Template) -> str:
    match key:
        case Expression(source):
            return f"({source})"
        case Template(source):
            written = template(source)
            return written if written.startswith('"') else f"({written})"
    if _IDENTIFIER.fullmatch(key) and key not in _QUOTED_KEYS:
        return key
    # `terraform fmt` counts grapheme clusters: where that could differ from characters, the key is written in ASCII.
    return "".join(
        character if character.isascii() or unicodedata.category(character) in ("Lu", "Ll") else code_point(character)
        for character in quote(key)
    )


def _heredoc(value: Heredoc | Template, indentation: str) -> str:
    parts = [(value.value, False)] if isinstance(value, Heredoc) else template_parts(value.source)
    written = heredoc(parts, indentation, literal=isinstance(value, Heredoc))
    return _inline(value, indentation) if written is None else written
