"""Where modules are called for: an environment, and its standby region, which is made of the same modules.

The flat rendering writes the standby beside the primary: ``aws_vpc.standby_main`` with ``region = "us-west-2"``. As a
second call of the modules it is ``aws_vpc.main`` again, with a provider of that region.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from groundplan.engines.terraform.hcl import Argument, Block, Call, Expression, Item, Template, Value
from groundplan.engines.terraform.modules.groups import Piece, addresses_of
from groundplan.engines.terraform.modules.reading import Reading
from groundplan.engines.terraform.text import escape_interpolation
from groundplan.engines.terraform.walk import with_inside
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import STANDBY

PRIMARY_SITE, STANDBY_SITE = "primary", "standby"


@dataclass(frozen=True)
class Site(Record):
    """One call of the modules."""

    environment: str
    where: str
    """``primary`` or ``standby``."""
    name_prefix: str
    """What its names begin with: ``shop-prod-standby``."""
    short_name: str
    """What it is called in names: ``prod-standby``."""
    other: str | None
    """The name of the environment's other site, where it has two."""

    @property
    def name(self) -> str:
        """Among all sites of all environments."""
        return self.environment if self.where == PRIMARY_SITE else f"{self.environment} {self.where}"

    @property
    def suffix(self) -> str:
        """Behind the names of its calls: ``_standby``."""
        return "" if self.where == PRIMARY_SITE else f"_{self.where}"

    def of(self, where: str) -> str | None:
        """The name of the site that is called so here, empty for itself; None where there is no such."""
        if not where:
            return self.name
        return None if where == self.where else self.other


def readings(sites: Mapping[str, Site], pieces: Mapping[str, Iterable[Piece]]) -> dict[str, Reading]:
    """What the values of each site say; what stands at the environment's other site says so."""
    found: dict[str, Reading] = {}
    for name, site in sites.items():
        elsewhere = {sites[site.other].where: pieces[site.other]} if site.other else {}
        found[name] = Reading(addresses_of(pieces[name], elsewhere))
    return found


def standby_piece(piece: Piece, region: str) -> Piece:
    """A piece of the standby as it would stand in a root of its own: without the region, and under its own name."""
    group = piece.group._replace(name=piece.group.name.removeprefix(STANDBY))
    block = replace(piece.block, body=tuple(_items(piece.block.body, region)))
    return replace(piece, group=group, block=block)


def _items(items: Iterable[Item], region: str) -> Iterable[Item]:
    for item in items:
        match item:
            case Argument("region", value) if value == region:
                continue
            case Argument(name, value):
                yield Argument(name.removeprefix(STANDBY), _value(value, region))
            case Block(kind, labels, body):
                yield Block(kind, labels, tuple(_items(body, region)))
            case _:
                yield item


def _value(value: Value, region: str) -> Value:
    match value:
        case str():
            if value == region:
                return Expression("var.region")
            written = _region(region).sub("${var.region}", escape_interpolation(value)) if region in value else ""
            return Template(written) if written and written != value else value
        case Expression(source):
            return Expression(_code(source, region))
        case Template(source):
            return Template(_code(source, region))
        case Call("lookup", (Expression("var.secret_versions"), str(secret), number)):
            return Call("lookup", Expression("var.secret_versions"), secret.removeprefix(STANDBY), number)
    return with_inside(value, partial(_value, region=region))


def _region(region: str) -> re.Pattern[str]:
    """The region as a word, also with the letter of a zone behind it."""
    return re.compile(rf"(?<![a-z0-9]){re.escape(region)}(?=[a-z]?(?![a-z0-9]))")


def _code(source: str, region: str) -> str:
    """Code of the standby: its region is what the module is told, its secrets have no prefix there."""
    return _region(region).sub("${var.region}", source).replace(f'"{STANDBY}', '"')
