"""An estimate as the data that scripts read (``groundplan cost --format json``)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import NotRequired, TypedDict

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


class StandbyData(TypedDict):
    """What of ``monthly`` is due for the standby, and the sum without it."""

    region: str
    monthly: float
    without: float


class OffHoursData(TypedDict):
    """What off-hours save a month, and what runs on because AWS cannot stop it."""

    hours_per_week: float
    saved: float
    stopped: list[str]
    always_on: list[str]


class EstimateData(TypedDict):
    """The whole estimate. ``monthly`` is the exact sum, rounded once; ``budget`` is null where there is none. There is
    a ``standby`` where the environment has one in another region."""

    environment: str
    currency: str
    monthly: float
    budget: float | None
    standby: NotRequired[StandbyData]
    off_hours: NotRequired[OffHoursData]
    lines: list[LineData]
    unpriced: list[UnpricedData]


def cents(value: Decimal) -> Decimal:
    """An amount of money as a bill shows it: rounded to cents, halves up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def to_json(estimate: Estimate, environment: str) -> EstimateData:
    """The estimate of an environment as JSON data."""
    data: EstimateData = {
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
    if estimate.standby:
        data["standby"] = {
            "region": estimate.standby.region,
            "monthly": float(cents(estimate.standby.monthly)),
            "without": float(cents(estimate.monthly - estimate.standby.monthly)),
        }
    if estimate.off_hours:
        data["off_hours"] = {
            "hours_per_week": float(estimate.off_hours.hours_per_week),
            "saved": float(cents(estimate.off_hours.saved)),
            "stopped": list(estimate.off_hours.stopped),
            "always_on": list(estimate.off_hours.always_on),
        }
    return data
