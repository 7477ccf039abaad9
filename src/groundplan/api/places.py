"""Where the values of a ``Blueprint(...)`` call are written, read off the file that makes the call.

Messages then name the line and column of the value itself, as they do for YAML. What cannot be followed (a value that
a function returns) has the place of the expression that gives it; where there is no file, nothing is known.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType

from groundplan.api import fields
from groundplan.errors import Position

_MAPPINGS = frozenset({"Blueprint", "dict", *fields.__all__})
"""Calls whose keyword arguments are the keys of what they return."""
_DEPTH = 40
"""How many names and unpackings are followed from one value to the next."""


@dataclass(frozen=True, slots=True)
class _Module:
    """A file as far as values can be followed in it."""

    file: Path
    lines: tuple[str, ...]
    constants: Mapping[str, ast.expr]
    """Names that the whole file assigns once, at the top."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and what is known of the values in it."""

    position: Position
    key: Position | None = None
    """Where its key stands."""
    module: _Module | None = field(default=None, repr=False)
    expression: ast.expr | None = field(default=None, repr=False)

    def inner(self, step: str | int) -> Place:
        """The place of a value in this one: under a key, or at an index. This place, where it cannot be told."""
        if self.module is None or self.expression is None:
            return self
        found = _step(self.expression, step, self.module, _DEPTH)
        if found is None:
            return Place(self.position)
        key, value = found
        return Place(_position(value, self.module), _position(key, self.module), self.module, value)


def place_of_call(frame: FrameType) -> Place:
    """The place of the call that a frame is just making."""
    code, file = frame.f_code, Path(frame.f_code.co_filename)
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, frame.f_globals)
    span = _span(code, frame.f_lasti)
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):  # the file has changed since it was read
        return Place(Position(file, frame.f_lineno, 1))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _span_of(node) == span:
            module = _Module(file, tuple(lines), dict(_constants(tree)))
            return Place(_position(node, module), None, module, node)
    return Place(Position(file, frame.f_lineno, 1))


_Span = tuple[int | None, int | None, int | None, int | None]


def _span(code: CodeType, instruction: int) -> _Span:
    """First and last line, first and last column of what an instruction was compiled from."""
    return next(islice(code.co_positions(), instruction // 2, None), (None, None, None, None))


def _span_of(node: ast.expr) -> _Span:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    stored: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            stored[node.id] = stored.get(node.id, 0) + 1
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if stored[name] == 1:
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if stored[name] == 1:
                yield name, value


def _step(expression: ast.expr, step: str | int, module: _Module, depth: int) -> tuple[ast.AST, ast.expr] | None:
    """The key and the value of one item of an expression, where both can be read off."""
    if depth == 0:
        return None
    match expression:
        case ast.Name(id=name) if name in module.constants:
            return _step(module.constants[name], step, module, depth - 1)
        case ast.List(elts=items) | ast.Tuple(elts=items) if isinstance(step, int):
            before = items[: step + 1]
            if len(before) <= step or any(isinstance(item, ast.Starred) for item in before):
                return None
            return before[-1], before[-1]
        case ast.Dict(keys=keys, values=values):
            for key, value in reversed(list(zip(keys, values, strict=True))):
                if key is None:
                    found = _step(value, step, module, depth - 1)
                    if found:
                        return found
                elif isinstance(key, ast.Constant) and key.value == step:
                    return key, value
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=keywords) if name in _MAPPINGS:
            for keyword in reversed(keywords):
                if keyword.arg is None:
                    found = _step(keyword.value, step, module, depth - 1)
                    if found:
                        return found
                elif keyword.arg == step:
                    return keyword, keyword.value
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _step(right, step, module, depth - 1) or _step(left, step, module, depth - 1)
    return None


def _position(node: ast.AST, module: _Module) -> Position:
    """Line and column, both from 1. Python counts columns in bytes, editors in characters."""
    assert isinstance(node, ast.expr | ast.keyword)
    line = module.lines[node.lineno - 1]
    return Position(module.file, node.lineno, len(line.encode()[: node.col_offset].decode()) + 1)
