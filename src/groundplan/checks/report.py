"""What the checks found, in a fixed order, and how it is handed on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from functools import cached_property
from typing import Self

from groundplan.checks.rule import SEVERITIES, Described, Severity
from groundplan.errors import ExitCode, Position
from groundplan.record import Record, dataclass, replace


@dataclass(frozen=True)
class Finding(Record):
    """One place where a rule is broken."""

    rule: str
    severity: Severity
    resource: str
    """Address of the resource, like ``database_instance.main``."""
    message: str
    fix: str
    accepted: bool = False
    reason: str | None = None
    """Why it is accepted, in the words of the blueprint."""
    failed: bool = False
    """Whether the rule itself failed, so that it may have more to say. Nobody can accept that."""
    path: str | None = None
    """What of the blueprint it comes from, like ``databases.main.standby``."""
    where: Position | None = None
    """Where that is written. None: the finding has not been given a place, see :func:`groundplan.checks.located`."""


@dataclass(frozen=True)
class Summary(Record):
    """How many findings stand, by severity; accepted ones count only as accepted."""

    error: int
    warning: int
    info: int
    accepted: int


@dataclass(frozen=True)
class Since(Record):
    """What a report of new findings was compared with."""

    revision: str
    gone: int
    """Findings that stood then and stand no more: mended or accepted since."""


def _order(finding: Finding) -> tuple[int, str, str, str, bool, str]:
    severity = SEVERITIES.index(finding.severity)
    return severity, finding.rule, finding.resource, finding.message, finding.accepted, finding.fix


@dataclass(frozen=True)
class Report(Record):
    """Every finding, ordered by severity (worst first), rule, resource and message."""

    findings: tuple[Finding, ...]
    rules: tuple[type[Described], ...] = ()
    """What was looked for, by id."""
    since: Since | None = None
    """None: these are all findings, not only the new ones."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", tuple(sorted(self.findings, key=_order)))
        object.__setattr__(self, "rules", tuple(sorted(self.rules, key=lambda rule: rule.id)))

    @cached_property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that nobody accepted."""
        return tuple(finding for finding in self.findings if not finding.accepted)

    @cached_property
    def summary(self) -> Summary:
        """The findings counted."""
        severities = [finding.severity for finding in self.standing]
        return Summary(
            error=severities.count("error"),
            warning=severities.count("warning"),
            info=severities.count("info"),
            accepted=len(self.findings) - len(self.standing),
        )

    @property
    def exit_code(self) -> ExitCode:
        """FINDINGS where an error stands that nobody accepted."""
        return ExitCode.FINDINGS if self.summary.error else ExitCode.FINE

    def of(self, ids: Collection[str]) -> Self:
        """The report of these rules alone."""
        return replace(
            self,
            findings=tuple(finding for finding in self.findings if finding.rule in ids),
            rules=tuple(rule for rule in self.rules if rule.id in ids),
        )

    def from_severity(self, least: Severity) -> Self:
        """The report without findings that are less bad."""
        told = SEVERITIES[: SEVERITIES.index(least) + 1]
        return replace(self, findings=tuple(finding for finding in self.findings if finding.severity in told))

    def new_since(self, before: Report, revision: str) -> Self:
        """What is new in comparison with an earlier report.

        A finding is the same where rule and resource are: its message may name another value now. One that was
        accepted and is accepted no more is new; one that stood and is accepted now is gone.
        """
        known = _Known(before.standing)
        new = known.strangers(self.standing)
        accepted = [finding for finding in self.findings if finding.accepted]
        new += _Known(before.findings).strangers(accepted)
        return replace(self, findings=tuple(new), since=Since(revision, known.left))


class _Known:
    """Findings of before, each of which one finding of now may be."""

    def __init__(self, findings: Collection[Finding]) -> None:
        self._said = Counter((finding.rule, finding.resource, finding.message) for finding in findings)
        self._about = Counter((finding.rule, finding.resource) for finding in findings)

    @property
    def left(self) -> int:
        """How many have not been found again."""
        return self._about.total()

    def strangers(self, findings: Collection[Finding]) -> list[Finding]:
        """Those that were not there before: first the same words are paired, then what is said of the same resource."""
        others: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        for finding in findings:
            said = finding.rule, finding.resource, finding.message
            if self._said[said]:
                self._said[said] -= 1
                self._about[said[:2]] -= 1
            else:
                others[said[:2]].append(finding)
        new = []
        for about, found in others.items():
            again = min(self._about[about], len(found))
            self._about[about] -= again
            new += found[again:]
        return new


def to_json(report: Report, environment: str) -> dict[str, object]:
    """The report as JSON data: what ``groundplan check --format json`` prints. Scripts depend on its shape."""
    document: dict[str, object] = {
        "environment": environment,
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "resource": finding.resource,
                "message": finding.message,
                "fix": finding.fix,
                "accepted": finding.accepted,
                "reason": finding.reason,
                "where": _where(finding),
            }
            for finding in report.findings
        ],
        "summary": {
            "error": report.summary.error,
            "warning": report.summary.warning,
            "info": report.summary.info,
            "accepted": report.summary.accepted,
        },
    }
    if report.since:
        document["since"] = {"revision": report.since.revision, "gone": report.since.gone}
    return document


def _where(finding: Finding) -> dict[str, object] | None:
    place = finding.where
    if place is None:
        return None
    return {"path": finding.path, "file": str(place.file), "line": place.line, "column": place.column}


def as_rows(report: Report) -> list[tuple[str, str, str, str, str]]:
    """The report as rows for a table: severity (or ``accepted``), rule, resource, message, fix or reason."""
    return [
        (
            "accepted" if finding.accepted else finding.severity,
            finding.rule,
            finding.resource,
            finding.message,
            f"accepted: {finding.reason}" if finding.accepted else finding.fix,
        )
        for finding in report.findings
    ]
