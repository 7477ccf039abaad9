"""Rule groups that AWS manages for AWS WAF, and how much of a web ACL's capacity each takes."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.errors import InputError, suggestion
from groundplan.record import Record, dataclass
from groundplan.units import shown


@dataclass(frozen=True)
class RuleGroup(Record):
    """A managed rule group of AWS (vendor ``AWS``)."""

    key: str
    """What blueprints call it: ``common``."""
    name: str
    """``AWSManagedRulesCommonRuleSet``."""
    capacity: int
    """In web ACL capacity units (WCU)."""
    source: Source


@dataclass(frozen=True)
class Capacity(Record):
    """Limits of a web ACL, in capacity units."""

    rate_limit: int
    """What a rate-based rule over addresses takes."""
    included: int
    """What the price of a web ACL contains; each further 500 cost more per request."""
    most: int
    source: Source


@cache
def all_rule_groups() -> MappingProxyType[str, RuleGroup]:
    """Every known rule group by key."""
    return MappingProxyType(
        {
            key: RuleGroup(key, table["name"], table["capacity"], _data.source_of(table))
            for key, table in _data.toml("firewall")["rule_groups"].items()
        }
    )


@cache
def capacity() -> Capacity:
    """The limits of a web ACL."""
    table = _data.toml("firewall")["capacity"]
    return Capacity(table["rate_limit"], table["included"], table["most"], _data.source_of(table))


def rule_group(key: str) -> RuleGroup:
    """The rule group that a blueprint means. Raises InputError for an unknown one, with the nearest known."""
    try:
        return all_rule_groups()[key]
    except KeyError:
        raise InputError(f"no rule group is known as {shown(key)}{suggestion(key, all_rule_groups())}") from None


def needed(names: tuple[str, ...], *, rate_limit: bool) -> int:
    """The capacity units of a web ACL with rule groups of these names; unknown ones do not count."""
    each = {group.name: group.capacity for group in all_rule_groups().values()}
    return sum(each.get(name, 0) for name in names) + (capacity().rate_limit if rate_limit else 0)
