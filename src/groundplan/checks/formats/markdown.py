"""Markdown for a comment in a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundplan.checks.formats.words import repository_path, summed_up
from groundplan.checks.report import Finding, Report

LONGEST = 60_000
"""Characters. GitHub refuses a comment of more than 65,536, GitLab one of more than 1,000,000."""
_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&])")
"""What Markdown would read as markup, and ``@`` as somebody who is to be told."""


def render(report: Report, environment: str) -> str:
    """A heading, the sum, a table of what stands, and folded up what is accepted.

    The first line is a comment that no reader sees: a program finds by it the comment that it wrote before.
    """
    head = (
        f"<!-- groundplan check {environment} -->",
        f"### groundplan check: {_text(environment)}",
        "",
        f"{'❌' if report.summary.error else '✅'} {_text(summed_up(report))}",
        "",
    )
    accepted = [finding for finding in report.findings if finding.accepted]
    room = LONGEST - sum(len(line) + 1 for line in head)
    standing = _table("what, and what to do", report.standing, room)
    room -= sum(len(line) + 1 for line in standing)
    folded = _table("what, and why it is accepted", accepted, room - 100)
    if folded:
        folded = [f"<details><summary>accepted: {len(accepted)}</summary>", "", *folded, "</details>", ""]
    return "\n".join((*head, *standing, *folded))


def _table(told: str, findings: Sequence[Finding], room: int) -> list[str]:
    """As many rows as there is room for, and how many there was no room for."""
    if not findings:
        return []
    lines = [f"| severity | rule | where | {told} |", "| --- | --- | --- | --- |"]
    room -= sum(len(line) + 1 for line in lines) + 100
    for number, finding in enumerate(findings):
        row = _row(finding)
        room -= len(row) + 1
        if room < 0:
            return [*lines, "", f"… and {len(findings) - number} more: see `groundplan check`.", ""]
        lines.append(row)
    return [*lines, ""]


def _row(finding: Finding) -> str:
    where = f"`{finding.resource.replace('`', '').replace('|', '')}`"
    if finding.where:
        where += f"<br>{_text(f'{repository_path(finding.where.file)}:{finding.where.line}')}"
    last = f"accepted: {finding.reason}" if finding.accepted else finding.fix
    return f"| {finding.severity} | {finding.rule} | {where} | {_text(finding.message)}<br>{_text(last)} |"


def _text(written: str) -> str:
    """A text that means nothing but itself, in one line."""
    return _SIGNS.sub(r"\\\1", " ".join(written.split()))
