"""An estimate as the data that scripts read (``groundplan cost --format json``)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

from groundplan.cost.model import Estimate

CENT = Decimal("0.01")


class LineData(TypedDict):
    """One line. ``monthly`` is rounded to cents, the rest is exact."""

    resource: str
    sku: str
    quantity: float
    unit: str
    unit_price: float
    monthly: float
    formula: str
    source: str
    source_date: str
    confidence: str


class UnpricedData(TypedDict):
    """Something that costs an unknown amount."""

    resource: str
    why: str


class EstimateData(TypedDict):
    """The whole estimate. ``monthly`` is the exact sum, rounded once; ``budget`` is null where there is none."""

    environment: str
    currency: str
    monthly: float
    budget: float | None
    lines: list[LineData]
    unpriced: list[UnpricedData]


def cents(value: Decimal) -> Decimal:
    """An amount of money as a bill shows it: rounded to cents, halves up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def to_json(estimate: Estimate, environment: str) -> EstimateData:
    """The estimate of an environment as JSON data."""
    return {
        "environment": environment,
        "currency": estimate.currency,
        "monthly": float(cents(estimate.monthly)),
        "budget": None if estimate.budget is None else float(estimate.budget.usd),
        "lines": [
            {
                "resource": line.resource,
                "sku": line.sku,
                "quantity": float(line.quantity),
                "unit": line.unit,
                "unit_price": float(line.unit_price),
                "monthly": float(cents(line.monthly)),
                "formula": line.formula,
                "source": line.source,
                "source_date": line.source_date,
                "confidence": str(line.confidence),
            }
            for line in estimate.lines
        ],
        "unpriced": [{"resource": item.resource, "why": item.why} for item in estimate.unpriced],
    }
