"""What Checkov found last in an example (``make second-opinion``), and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.second_opinion.document import recorded
from tests.second_opinion.environments import Subject, subjects
from tests.second_opinion.test_verdicts import RECORD
from tests.second_opinion.verdicts import Exemption, Verdict, judge, read_exemptions


@cache
def of_system(system: str) -> tuple[Subject, ...]:
    """Its environments."""
    return tuple(subject for subject in subjects() if subject.system == system)


def verdicts(system: str, exemptions: tuple[Exemption, ...] | None = None) -> Iterator[tuple[str, Verdict]]:
    """Environment and verdict of each check that failed."""
    last, _ = recorded(RECORD.read_text(encoding="utf-8"))
    known = read_exemptions() if exemptions is None else exemptions
    for subject in of_system(system):
        findings = subject.report.findings
        for verdict in judge(
            last[subject.name], findings, subject.architecture, known, is_production=subject.is_production
        ):
            yield subject.name, verdict
