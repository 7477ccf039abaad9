"""Texts and code as parts, so that what differs in them can be put in: ``"${var.name_prefix}-api"``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from groundplan.engines.terraform.hcl import Expression, Template, Value, escape_interpolation
from groundplan.engines.terraform.modules.links import Code, Link, Normal, Part, Token


def cut(code: Code, words: Mapping[str, str]) -> tuple[Part, ...]:
    """Its parts, with words cut out of the text; the longest where several begin at one place."""
    if not code.template or not words:
        return code.parts
    present = tuple(word for word in words if any(isinstance(part, str) and word in part for part in code.parts))
    if not present:
        return code.parts
    pattern = _any_of(present)
    found: list[Part] = []
    for part in code.parts:
        if not isinstance(part, str):
            found.append(part)
            continue
        position = 0
        for match in pattern.finditer(part):
            if match.start() > position:
                found.append(part[position : match.start()])
            found.append(Token(words[match[0]]))
            position = match.end()
        if position < len(part):
            found.append(part[position:])
    return tuple(found)


@lru_cache(maxsize=1 << 10)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])" for word in longest))


def match(splits: Sequence[tuple[Part, ...]]) -> bool:
    """Whether parts at the same place are the same, or links to the same, and there are as many."""
    if len({len(parts) for parts in splits}) != 1:
        return False
    for parts in zip(*splits, strict=True):
        known = {(part.group, part.attribute) if isinstance(part, Link) else part for part in parts}
        if len(known) != 1:
            return False
    return True


def as_code(value: Normal) -> Code:
    """A literal text as code without links; code as it is."""
    if isinstance(value, Code):
        return value
    assert isinstance(value, str)
    return Code(True, (escape_interpolation(value),) if value else ())


def unescaped(text: str) -> str:
    """The literal text of a template's source."""
    return text.replace("$${", "${").replace("%%{", "%{")


def joined(template: bool, parts: Sequence[Part]) -> Value:
    """Parts as one value."""
    if not template:
        return Expression("".join(part if isinstance(part, str) else _code_of(part) for part in parts))
    source = "".join(part if isinstance(part, str) else f"${{{_code_of(part)}}}" for part in parts)
    if not any(isinstance(part, Token) for part in parts) and "${" not in source.replace("$${", ""):
        return unescaped(source)
    return Template(source)


def _code_of(part: Part) -> str:
    assert isinstance(part, Token)
    return part.code
