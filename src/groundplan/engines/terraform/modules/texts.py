"""Texts and code as parts, so that what differs in them can be put in: ``"${var.name_prefix}-api"``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from groundplan.engines.terraform.hcl import Expression, Template, Value
from groundplan.engines.terraform.modules.links import Code, Link, Normal, Part, Token
from groundplan.engines.terraform.text import escape_interpolation


def cut(code: Code, words: Mapping[str, str]) -> tuple[Part, ...]:
    """Its parts, with words cut out of the text; the longest where several begin at one place."""
    if not code.template or not words:
        return code.parts
    found: list[Part] = []
    for part in code.parts:
        if not isinstance(part, str):
            found.append(part)
            continue
        position = 0
        for start, word in _words_in(part, [word for word in words if word in part]):
            if start > position:
                found.append(part[position:start])
            found.append(Token(words[word]))
            position = start + len(word)
        if position < len(part):
            found.append(part[position:])
    return tuple(found)


def _words_in(text: str, words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Where words stand in a text by themselves, one after another. Not with :mod:`re`: each resource has other words,
    and to compile them takes longer than to look for them."""
    position = 0
    while found := [(start, -len(word), word) for word in words if (start := _place(text, word, position)) >= 0]:
        start, _, word = min(found)
        yield start, word
        position = start + len(word)


def _place(text: str, word: str, position: int) -> int:
    """Where a word stands from a position on, with no letter or digit around it; -1 where it does not."""
    while (start := text.find(word, position)) >= 0:
        end = start + len(word)
        if not (_is_of_word(text[start - 1 : start]) or _is_of_word(text[end : end + 1])):
            return start
        position = start + 1
    return -1


def _is_of_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


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
