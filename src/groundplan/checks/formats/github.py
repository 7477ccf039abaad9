"""Annotations for GitHub Actions: a line each, which GitHub shows beside the line of the blueprint.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; how values are escaped:
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
"""

from __future__ import annotations

from groundplan.checks.formats.words import repository_path, summed_up
from groundplan.checks.report import Finding, Report
from groundplan.checks.rule import Severity

COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report, environment: str) -> str:
    """A command for each finding that stands, and at last a line for people."""
    titles = {described.id: described.title for described in report.rules}
    lines = [_command(finding, titles.get(finding.rule, ""), environment) for finding in report.standing]
    return "\n".join((*lines, f"{environment}: {summed_up(report)}", ""))


def _command(finding: Finding, title: str, environment: str) -> str:
    properties = {}
    if finding.where:
        properties["file"] = repository_path(finding.where.file)
        properties["line"] = str(finding.where.line)
        properties["col"] = str(finding.where.column)
    properties["title"] = f"{finding.rule} {title}".strip() + f" ({environment})"
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = f"{finding.message}\n{finding.fix}"
    return f"::{COMMANDS[finding.severity]} {told}::{_data(text)}"


def _data(text: str) -> str:
    """The end of a command: only what would end the line is escaped, and the sign that escapes."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A value in a command, which also ends at a comma or colon."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
