"""Where AWS's public price list says what a SKU of the price book costs.

``data/price_selectors.csv`` has a row for every SKU of the book: the offer file (AWS's service code), the usage type
without its region prefix, further attributes, the tier, and by what AWS's price is multiplied to be one of the book's
unit; or why no row of the price list answers for it.

Source of the format: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from groundplan.catalog import _data, regions
from groundplan.catalog.prices import GLOBAL
from groundplan.record import Record, dataclass

ANY_UNIT = "*"
_SERVED_EVERYWHERE = frozenset({"AmazonCloudFront", "AmazonRoute53"})
"""Offers of which only the file of all regions is whole."""


@dataclass(frozen=True)
class Selector(Record):
    """Which rows of an offer file hold the price of a SKU."""

    sku: str
    offer: str
    """AWS's service code, as in the address of the file: ``AmazonEC2``."""
    usage_types: tuple[str, ...]
    """Without region prefix. AWS renames them over time and from region to region: the first that is there holds."""
    where: Mapping[str, frozenset[str]]
    """Column to the values that it may have. ``Tenancy: Shared`` leaves dedicated instances out."""
    begins: Decimal | None
    """Where the tier begins that is meant; None is the first one that is not free."""
    factors: Mapping[str, Decimal]
    """Unit of the price list, in small letters, to what its price is multiplied by. ``*`` is any other unit."""

    def factor(self, unit: str) -> Decimal | None:
        """What a price per ``unit`` is multiplied by, or None where the unit is not one that is known here."""
        return self.factors.get(unit.lower(), self.factors.get(ANY_UNIT))


@cache
def selectors() -> Mapping[str, Selector]:
    """The selectors by SKU."""
    return {row[0]: _selector(row) for row in _data.rows("price_selectors") if row[1]}


@cache
def without_selector() -> Mapping[str, str]:
    """Why the other SKUs of the book are in no price list that can be read: SKU to reason."""
    return {row[0]: row[6] for row in _data.rows("price_selectors") if not row[1]}


def file_region(offer: str, region: str) -> str:
    """The region whose file has a price. What costs the same everywhere stands in that of us-east-1 as well as in any,
    except with a service that has no regions."""
    return "us-east-1" if region == GLOBAL and offer not in _SERVED_EVERYWHERE else region


def usage_prefixes(region: str) -> tuple[str, ...]:
    """What stands before a usage type in a region's bills and price lists.

    Services disagree: most write ``APS3-``, AWS KMS writes ``ap-south-1-``. The oldest regions have no prefix
    (us-east-1) or a short one (``EU-``) with older services, and one like the others' with younger ones.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/aws-usage-report-understand.html
    """
    if region == GLOBAL:
        return ("",)
    known = regions.find(region)
    prefix = known.billing_prefix if known else None
    if prefix is None:
        return ()
    short = {"us-east-1": ("", "USE1-"), "eu-west-1": ("EU-", "EUW1-")}.get(region, (f"{prefix}-",))
    return (*short, f"{region}-")


def _selector(row: list[str]) -> Selector:
    sku, offer, usage_type, where, begins, factor, _ = row
    conditions = (condition.split("=", 1) for condition in where.split(";") if condition)
    factors = factor if ":" in factor else f"{ANY_UNIT}:{factor}"
    return Selector(
        sku=sku,
        offer=offer,
        usage_types=tuple(usage_type.split("|")),
        where={column: frozenset(values.split("|")) for column, values in conditions},
        begins=Decimal(begins) if begins else None,
        factors={unit.lower(): Decimal(number) for unit, number in (pair.split(":") for pair in factors.split("|"))},
    )
