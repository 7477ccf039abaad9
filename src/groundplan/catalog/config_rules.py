"""Managed rules of AWS Config: their identifiers, and the parameters that each demands.

The rules of Firewall Manager are left out: nobody else can create them. Identifiers and pages: aws-cdk-lib 2.275.0,
``ManagedRuleIdentifiers``, and AWS's list; parameters: the page of each rule, those that it does not call optional.
Source: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.errors import suggestion
from groundplan.record import Record, dataclass

_PAGES = "https://docs.aws.amazon.com/config/latest/developerguide"


@dataclass(frozen=True)
class ConfigRule(Record):
    """A managed rule."""

    identifier: str
    """What AWS Config knows it by: ``RDS_STORAGE_ENCRYPTED``."""
    page: str
    """Its page in AWS's documentation."""
    parameters: Mapping[str, str]
    """The parameters that it demands, with the values that AWS documents as their defaults."""
    missing: tuple[str, ...]
    """The parameters that it demands and AWS has no default for."""


def _rule(row: list[str]) -> ConfigRule:
    identifier, page, demanded = row
    pairs = [parameter.partition("=") for parameter in demanded.split()]
    return ConfigRule(
        identifier=identifier,
        page=f"{_PAGES}/{page}.html",
        parameters=MappingProxyType({name: value for name, sign, value in pairs if sign}),
        missing=tuple(name for name, sign, _ in pairs if not sign),
    )


@cache
def all_rules() -> MappingProxyType[str, ConfigRule]:
    """Every known managed rule by its identifier."""
    return MappingProxyType({row[0]: _rule(row) for row in _data.rows("config_rules")})


def find(identifier: str) -> ConfigRule | None:
    """The managed rule of that identifier, or None."""
    return all_rules().get(identifier)


def suggest(identifier: str) -> str:
    """``'; did you mean "RDS_STORAGE_ENCRYPTED"?'`` for a misspelt identifier, else where AWS lists them."""
    near = suggestion(identifier, all_rules())
    return near if near.startswith("; did you mean") else f"; AWS lists them: {_PAGES}/managed-rules-by-aws-config.html"
