"""JUnit XML for Jenkins, GitLab and others that show test results.

A rule that finds nothing is a test that passes. What fails here is what makes ``groundplan check`` end with 1, so that
both give one verdict: an error that nobody accepted. Warnings and infos pass and are told as output, what is accepted
is skipped. There is no one standard; this is what https://github.com/testmoapp/junitxml calls common, without times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from groundplan.checks.formats.words import repository_path
from groundplan.checks.report import Finding, Report

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def render(report: Report, environment: str) -> str:
    """The report as one test suite of the environment."""
    speaking = {finding.rule for finding in report.findings}
    # Of a comparison only the new findings are known: a rule that is silent here may still find what it found before.
    silent = [rule for rule in report.rules if rule.id not in speaking] if report.since is None else []
    cases = [_case(rule.id, rule.title) for rule in silent] + [_of(finding) for finding in report.findings]
    failed = sum(finding.failed for finding in report.standing)
    counts = {
        "name": f"groundplan check {environment}",
        "tests": len(cases),
        "failures": report.summary.error - failed,
        "errors": failed,
        "skipped": report.summary.accepted,
    }
    suites = {name: counts[name] for name in ("name", "tests", "failures", "errors")}
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites{_attributes(suites)}>",
        f"  <testsuite{_attributes(counts)}>",
        *(f"    {case}" for case in cases),
        "  </testsuite>",
        "</testsuites>",
        "",
    )
    return "\n".join(lines)


def _of(finding: Finding) -> str:
    place = {}
    if finding.where:
        place = {"file": repository_path(finding.where.file), "line": str(finding.where.line)}
    told = {"message": finding.message, "type": finding.rule}
    at = f"{finding.where}\n" if finding.where else ""
    text = f"{finding.message}\n{at}{finding.fix}"
    if finding.accepted:
        result = _element("skipped", {"message": f"accepted: {finding.reason}"})
    elif finding.failed:
        result = _element("error", told, text)
    elif finding.severity == "error":
        result = _element("failure", told, text)
    else:
        result = _element("system-out", {}, f"{finding.severity}: {text}")
    return _case(finding.rule, finding.resource, place, result)


def _case(rule: str, name: str, place: Mapping[str, str] | None = None, result: str = "") -> str:
    start = f"testcase{_attributes({'classname': rule, 'name': name, **(place or {})})}"
    return f"<{start}>{result}</testcase>" if result else f"<{start}/>"


def _element(name: str, attributes: Mapping[str, object], text: str = "") -> str:
    start = f"{name}{_attributes(attributes)}"
    return f"<{start}>{escape(_allowed(text))}</{name}>" if text else f"<{start}/>"


def _attributes(values: Mapping[str, object]) -> str:
    quoted = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return "".join(f' {name}="{escape(_allowed(str(value)), quoted)}"' for name, value in values.items())


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
