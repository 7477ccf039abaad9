"""Text in Terraform's language: quoted strings, templates, heredocs, and what has to be escaped in each.

Source: https://developer.hashicorp.com/terraform/language/expressions/strings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from groundplan.errors import InputError

STEP = "  "
"""How much further the inside of anything is indented."""

_SIGNS_BEFORE_BRACE = re.compile(r"([$%]+)\{")
_INTERPOLATION_SIGN = re.compile(r"\$?\$\{|%?%\{")
_BRACE_OR_QUOTE = re.compile(r'[{}"]')
_DOLLARS_AT_THE_END = re.compile(r"\$+\Z")
_INTERPOLATION = re.compile(r"\$\{\s*([^~\s].*?)\s*\}", re.DOTALL)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text: str) -> str:
    """A literal string in quotes: nothing in it interpolates."""
    if _is_plain(text) and "{" not in text:
        return f'"{text}"'
    return f'"{_escape_interpolation(_escape(text), in_quotes=True)}"'


def escape_interpolation(text: str) -> str:
    """Literal text that may stand in the source of a :class:`Template`, also right before an interpolation, without
    becoming code."""
    written = _escape_interpolation(text, in_quotes=False)
    return _DOLLARS_AT_THE_END.sub(r'${"\g<0>"}', written) if written.endswith("$") else written


def is_of_lines(text: str) -> bool:
    """Whether people would write it as a heredoc: a script, a configuration file."""
    return "\n" in text[:-1] and text[-1] == "\n" and "\r" not in text


def code_point(character: str) -> str:
    """A character as quoted strings can say it in ASCII."""
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "\\" not in text and '"' not in text


def _escape(text: str) -> str:
    """Backslash escapes for a quoted string. Control characters are written as code points."""
    if _is_plain(text):
        return text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{text!r} is not valid Unicode: a half of a surrogate pair stands alone") from error
    return "".join(
        _ESCAPES.get(character) or (code_point(character) if unicodedata.category(character) == "Cc" else character)
        for character in text
    )


def _escape_interpolation(text: str, *, in_quotes: bool) -> str:
    """``${`` becomes ``$${``. Where another sign stands before it that doubling would be misread: the last one is
    then written as a code point or, where there are none, the signs as an interpolated string."""

    def escaped(match: re.Match[str]) -> str:
        signs = match[1]
        if len(signs) == 1:
            return f"{signs}{signs}{{"
        return f"{signs[:-1]}{code_point(signs[-1])}{{" if in_quotes else f'${{"{signs}"}}{{'

    return _SIGNS_BEFORE_BRACE.sub(escaped, text) if "{" in text else text


def template(source: str) -> str:
    """A template in quotes, or the code alone where there is nothing else in it."""
    parts = template_parts(source)
    if len(parts) == 1 and (alone := _INTERPOLATION.fullmatch(source)):
        return alone[1]  # `terraform fmt` takes the quotes away where there is nothing else in them.
    return '"' + "".join(part if code else _escape(part) for part, code in parts) + '"'


@lru_cache(1 << 13)
def template_parts(source: str) -> Sequence[tuple[str, bool]]:
    """The literal parts of a template and its interpolations (True), in order. ``$${`` is literal text."""
    parts: list[tuple[str, bool]] = []
    start = position = 0
    while sign := _INTERPOLATION_SIGN.search(source, position):
        position = sign.end()
        if len(sign[0]) == 2:
            if start < sign.start():
                parts.append((source[start : sign.start()], False))
            start, position = sign.start(), _end_of_interpolation(source, sign.start())
            parts.append((source[start:position], True))
            start = position
    if start < len(source):
        parts.append((source[start:], False))
    return tuple(parts)


def _end_of_interpolation(source: str, position: int) -> int:
    """The position behind the brace that closes the interpolation at ``position``; quoted strings are skipped."""
    position += 2
    depth = 1
    while sign := _BRACE_OR_QUOTE.search(source, position):
        position = sign.end()
        match sign[0]:
            case "{":
                depth += 1
            case "}":
                depth -= 1
                if not depth:
                    return position
            case _:
                position = _end_of_string(source, sign.start())
    raise ValueError(f"an interpolation is not closed in the template {source!r}")


def _end_of_string(source: str, position: int) -> int:
    """The position behind the quote that closes the string at ``position``, which may interpolate in turn."""
    position += 1
    while position < len(source):
        if source[position] == "\\":
            position += 2
        elif source.startswith(("$${", "%%{"), position):
            position += 3
        elif source.startswith(("${", "%{"), position):
            position = _end_of_interpolation(source, position)
        elif source[position] == '"':
            return position + 1
        else:
            position += 1
    raise ValueError(f"a string is not closed in the template {source!r}")


def heredoc(parts: Iterable[tuple[str, bool]], indentation: str, *, literal: bool) -> str | None:
    """Text that ends with a newline as a heredoc, its literal parts escaped if nothing in it is code; None where it
    cannot be one: code over several lines would be indented as text is, and control characters need quotes."""
    if any(map(_needs_quotes, parts := tuple(parts))):
        return None
    lines = "".join(part for part, _ in parts)[:-1].split("\n")
    tag = "EOT"
    while tag in (line.strip() for line in lines):
        tag += "_"
    # `<<-` takes away the indentation that all lines share, those of mere spaces aside: text that brings some of its
    # own is not indented further.
    own = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=1)
    opening, inner = ("<<", "") if own else ("<<-", indentation + STEP)
    escaped = (_escape_interpolation(line, in_quotes=False) if literal else line for line in lines)
    written = [f"{inner}{line}" if line.strip() else line for line in escaped]
    return "\n".join((f"{opening}{tag}", *written, f"{indentation if inner else ''}{tag}"))


def _needs_quotes(part: tuple[str, bool]) -> bool:
    text, code = part
    return "\n" in text if code else any(unicodedata.category(one) == "Cc" and one not in "\t\n" for one in text)
