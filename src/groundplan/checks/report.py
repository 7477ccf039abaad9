"""What the checks found, in a fixed order, and how it is handed on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from groundplan.checks.rule import SEVERITIES, Severity
from groundplan.errors import ExitCode


@dataclass(frozen=True, slots=True)
class Finding:
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


@dataclass(frozen=True, slots=True)
class Summary:
    """How many findings stand, by severity; accepted ones count only as accepted."""

    error: int
    warning: int
    info: int
    accepted: int


def _order(finding: Finding) -> tuple[int, str, str, str]:
    return SEVERITIES.index(finding.severity), finding.rule, finding.resource, finding.message


@dataclass(frozen=True)
class Report:
    """Every finding, ordered by severity (worst first), rule, resource and message."""

    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", tuple(sorted(self.findings, key=_order)))

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


def to_json(report: Report, environment: str) -> dict[str, object]:
    """The report as JSON data: what ``groundplan check --format json`` prints. Scripts depend on its shape."""
    return {
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
