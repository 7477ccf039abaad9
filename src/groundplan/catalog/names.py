"""What AWS allows as a name, per kind of resource: length, characters, case, first and last character."""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import Any

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.errors import InputError, suggestion
from groundplan.record import Record, dataclass


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@dataclass(frozen=True)
class NameRule(Record):
    """The rule for the names of one kind of resource."""

    kind: str
    title: str
    """The kind as AWS writes it: ``S3 bucket``."""
    minimum: int
    maximum: int
    """The greatest length, in characters."""
    pattern: str
    """A regular expression that the whole name matches."""
    lower_case: bool
    """Whether the service allows no capitals, or stores them in lower case."""
    description: str
    """The rule in words, as the end of a sentence that starts "a name may have"."""
    reserved: tuple[str, ...]
    """Names that the service keeps for itself, in lower case."""
    reserved_prefixes: tuple[str, ...]
    reserved_suffixes: tuple[str, ...]
    forbidden: tuple[str, ...]
    """Sequences of characters that a name must not contain."""
    separators: str
    """Which of ``-`` and ``_`` a name may have."""
    source: Source

    def problem(self, name: str) -> str | None:
        """A sentence that says what is wrong with a name and what is right; None for a legal name."""
        fault = self._fault(name)
        return None if fault is None else f'"{name}" as the name of {_article(self.title)} {self.title} {fault}'

    def _fault(self, name: str) -> str | None:
        """The end of that sentence."""
        if len(name) > self.maximum:
            return f"has {len(name)} characters; at most {self.maximum} are allowed"
        if len(name) < self.minimum:
            return f"has {len(name)} characters; at least {self.minimum} are needed"
        if self.lower_case and name != name.lower():
            return f'has capitals, which are not allowed; write "{name.lower()}"'
        if not _compiled(self.pattern).fullmatch(name):
            return f"is not allowed; a name has {self.description}"
        plain = name.lower()
        if plain in self.reserved:
            return "is not allowed: AWS or the engine keeps this name for itself; choose another"
        for forbidden in self.forbidden:
            if forbidden in plain:
                return f'contains "{forbidden}", which is not allowed; a name has {self.description}'
        for prefix in self.reserved_prefixes:
            if plain.startswith(prefix):
                kept = f'"{prefix}", which {self._cloud} keeps for itself'
                return f"starts with {kept}; choose another beginning"
        for suffix in self.reserved_suffixes:
            if plain.endswith(suffix):
                return f'ends with "{suffix}", which AWS keeps for itself; choose another end'
        return None

    @property
    def _cloud(self) -> str:
        return "Google" if self.kind.startswith("google_") else "AWS"

    def fit(self, name: str) -> str:
        """The name in the spelling that the service demands: lower case, and ``-`` for ``_`` or the reverse.

        Nothing is ever cut or left out; a name that is still wrong then is reported by ``problem``.
        """
        fitted = name.lower() if self.lower_case else name
        if "_" not in self.separators and "-" in self.separators:
            return fitted.replace("_", "-")
        if "-" not in self.separators and "_" in self.separators:
            return fitted.replace("-", "_")
        return fitted


def _article(title: str) -> str:
    """``an`` before a vowel that is spoken: "an RDS instance", "an S3 bucket", "a KMS alias"."""
    first = title.split()[0]
    spelled_out = first.isupper() or first[:2].isupper()
    return "an" if title[0] in ("AEFHILMNORSX" if spelled_out else "AEIOU") else "a"


def _rule(kind: str, table: dict[str, Any]) -> NameRule:
    return NameRule(
        kind=kind,
        title=table["title"],
        minimum=table["minimum"],
        maximum=table["maximum"],
        pattern=table["pattern"],
        lower_case=table.get("lower_case", False),
        description=table["description"],
        reserved=tuple(table.get("reserved", ())),
        reserved_prefixes=tuple(table.get("reserved_prefixes", ())),
        reserved_suffixes=tuple(table.get("reserved_suffixes", ())),
        forbidden=tuple(table.get("forbidden", ())),
        separators=table.get("separators", "-_"),
        source=_data.source_of(table),
    )


@cache
def all_rules() -> MappingProxyType[str, NameRule]:
    """Every rule by kind."""
    return MappingProxyType({kind: _rule(kind, table) for kind, table in _data.toml("names")["rules"].items()})


@cache
def rule(kind: str) -> NameRule:
    """The rule for a kind like ``s3_bucket``. Raises InputError for a kind that has none, with the nearest that has."""
    table = _data.toml_table("names", f"rules.{kind}")
    if table is None:
        raise InputError(f"no name rule is known for {kind!r}{suggestion(kind, all_rules())}")
    return _rule(kind, table)
