"""What was found, as the data that scripts read (``groundplan objectives --meet --format json``)."""

from __future__ import annotations

from typing import TypedDict

from groundplan.objectives.answer import AnswerData
from groundplan.objectives.answer import to_data as answer_to_data
from groundplan.redesign.settings import written
from groundplan.remedies.search import Remedy, Search


class RemedyData(TypedDict):
    """A change. Amounts in USD a month."""

    what: list[str]
    settings: list[str]
    answer: AnswerData
    monthly: float
    at_most: float
    findings: list[str]
    lost: list[str]
    as_expected: bool


class SearchData(TypedDict):
    """A search. ``remedy`` is null where nothing that was tried meets the objective; then ``nearest`` comes nearest."""

    objective: str
    remedy: RemedyData | None
    nearest: RemedyData | None
    tried: int
    exhausted: bool


def to_data(search: Search) -> SearchData:
    """A search as JSON data. Scripts depend on its shape."""
    return {
        "objective": search.answer.name,
        "remedy": _data(search.remedy),
        "nearest": _data(search.nearest),
        "tried": search.tried,
        "exhausted": search.exhausted,
    }


def _data(remedy: Remedy | None) -> RemedyData | None:
    if remedy is None:
        return None
    return {
        "what": list(remedy.what),
        "settings": list(written(remedy.settings)),
        "answer": answer_to_data(remedy.answer),
        "monthly": float(round(remedy.monthly, 2)),
        "at_most": float(round(remedy.at_most, 2)),
        "findings": [f"{finding.severity} {finding.rule} {finding.resource}" for finding in remedy.findings],
        "lost": list(remedy.lost),
        "as_expected": remedy.as_expected,
    }
