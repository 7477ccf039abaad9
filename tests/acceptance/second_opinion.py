"""What Checkov found last in an example (``make second-opinion``), and what becomes of it now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.second_opinion.document import DOCUMENT, recorded
from tests.second_opinion.environments import Subject, subjects
from tests.second_opinion.verdicts import Exemption, Verdict, judge

RECORD = Path(__file__).parents[1] / "second_opinion" / "found.csv"


@cache
def of_system(system: str) -> tuple[Subject, ...]:
    """Its environments."""
    return tuple(subject for subject in subjects() if subject.system == system)


def verdicts(system: str, exemptions: tuple[Exemption, ...]) -> Iterator[tuple[str, Verdict]]:
    """Environment and verdict of each check that failed on something that is still there."""
    last, _ = recorded(RECORD.read_text(encoding="utf-8"))
    for subject in of_system(system):
        there = [item for item in last[subject.name] if subject.architecture.at(item.resource)]
        found = judge(
            there,
            subject.report.findings,
            subject.architecture,
            exemptions,
            is_production=subject.is_production,
        )
        yield from ((subject.name, verdict) for verdict in found)


def told(system: str) -> dict[str, list[int]]:
    """What the page of the last run says by environment: accepted, exempt, said, open, templates, cfn-lint."""
    lines = [
        line.strip("|").split("|") for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line[:1] == "|"
    ]
    cells = [[cell.strip().strip("*") for cell in line] for line in lines]
    names = {subject.name for subject in of_system(system)}
    return {cell[0]: [int(number) for number in cell[1:]] for cell in cells if cell[0] in names and len(cell) == 7}
