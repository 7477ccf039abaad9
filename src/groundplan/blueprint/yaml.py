"""YAML with places: a file becomes a tree of nodes, and what is wrong with it is said with line and column.

The rules are those of YAML 1.2's core schema, not PyYAML's 1.1: ``on``, ``yes`` and ``no`` are texts, so are dates and
``03:00``; a number keeps its text where that says more than its value. libyaml only splits the file into events; the
tree is put together here, because its own composer neither limits depth nor aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from yaml import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    Loader,
    MappingEndEvent,
    MappingStartEvent,
    MarkedYAMLError,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    YAMLError,
    parse,
)

try:
    from yaml import CLoader
except ImportError:  # PyYAML was built without libyaml: slower, the same events
    CLoader = Loader  # type: ignore[assignment,misc]  # the two share the interface used here

from groundplan.blueprint.tree import Node, Scalar, WrittenFloat, WrittenInt
from groundplan.errors import EnvironmentalError, InputError, Position, Problem
from groundplan.files import reason

MAX_BYTES = 1024 * 1024
"""A blueprint of 100 services has about 100 KB."""
MAX_VALUES = 100_000
"""Values after every alias is written out."""
MAX_DEPTH = 40

_INT = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_CONSTANTS: dict[str, bool | None] = (
    dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
    | dict.fromkeys(("", "~", "null", "Null", "NULL"))
)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = ("!", *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")))


def read_scalar(text: str) -> Scalar:
    """What an unquoted text means in YAML 1.2's core schema. Infinity and not-a-number stay texts."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) <= 32:  # longer digits are no quantity, and int() of thousands of them is slow
        if _INT.fullmatch(text):
            whole = int(text)
            return whole if str(whole) == text else WrittenInt(whole, text)
        if _OTHER_BASE.fullmatch(text):
            return WrittenInt(int(text, 0), text)
        if _FLOAT.fullmatch(text):
            number = float(text)
            return number if str(number) == text else WrittenFloat(number, text)
    return text


def read_text(file: Path) -> str:
    """The text of a file. Raises InputError where it is missing, too large or not UTF-8, EnvironmentalError where
    the system refuses to read it."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
            size = file.stat().st_size
    except FileNotFoundError as error:
        raise InputError(
            f"{file} does not exist; groundplan init writes a first blueprint, -f/--file names another file"
        ) from error
    except IsADirectoryError as error:
        raise InputError(f"{file} is a folder; name the blueprint in it: {file / 'groundplan.yaml'}") from error
    except OSError as error:
        raise EnvironmentalError(f"{file} cannot be read: {reason(error)}") from error
    return decode(data, file, size)


def decode(data: bytes, file: Path, size: int = 0) -> str:
    """The text of a file that is read; ``size``: how many bytes it has where these are only the first of them.

    Raises InputError where it is too large, not UTF-8 or has characters that YAML does not allow.
    """
    if len(data) > MAX_BYTES:
        much = f"{max(size, len(data)) / 1024 / 1024:.1f} MiB"
        raise _wrong(file, 1, 1, f"{much} is too large for a blueprint, which may have 1 MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = _line_and_column(before, len(before))
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise _wrong(file, 1, 1, "the file is UTF-16; save it as UTF-8") from error
        raise _wrong(
            file, line, column, f"the byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from error
    if unprintable := _UNPRINTABLE.search(text):
        line, column = _line_and_column(text, unprintable.start())
        raise _wrong(file, line, column, f"the character U+{ord(unprintable[0]):04X} is not allowed in YAML")
    return text


def read_yaml(text: str, file: Path) -> Node:
    """The tree of a YAML text, a mapping at its top.

    Raises InputError with the place of the first thing that cannot be read: broken YAML, tabs, a key that stands
    twice, aliases that grow without bounds, an empty file, something else than a mapping.
    """
    try:
        root = _Composer(file).compose(parse(text, Loader=CLoader))
    except MarkedYAMLError as error:
        raise _explain(error, text, file) from error
    except YAMLError as error:
        raise _wrong(file, 1, 1, f"this is not YAML: {error}") from error
    if root is None or (root.value is None and root.size == 1):
        raise _wrong(file, 1, 1, "the blueprint is empty; it starts with project: and region:")
    if not isinstance(root.value, dict):
        raise InputError([Problem("a blueprint is a mapping of keys to values, like project: shop", root.position)])
    return root


class _Open:
    """A mapping or list whose end has not come yet."""

    def __init__(self, start: Position, anchor: str | None, fields: dict[str, Node] | None) -> None:
        self.start = start
        self.anchor = anchor
        self.fields = fields
        self.items: list[Node] = []
        self.merged: dict[str, Node] = {}
        """What ``<<`` brings in; keys that are written go before it."""
        self.key: str | None = None
        self.key_position: Position | None = None
        self.size = 1


class _Composer:
    """Puts events together to nodes, without recursion."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.anchors: dict[str, Node] = {}
        self.stack: list[_Open] = []
        self.root: Node | None = None

    def compose(self, events: Iterator[Event]) -> Node | None:
        documents = 0
        for event in events:
            match event:
                case DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise self.wrong(event, "a second document starts here; a blueprint is one document")
                case ScalarEvent():
                    self.check_tag(event)
                    plain = not event.style and event.implicit[0]  # libyaml says "" for unquoted, PyYAML None
                    node = Node(read_scalar(event.value) if plain else event.value, self.at(event))
                    self.add(node, event, event.anchor, event.value)
                case AliasEvent():
                    self.add(self.target(event), event)
                case MappingStartEvent() | SequenceStartEvent():
                    self.check_tag(event)
                    self.open(event)
                case MappingEndEvent() | SequenceEndEvent():
                    self.close(event)
        return self.root

    def at(self, event: Event) -> Position:
        mark = event.start_mark
        return Position(self.file, mark.line + 1, mark.column + 1) if mark else Position(self.file, 1, 1)

    def wrong(self, event: Event, message: str) -> InputError:
        return InputError([Problem(message, self.at(event))])

    def check_tag(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.tag is not None and event.tag not in _TAGS:
            raise self.wrong(event, f'the tag "{event.tag}" means nothing in a blueprint; leave it out')

    def target(self, event: AliasEvent) -> Node:
        """What an alias stands for."""
        if any(part.anchor == event.anchor for part in self.stack):
            raise self.wrong(event, f'"*{event.anchor}" stands inside the value that it repeats')
        if event.anchor not in self.anchors:
            raise self.wrong(event, f'"*{event.anchor}" repeats a value that is nowhere marked with "&{event.anchor}"')
        return self.anchors[event.anchor]

    def open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and top.fields is not None and top.key is None:
            raise self.wrong(event, "a key has to be a text, and is a list or a mapping")
        if len(self.stack) >= MAX_DEPTH:
            raise self.wrong(event, f"values are nested deeper than {MAX_DEPTH} levels")
        self.stack.append(_Open(self.at(event), event.anchor, {} if isinstance(event, MappingStartEvent) else None))

    def close(self, event: Event) -> None:
        done = self.stack.pop()
        value = done.items if done.fields is None else {**done.merged, **done.fields}
        self.add(Node(value, done.start, size=done.size), event, done.anchor)

    def add(self, node: Node, event: Event, anchor: str | None = None, text: str | None = None) -> None:
        """Put a finished value, or a key, where it belongs."""
        if anchor is not None:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if top.fields is not None and top.key is None:
            top.key, top.key_position = self.read_key(top, node, event, text), self.at(event)
            return
        top.size += node.size
        if top.size + sum(part.size for part in self.stack[:-1]) > MAX_VALUES:
            raise self.wrong(event, f"with its aliases written out the blueprint has more than {MAX_VALUES} values")
        if top.fields is None:
            top.items.append(node)
        elif top.key == "<<":
            self.merge(top, node, event)
        elif top.key is not None:
            top.fields[top.key] = Node(node.value, node.position, top.key_position, node.layer, node.size)
        top.key = None

    def read_key(self, top: _Open, node: Node, event: Event, text: str | None) -> str:
        if isinstance(node.value, dict | list):
            raise self.wrong(event, "a key has to be a text, and is a list or a mapping")
        key = text if text is not None else str(node.value)
        if not key:
            raise self.wrong(event, "a key is missing before the colon")
        before = (top.fields or {}).get(key)
        if before is not None and before.key is not None:
            raise self.wrong(event, f'the key "{key}" stands twice; the first is in line {before.key.line}')
        return key

    def merge(self, top: _Open, node: Node, event: Event) -> None:
        """The merge key ``<<``: one mapping or a list of them, the earlier of which wins."""
        sources = node.value if isinstance(node.value, list) else [node]
        for source in sources:
            if not isinstance(source.value, dict):
                raise self.wrong(event, '"<<" takes a mapping or a list of mappings, like "<<: *defaults"')
            for key, child in source.value.items():
                top.merged.setdefault(key, child)


_PLAINER = (
    (r"mapping values are not allowed", "a colon stands where no key can be; is a line indented too far, "
     "a text with a colon not in quotes, or a colon above without a space behind it?"),
    (r"could not find expected ':'", "a colon and a space are missing behind this key"),
    (r"did not find expected key|did not find expected '-' indicator",
     "this line is not indented like the lines before it"),
    (r"did not find expected ',' or '\]'|expected ',' or '\]'", 'a list in brackets lacks its "," or "]"'),
    (r"did not find expected ',' or '\}'|expected ',' or '\}'", 'a mapping in braces lacks its "," or "}"'),
    (r"unexpected end of stream", "a quoted text is never closed"),
    (r"<document start>", "the blueprint ends before this; is a bracket or brace too many?"),
    (r"cannot start any token", "a text cannot begin with this character; put it in quotes"),
)  # fmt: skip


def _explain(error: MarkedYAMLError, text: str, file: Path) -> InputError:
    """What is wrong with the YAML, without the parser's jargon where a plainer sentence is known."""
    mark = error.problem_mark or error.context_mark
    problem = error.problem or str(error)
    if mark is None:
        return _wrong(file, 1, 1, f"this is not YAML: {problem}")
    lines = text.splitlines() or [""]
    line = lines[mark.line] if mark.line < len(lines) else ""
    margin = line[: len(line) - len(line.lstrip())]
    if "\t" in margin:
        return _wrong(file, mark.line + 1, margin.index("\t") + 1, "the line is indented with a tab; use spaces")
    message = next(
        (plain for pattern, plain in _PLAINER if re.search(pattern, problem)), f"this is not YAML: {problem}"
    )
    place = mark
    # An unclosed quote or bracket is noticed at the end of the file, a missing colon where the next line begins; where
    # it opened, and where the key stands, is what helps.
    if error.context_mark is not None and re.search(r"flow|quoted|simple key", error.context or ""):
        place = error.context_mark
    return _wrong(file, place.line + 1, place.column + 1, message)


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _wrong(file: Path, line: int, column: int, message: str) -> InputError:
    return InputError([Problem(message, Position(file, line, column))])
