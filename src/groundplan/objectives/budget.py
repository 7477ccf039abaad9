"""Whether the environment costs no more than it may."""

from __future__ import annotations

from decimal import Decimal

from groundplan.cost import Estimate
from groundplan.objectives.answer import Answer, Figure
from groundplan.units import MonthlyAmount

UNIT = "USD/month"


def answer(budget: MonthlyAmount, estimate: Estimate) -> Answer:
    """The estimate against the budget; between a quiet and a busy month where usage states a range."""
    least, most = _bounds(estimate)
    assumptions = [
        f"services run their usual number of tasks; at their most all month it is {_text(estimate.range.most)}"
    ]
    if estimate.without_price:
        assumptions.append(f"{estimate.without_price} charges have no price that may be quoted: the bill is higher")
    return Answer(
        name="budget",
        required=_figure(budget.usd),
        predicted=_figure(estimate.monthly),
        interval=(_figure(least), _figure(most)) if estimate.forecast else None,
        met=True if most <= budget.usd else False if least > budget.usd else None,
        method="sum of `groundplan cost`: prices of the region, each with its source and date, and the stated usage",
        assumptions=tuple(assumptions),
    )


def is_lost(budget: MonthlyAmount, estimate: Estimate) -> bool:
    """Whether it is known to cost more: ``met`` of the answer, without its words."""
    return _bounds(estimate)[0] > budget.usd


def _bounds(estimate: Estimate) -> tuple[Decimal, Decimal]:
    """What a quiet and a busy month cost."""
    forecast = estimate.forecast
    return (forecast.low.monthly, forecast.high.monthly) if forecast else (estimate.monthly, estimate.monthly)


def _figure(amount: Decimal) -> Figure:
    return Figure(float(amount), UNIT, _text(amount))


def _text(amount: Decimal) -> str:
    return f"{amount:,.2f} USD/month"
