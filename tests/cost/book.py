"""Price books and small architectures for the tests of cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from groundplan.blueprint.models import Usage
from groundplan.catalog.prices import Confidence, Price, price
from groundplan.cost import Estimate, Line, estimate
from groundplan.cost.bill import PriceLookup
from groundplan.resources import Architecture, Resource

REGION = "ap-south-1"


def architecture_of(resources: Iterable[Resource], region: str = REGION) -> Architecture:
    """An architecture of just these resources."""
    return Architecture(
        project="sample", title="Sample", environment="production", region=region, resources=tuple(resources)
    )


def made_up_price(sku: str, region: str, usd: str, confidence: Confidence = Confidence.HIGH) -> Price:
    """A price that no catalog knows."""
    return Price("made-up", sku, "unit", region, Decimal(usd), f"source of {sku}", "2026-01-01", confidence, "")


def book(prices: Mapping[str, str], confidence: Confidence = Confidence.HIGH) -> PriceLookup:
    """A price book that knows these skus, in every region."""
    return lambda sku, region: made_up_price(sku, region, prices[sku], confidence) if sku in prices else None


def without(*skus: str) -> PriceLookup:
    """The catalog's price book with some skus missing."""
    return lambda sku, region: None if sku in skus else price(sku, region)


def flat(usd: str) -> PriceLookup:
    """A price book in which everything costs the same."""
    return lambda sku, region: made_up_price(sku, region, usd)


def priced(resources: Iterable[Resource], usage: Usage | None = None, prices: PriceLookup = price) -> Estimate:
    """The estimate of just these resources in ap-south-1, without a budget."""
    return estimate(architecture_of(resources), usage or Usage(), None, prices=prices)


def line(found: Estimate, resource: str, sku: str) -> Line:
    """The one line of a resource for a sku."""
    (only,) = (item for item in found.of(resource) if item.sku == sku)
    return only


def reasons(found: Estimate, resource: str) -> list[str]:
    """Why parts of a resource are not priced."""
    return [item.why for item in found.unpriced if item.resource == resource]
