"""An estimate as the data that scripts read (``groundplan cost --format json``)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NotRequired, TypedDict

from groundplan.cost.model import Estimate, Line, Sums, Unpriced

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
    low: NotRequired[float]
    """``monthly`` in a quiet month, where usage states a range."""
    high: NotRequired[float]
    """``monthly`` in a busy month."""


class UnpricedData(TypedDict):
    """Something that costs an unknown amount."""

    resource: str
    why: str
    doubtful: NotRequired[float]
    """USD a month by a price of low confidence, which is in no sum."""


class SumsData(TypedDict):
    """What a month costs in one case of usage."""

    fixed: float
    usage: float
    monthly: float


class ForecastData(TypedDict):
    """The sums of a quiet, a usual and a busy month."""

    low: SumsData
    expected: SumsData
    high: SumsData


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


class FloorLineData(TypedDict):
    """A fixed line."""

    resource: str
    sku: str
    monthly: float


class FloorData(TypedDict):
    """The fixed floor of an estimate whose budget is below it, and its largest lines up to the one that passes it."""

    monthly: float
    lines: list[FloorLineData]


class EstimateData(TypedDict):
    """The whole estimate. ``monthly`` is the exact sum of ``fixed`` and ``usage``, each rounded once; ``without_price``
    counts the charges that are due and have no price; ``budget`` is null where there is none. There is a ``floor``
    where the budget is below it, a ``standby`` where the environment has one in another region, and a ``forecast``
    where usage states low or high."""

    environment: str
    currency: str
    monthly: float
    fixed: float
    usage: float
    without_price: int
    budget: float | None
    floor: NotRequired[FloorData]
    forecast: NotRequired[ForecastData]
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
        "fixed": float(cents(estimate.fixed)),
        "usage": float(cents(estimate.usage)),
        "without_price": estimate.without_price,
        "budget": None if estimate.budget is None else float(estimate.budget.usd),
        "lines": [_line(line) for line in estimate.lines],
        "unpriced": [_unpriced(item) for item in estimate.unpriced],
    }
    if estimate.above_budget:
        data["floor"] = {
            "monthly": float(cents(estimate.fixed)),
            "lines": [
                {"resource": line.resource, "sku": line.sku, "monthly": float(cents(line.monthly))}
                for line in estimate.above_budget
            ],
        }
    if estimate.forecast:
        forecast = estimate.forecast
        data["forecast"] = {
            "low": _sums(forecast.low),
            "expected": _sums(forecast.expected),
            "high": _sums(forecast.high),
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


def _line(line: Line) -> LineData:
    data: LineData = {
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
    if line.low is not None and line.high is not None:
        data["low"], data["high"] = float(cents(line.low)), float(cents(line.high))
    return data


def _unpriced(item: Unpriced) -> UnpricedData:
    data: UnpricedData = {"resource": item.resource, "why": item.why}
    if item.doubtful is not None:
        data["doubtful"] = float(cents(item.doubtful))
    return data


def _sums(sums: Sums) -> SumsData:
    return {
        "fixed": float(cents(sums.fixed)),
        "usage": float(cents(sums.usage)),
        "monthly": float(cents(sums.monthly)),
    }
