"""Savings as the data that scripts read (``groundplan savings --format json``). Amounts are USD a month, in cents."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict

from groundplan.blueprint.tree import Plain
from groundplan.checks import Finding
from groundplan.cost import Unpriced
from groundplan.cost.report import cents
from groundplan.savings.change import Change
from groundplan.savings.result import Saving, Savings


class ChangeData(TypedDict):
    """A change of the blueprint."""

    concern: str
    title: str
    settings: dict[str, Plain]
    note: str


class FindingData(TypedDict):
    """What the checks find then."""

    rule: str
    severity: str
    resource: str
    message: str


class UncountedData(TypedDict):
    """What has no price."""

    resource: str
    why: str


class SavingData(ChangeData):
    """One saving. ``at_most``: the part that moves is not known, and all of it was taken."""

    monthly: float
    at_most: bool
    free: bool
    findings: list[FindingData]
    gone: int
    objectives: list[str]
    uncounted: list[UncountedData]


class RefusalData(ChangeData):
    """One refused change."""

    why: str


class StepData(ChangeData):
    """One change of the best set; ``monthly`` is what it adds to those before it."""

    monthly: float


class CombinationData(TypedDict):
    """The best set."""

    monthly: float
    percent: float
    after: float
    settings: dict[str, Plain]
    steps: list[StepData]
    findings: list[FindingData]
    gone: int
    uncounted: list[UncountedData]


class TermData(TypedDict):
    """A Savings Plan or reserved term on what the best set leaves."""

    resource: str
    what: str
    years: int
    monthly: float
    formula: str
    source: str
    source_date: str


class SavingsData(TypedDict):
    """Everything that was tried for an environment."""

    environment: str
    currency: str
    monthly: float
    savings: list[SavingData]
    refused: list[RefusalData]
    combination: CombinationData
    terms: list[TermData]
    without_term: list[UncountedData]


def to_json(found: Savings) -> SavingsData:
    """The savings of an environment as JSON data."""
    best = found.combination
    return {
        "environment": found.environment,
        "currency": "USD",
        "monthly": _money(found.before),
        "savings": [_saving(saving) for saving in found.savings],
        "refused": [{**_change(refusal.change), "why": refusal.why} for refusal in found.refused],
        "combination": {
            "monthly": _money(best.monthly),
            "percent": float(round(best.share * 100, 1)),
            "after": _money(best.after),
            "settings": dict(best.settings),
            "steps": [{**_change(step.change), "monthly": _money(step.monthly)} for step in best.steps],
            "findings": _findings(best.findings),
            "gone": best.gone,
            "uncounted": _unpriced(best.uncounted),
        },
        "terms": [
            {
                "resource": term.resource,
                "what": term.what,
                "years": term.years,
                "monthly": _money(term.monthly),
                "formula": term.formula,
                "source": term.source,
                "source_date": term.source_date,
            }
            for term in found.terms
        ],
        "without_term": _unpriced(found.without_term),
    }


def _saving(saving: Saving) -> SavingData:
    return {
        **_change(saving.change),
        "monthly": _money(saving.monthly),
        "at_most": bool(saving.change.at_best),
        "free": saving.free,
        "findings": _findings(saving.findings),
        "gone": saving.gone,
        "objectives": list(saving.objectives),
        "uncounted": _unpriced(saving.uncounted),
    }


def _change(change: Change) -> ChangeData:
    return {
        "concern": change.concern,
        "title": change.title,
        "settings": dict(change.settings),
        "note": change.note,
    }


def _findings(findings: Iterable[Finding]) -> list[FindingData]:
    return [
        {"rule": found.rule, "severity": found.severity, "resource": found.resource, "message": found.message}
        for found in findings
    ]


def _unpriced(items: Iterable[Unpriced]) -> list[UncountedData]:
    return [{"resource": item.resource, "why": item.why} for item in items]


def _money(value: Decimal) -> float:
    return float(cents(value))
