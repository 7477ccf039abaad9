"""Price lists with reserved terms, in AWS's format, for the classes that an environment uses.

Prices on demand are those of the packaged book. What a term costs is the tests' own figure and not AWS's: what AWS asks
for it only AWS can say.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tests.operations.offer_files import OfferServer, offer, term, usage

from groundplan.catalog import prices
from groundplan.catalog.price_list import selectors, usage_prefixes
from groundplan.savings.result import Term

Figures = Mapping[str, Mapping[int, Decimal]]
"""SKU of the book on demand, to the share of its price that a term of so many years leaves to pay."""


def publish(server: OfferServer, region: str, figures: Figures) -> None:
    """Put the prices of these SKUs into the server's files of a region: one product each, on demand and reserved."""
    rows: dict[str, list[dict[str, str]]] = {}
    for sku, shares in figures.items():
        selector, price = selectors()[sku], prices.packaged().find(sku, region)
        assert price is not None
        usage_type = usage_prefixes(region)[0] + selector.usage_types[0]
        where = {column: min(values) for column, values in selector.where.items()} | {"Region Code": region}
        of_offer = rows.setdefault(selector.offer, [])
        of_offer.append(usage(usage_type, str(price.usd), SKU=sku, **where))
        of_offer += [
            term(usage_type, str(price.usd * share), sku, **where, LeaseContractLength=f"{years}yr")
            for years, share in shares.items()
        ]
    for code, found in rows.items():
        server.files[f"{code}/{region}"] = offer(code, *found)


def command(why: str) -> list[str]:
    """The arguments of the command that the reason for a missing term names."""
    _, named, rest = why.partition(": groundplan ")
    assert named, why
    return rest.removesuffix(" asks AWS").split()


def years(found: tuple[Term, ...], wanted: int) -> dict[str, Term]:
    """The terms of so many years by resource."""
    return {each.resource: each for each in found if each.years == wanted and "reserved" in each.what.lower()}
