"""Writing templates as YAML: block style, short tags (``!Ref``, ``!GetAtt``, ``!Sub``), the order as it is given.

>>> print(dump({"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "MainVpc"}}}), end="")
Type: AWS::EC2::Subnet
Properties:
  VpcId: !Ref MainVpc

It is a writer of its own because templates are large and simple: for 100 services PyYAML's CSafeDumper takes 0.43 s
where this takes 0.06 s (``tests/engines/cloudformation/test_yaml.py`` reads everything back with PyYAML). Quotes are
set wherever a reader of YAML 1.1, CloudFormation's, could see anything but a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_PLAIN = re.compile(r"(?=[A-Za-z/])[\w./:@*+=()-]*[\w./@*+=()-](?: [\w./:@*+=()-]*[\w./@*+=()-])*", re.ASCII)
"""Words without quotes: a colon stands inside of them only, where it is no key's."""
_PATH = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)*")
_ADDRESS = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(/\d{1,2})?")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
"""What YAML 1.1 does not read as a string. Source: https://yaml.org/type/bool.html, https://yaml.org/type/null.html"""
_PRINTABLE = re.compile("[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
"""What may stand unescaped; line and paragraph separators may not, they would end the line."""
_STEP = "  "


def dump(value: Mapping[str, object], indent: str = "") -> str:
    """A mapping that is not empty as YAML text. Raises TypeError for what JSON has no type for."""
    lines: list[str] = []
    _mapping(value, indent, lines)
    return "\n".join(lines) + "\n"


def _mapping(value: Mapping[str, object], indent: str, lines: list[str], first: str | None = None) -> None:
    lead = indent if first is None else first
    for key, item in value.items():
        if isinstance(item, str) and "\n" not in item:
            lines.append(f"{lead}{_scalar(key)}: {_scalar(item)}")
        else:
            _entry(f"{lead}{_scalar(key)}:", item, indent, lines)
        lead = indent


def _sequence(items: Iterable[object], indent: str, lines: list[str]) -> None:
    deeper = indent + _STEP
    for item in items:
        if isinstance(item, dict) and item and not _is_intrinsic(item):
            _mapping(item, deeper, lines, first=f"{indent}- ")
        else:
            _entry(f"{indent}-", item, indent, lines)


def _entry(lead: str, item: object, indent: str, lines: list[str]) -> None:
    """Append ``lead`` and the item behind or below it."""
    if isinstance(item, str):
        text = _block(item, indent + _STEP) if "\n" in item else _scalar(item)
        lines.append(f"{lead} {text}")
    elif isinstance(item, dict):
        if len(item) == 1 and _intrinsic(lead, item, indent, lines):
            return
        if item:
            lines.append(lead)
            _mapping(item, indent + _STEP, lines)
        else:
            lines.append(f"{lead} {{}}")
    elif isinstance(item, list | tuple):
        if item:
            lines.append(lead)
            _sequence(item, indent + _STEP, lines)
        else:
            lines.append(f"{lead} []")
    else:
        lines.append(f"{lead} {_number(item)}")


_TAGS = {"Ref": "!Ref", "Fn::GetAtt": "!GetAtt", "Fn::Sub": "!Sub", "Fn::If": "!If", "Fn::Equals": "!Equals"}


def _is_intrinsic(item: Mapping[str, object]) -> bool:
    return len(item) == 1 and next(iter(item)) in _TAGS


def _intrinsic(lead: str, item: Mapping[str, object], indent: str, lines: list[str]) -> bool:
    """Append a function in its short form, where it has one."""
    ((function, argument),) = item.items()
    tag = _TAGS.get(function)
    if tag is None:
        return False
    if isinstance(argument, str):
        text = _block(argument, indent + _STEP) if "\n" in argument else _scalar(argument)
        lines.append(f"{lead} {tag} {text}")
    elif not isinstance(argument, list):
        return False
    elif function == "Fn::GetAtt" and all(_is_path(part) for part in argument):
        lines.append(f"{lead} {tag} {'.'.join(argument)}")
    elif all(_is_short(part) for part in argument):
        lines.append(f"{lead} {tag} [{', '.join(_flow(part) for part in argument)}]")
    else:
        lines.append(f"{lead} {tag}")
        _sequence(argument, indent + _STEP, lines)
    return True


def _is_path(part: object) -> bool:
    return isinstance(part, str) and _PATH.fullmatch(part) is not None


def _is_short(item: object) -> bool:
    return _is_reference(item) or not isinstance(item, Mapping | list | tuple | str) or _is_word(item)


def _is_reference(item: object) -> bool:
    return isinstance(item, Mapping) and len(item) == 1 and isinstance(item.get("Ref"), str)


def _is_word(item: object) -> bool:
    return isinstance(item, str) and re.fullmatch(r"[A-Za-z0-9]+", item) is not None


def _flow(item: object) -> str:
    if isinstance(item, Mapping):
        return f"!Ref {_scalar(item['Ref'])}"
    return _scalar(item) if isinstance(item, str) else _number(item)


def _number(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = json.dumps(value, allow_nan=False)
        # YAML 1.1 takes an exponent only behind a decimal point.
        return text.replace("e", ".0e") if "e" in text and "." not in text else text
    raise TypeError(f"{type(value).__name__} cannot stand in a template")


def _block(value: str, indent: str) -> str:
    """A literal block, which a person can read, where one can hold the text; else a double-quoted string."""
    body, end = (value[:-1], "|") if value.endswith("\n") else (value, "|-")
    rows = body.split("\n")
    if body == "" or rows[-1] == "" or rows[0][:1] in ("", " ") or not all(_PRINTABLE.fullmatch(row) for row in rows):
        return _double_quoted(value)
    return f"{end}\n" + "\n".join(f"{indent}{row}" if row else "" for row in rows)


@lru_cache(maxsize=16384)
def _scalar(value: str) -> str:
    if (_PLAIN.fullmatch(value) and value.lower() not in _WORDS) or _ADDRESS.fullmatch(value):
        return value
    if _PRINTABLE.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    return _double_quoted(value)


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _double_quoted(value: str) -> str:
    return '"' + "".join(_ESCAPES.get(sign) or _escaped(sign) for sign in value) + '"'


def _escaped(sign: str) -> str:
    return sign if _PRINTABLE.fullmatch(sign) else f"\\U{ord(sign):08x}"
