"""AWS's sample conformance packs of AWS Config, as far as this project knows them.

Source: https://docs.aws.amazon.com/config/latest/developerguide/conformancepack-sample-templates.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.errors import suggestion
from groundplan.record import Record, dataclass


@dataclass(frozen=True)
class PackRule(Record):
    """A managed rule in a pack."""

    identifier: str
    """``RDS_STORAGE_ENCRYPTED``."""
    parameters: Mapping[str, str]
    """What the pack gives it."""


@dataclass(frozen=True)
class Pack(Record):
    """A sample pack."""

    name: str
    """What AWS calls it: ``Operational-Best-Practices-for-Amazon-S3``."""
    rules: tuple[PackRule, ...]
    source: Source


def _rule(text: str) -> PackRule:
    identifier, *parameters = text.split()
    return PackRule(identifier, MappingProxyType(dict(parameter.split("=", 1) for parameter in parameters)))


@cache
def all_packs() -> MappingProxyType[str, Pack]:
    """Every known pack by its name."""
    return MappingProxyType(
        {
            name: Pack(name, tuple(map(_rule, table["rules"])), _data.source_of(table))
            for name, table in _data.toml("conformance_packs").items()
        }
    )


def find(name: str) -> Pack | None:
    """The pack of that name, or None."""
    return all_packs().get(name)


def suggest(name: str) -> str:
    """``'; did you mean "..."?'`` for a misspelt name, else the names that are known."""
    return suggestion(name, all_packs())
