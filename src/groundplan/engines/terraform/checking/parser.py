"""From text to the tree of :mod:`syntax`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from groundplan.engines.terraform.checking.syntax import (
    SPLAT,
    Access,
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    HclSyntaxError,
    Index,
    ListOf,
    Literal,
    ObjectOf,
    Operation,
    Step,
    Template,
    Traversal,
)

_COMMENT = r"#[^\n]*|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/"
_SPACE = re.compile(rf"(?:[ \t\r]+|{_COMMENT})*")
_SPACES = re.compile(rf"(?:\s+|{_COMMENT})*")
_BLANK = " \n#\t\r/"
"""How everything begins that is passed over."""
_NAME = re.compile(r"[^\W\d][\w-]*")
_STEP = re.compile(r"[^\W\d][\w-]*|\d+|\*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_OPERATOR = re.compile(r"\|\||&&|==|!=|<=|>=|[-+*/%<>]")
_TRUTH = frozenset(("||", "&&", "==", "!=", "<=", ">=", "<", ">"))
_PLAIN = re.compile(r'"((?:[^"\\$%\n]|[$%](?!\{))*)"')
_LITERAL_PART = re.compile(r'(?:[^"\\$%\n]|\$\$\{|%%\{|[$%](?!\{)|\\(?:[nrt"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}))+')
_HEREDOC_PART = re.compile(r"(?:[^$%]|\$\$\{|%%\{|[$%](?!\{))+")
_ESCAPE = re.compile(r"\\(?:([nrt\"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))|([$%])\4\{")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)\r?\n")
_DIRECTIVE = re.compile(r"~?\s*(if|else|endif|for|endfor)\b")
_Found = TypeVar("_Found")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def parse(text: str) -> Body:
    """The body of a file. Raises HclSyntaxError."""
    return _Parser(text).file()


class _Parser:
    """Reads from ``position`` on. ``depth``: within how many brackets, where a line's end means nothing."""

    def __init__(self, text: str, position: int = 0, end: int | None = None) -> None:
        self.text = text if end is None else text[:end]
        self.position = position
        self.depth = 0

    def file(self) -> Body:
        body = self.body()
        if self.position < len(self.text):
            raise self.error("a block or an argument is expected here")
        return body

    def body(self) -> Body:
        body = Body()
        while True:
            self.skip(_SPACES)
            found = _NAME.match(self.text, self.position)
            if not found:
                return body
            at, name, self.position = found.start(), found[0], found.end()
            self.skip(_SPACE)
            if self.peek() == "=" and not self.text.startswith("==", self.position):
                self.position += 1
                if name in body.attributes:
                    raise HclSyntaxError(f'the argument "{name}" is already set', at)
                body.attributes[name] = Attribute(at, name, self.expression())
                self.line_ends()
            else:
                body.blocks.append(self.block(at, name))

    def block(self, at: int, name: str) -> Block:
        labels = []
        while self.peek() != "{":
            if found := _PLAIN.match(self.text, self.position) or _NAME.match(self.text, self.position):
                labels.append(found[found.lastindex or 0])
                self.position = found.end()
            else:
                raise self.error("a block or an argument is expected here")
            self.skip(_SPACE)
        self.position += 1
        body = self.body()
        if self.peek() != "}":
            what = "a block or an argument is expected here" if self.peek() else f"the block {name} is not closed"
            raise self.error(what)
        self.position += 1
        self.line_ends()
        return Block(at, name, tuple(labels), body)

    def line_ends(self) -> None:
        """What follows has to stand on a line of its own, or be the brace that closes a block."""
        self.skip(_SPACE)
        if self.peek() not in ("\n", "", "}") and self.text[self.position - 1] != "\n":
            raise self.error("the line should end here")

    def expression(self) -> Expression:
        self.space()
        at = self.position
        operands, truth = [self.operand()], False
        while True:
            self.space()
            if not (found := _OPERATOR.match(self.text, self.position)):
                break
            truth = truth or found[0] in _TRUTH
            self.position = found.end()
            operands.append(self.operand())
        whole = operands[0] if len(operands) == 1 else Operation(at, operands, truth)
        if self.peek() != "?":
            return whole
        self.position += 1
        yes = self.expression()
        self.expect(":")
        return Conditional(at, whole, yes, self.expression())

    def operand(self) -> Expression:
        self.space()
        at, sign = self.position, self.peek()
        if sign in ("-", "!") and sign:
            self.position += 1
            inner = self.operand()
            if sign == "-" and isinstance(inner, Literal) and isinstance(inner.value, (int, float)):
                return Literal(at, -inner.value)
            return Operation(at, [inner], sign == "!")
        return self.steps(self.term())

    def term(self) -> Expression:
        at, first = self.position, self.peek()
        if found := _NAME.match(self.text, at):
            return self.named(at, found)
        if found := _NUMBER.match(self.text, at):
            self.position = found.end()
            written = found[0]
            return Literal(at, int(written) if written.isdecimal() else float(written))
        match first:
            case '"':
                return self.string()
            case "(":
                return self.bracketed(")", self.expression)
            case "[":
                return self.bracketed("]", self.list_or_for)
            case "{":
                return self.bracketed("}", self.object_or_for)
        if found := _HEREDOC.match(self.text, at):
            return self.heredoc(found)
        raise self.error("a value is expected here")

    def named(self, at: int, found: re.Match[str]) -> Expression:
        name, self.position = found[0], found.end()
        while self.text.startswith("::", self.position) and (more := _NAME.match(self.text, self.position + 2)):
            name, self.position = f"{name}::{more[0]}", more.end()
        if self.peek() == "(":
            return self.bracketed(")", lambda: Call(at, name, self.elements(")")))
        return Literal(at, _WORDS[name]) if name in _WORDS else Traversal(at, name, [])

    def steps(self, source: Expression) -> Expression:
        steps: list[Step] = []
        while True:
            match self.peek():
                case "." if not self.text.startswith("...", self.position):
                    self.position += 1
                    if not (found := _STEP.match(self.text, self.position)):
                        raise self.error("the name of an attribute is expected here")
                    self.position = found.end()
                    steps.append(int(found[0]) if found[0].isdecimal() else found[0])
                case "[":
                    steps.append(self.bracketed("]", self.key))
                case _:
                    break
        if not steps:
            return source
        if isinstance(source, Traversal):
            source.steps += steps
            return source
        return Access(source.at, source, steps)

    def key(self) -> Step:
        self.space()
        if self.peek() == "*":
            self.position += 1
            return SPLAT
        key = self.expression()
        if isinstance(key, Literal) and isinstance(key.value, int) and not isinstance(key.value, bool):
            return key.value
        return Index(key)

    def bracketed(self, end: str, content: Callable[[], _Found]) -> _Found:
        """What stands between the bracket at the position and the one that closes it."""
        opened = self.position
        self.position += 1
        self.depth += 1
        found = content()
        self.skip(_SPACES)
        if not self.peek():
            raise HclSyntaxError(f"{self.text[opened]} is not closed", opened)
        if self.peek() != end:
            raise self.error(f"{end} is expected here")
        self.position += 1
        self.depth -= 1
        return found

    def elements(self, end: str) -> list[Expression]:
        found: list[Expression] = []
        self.skip(_SPACES)
        while self.peek() not in (end, ""):
            found.append(self.expression())
            self.skip(_SPACES)
            if self.text.startswith("...", self.position):
                self.position += 3
                self.skip(_SPACES)
            if self.peek() != ",":
                break
            self.position += 1
            self.skip(_SPACES)
        return found

    def list_or_for(self) -> Expression:
        at = self.position - 1
        return self.for_(at, keyed=False) or ListOf(at, self.elements("]"))

    def object_or_for(self) -> Expression:
        at = self.position - 1
        if loop := self.for_(at, keyed=True):
            return loop
        members: list[tuple[Expression, Expression]] = []
        outer, self.depth = self.depth, 0  # between members a line's end is a comma
        self.skip(_SPACES)
        while self.peek() not in ("}", ""):
            key = self.expression()
            if isinstance(key, Traversal) and not key.steps:
                key = Literal(key.at, key.root)
            self.skip(_SPACE)
            if self.peek() not in ("=", ":"):
                raise self.error("= is expected here")
            self.position += 1
            members.append((key, self.expression()))
            self.skip(_SPACE)
            if self.peek() == ",":
                self.position += 1
            elif self.peek() not in ("\n", "}") and self.text[self.position - 1] != "\n":
                raise self.error("a comma or the end of the line is expected here")
            self.skip(_SPACES)
        self.depth = outer
        return ObjectOf(at, members)

    def for_(self, at: int, *, keyed: bool) -> For | None:
        self.skip(_SPACES)
        begun = re.compile(r"for\s").match(self.text, self.position)
        if not begun:
            return None
        self.position = begun.end()
        names, collection = self.loop_head()
        self.expect(":")
        key, value, grouping = None, self.expression(), False
        if keyed:
            self.skip(_SPACES)
            if not self.text.startswith("=>", self.position):
                raise self.error("=> is expected here")
            self.position += 2
            key, value = value, self.expression()
            self.skip(_SPACES)
            if grouping := self.text.startswith("...", self.position):
                self.position += 3
        self.skip(_SPACES)
        condition = None
        if begun := re.compile(r"if\b").match(self.text, self.position):
            self.position = begun.end()
            condition = self.expression()
        return For(at, names, collection, key, value, condition, grouping)

    def loop_head(self) -> tuple[list[str], Expression]:
        """``key, value in collection``"""
        names: list[str] = []
        while True:
            self.skip(_SPACES)
            if not (found := _NAME.match(self.text, self.position)):
                raise self.error("a name is expected here")
            self.position = found.end()
            if found[0] == "in" and names:
                return names, self.expression()
            names.append(found[0])
            self.skip(_SPACES)
            if self.peek() == ",":
                self.position += 1

    def string(self) -> Expression:
        at = self.position
        if plain := _PLAIN.match(self.text, at):
            self.position = plain.end()
            return Literal(at, plain[1])
        self.position += 1
        parts = self.parts(_LITERAL_PART)
        if self.peek() != '"':
            raise HclSyntaxError("the string is not closed", at)
        self.position += 1
        return _template(at, parts)

    def parts(self, literal: re.Pattern[str]) -> list[Expression]:
        """Literal text and interpolations, as far as they go."""
        parts: list[Expression] = []
        outer, self.depth = self.depth, 1
        while self.position < len(self.text):
            at = self.position
            if found := literal.match(self.text, at):
                escaped = literal is _LITERAL_PART
                self.position = found.end()
                parts.append(Literal(at, _ESCAPE.sub(_unescaped, found[0]) if escaped else found[0]))
            elif self.text.startswith("${", at):
                self.position += 2 + self.text.startswith("~", at + 2)
                parts.append(self.expression())
                self.interpolation_ends(at)
            elif self.text.startswith("%{", at):
                self.position += 2
                parts.append(self.directive(at))
                self.interpolation_ends(at)
            else:
                break
        self.depth = outer
        return parts

    def directive(self, at: int) -> Expression:
        """``if`` and ``for`` with what they ask about; what they lead to follows as parts of its own."""
        found = _DIRECTIVE.match(self.text, self.position)
        if not found:
            raise self.error("if, else, endif, for or endfor is expected here")
        self.position = found.end()
        if found[1] == "if":
            return Operation(at, [self.expression()], True)
        if found[1] == "for":
            raise HclSyntaxError("loops in text are not read here; write a for expression", at)
        return Literal(at, "")

    def interpolation_ends(self, at: int) -> None:
        self.skip(_SPACES)
        self.position += self.peek() == "~"
        if self.peek() != "}":
            raise HclSyntaxError("the interpolation is not closed", at)
        self.position += 1

    def heredoc(self, found: re.Match[str]) -> Expression:
        at = self.position
        end = re.compile(rf"^[ \t]*{re.escape(found[2])}[ \t]*\r?$", re.M).search(self.text, found.end())
        if not end:
            raise HclSyntaxError(f"the text up to {found[2]} is not closed", at)
        inner = _Parser(self.text, found.end(), end.start())
        parts = inner.parts(_HEREDOC_PART)
        self.position = end.end()
        return _template(at, parts)

    def expect(self, sign: str) -> None:
        self.skip(_SPACES if self.depth else _SPACE)
        if self.peek() != sign:
            raise self.error(f"{sign} is expected here")
        self.position += 1

    def space(self) -> None:
        self.skip(_SPACES if self.depth else _SPACE)

    def skip(self, pattern: re.Pattern[str]) -> None:
        if self.text[self.position : self.position + 1] in _BLANK:
            found = pattern.match(self.text, self.position)
            assert found is not None
            self.position = found.end()

    def peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def error(self, message: str) -> HclSyntaxError:
        return HclSyntaxError(message, self.position)


def _template(at: int, parts: list[Expression]) -> Expression:
    """Text: a literal where nothing interpolates; the value itself where there is nothing but one interpolation."""
    if all(isinstance(part, Literal) for part in parts):
        return Literal(at, "".join(str(part.value) for part in parts if isinstance(part, Literal)))
    return parts[0] if len(parts) == 1 else Template(at, parts)


def _unescaped(match: re.Match[str]) -> str:
    short, four, eight, sign = match.groups()
    if sign:
        return f"{sign}{{"
    return _ESCAPED[short] if short else chr(int(four or eight, 16))
