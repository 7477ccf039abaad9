"""SARIF 2.1.0, the format of results that code scanning reads.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what GitHub makes of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from groundplan import __version__
from groundplan.checks.formats.words import repository_path
from groundplan.checks.report import Finding, Report
from groundplan.checks.rule import WHOLE_ARCHITECTURE, Described, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
ROOT = "%SRCROOT%"
"""What paths begin at, in the words of SARIF: the root of the repository."""


def render(report: Report, environment: str) -> str:
    """The report as one run. What is accepted is suppressed, with its reason."""
    spoken = {finding.rule for finding in report.findings}
    rules = [rule for rule in report.rules if rule.id in spoken]
    places = {rule.id: place for place, rule in enumerate(rules)}
    seen: Counter[tuple[str, str]] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "Groundplan",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        # GitHub keeps the results of environments apart by what stands before the last slash.
        "automationDetails": {"id": f"groundplan/check/{environment}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, environment, places, report, seen) for finding in report.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: type[Described]) -> dict[str, object]:
    fixes = {
        "In the blueprint": rule.fix.blueprint,
        "In Terraform": rule.fix.terraform,
        "In CloudFormation": rule.fix.cloudformation,
    }
    described: dict[str, object] = {
        "id": rule.id,
        "name": rule.__name__,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": "\n".join(f"{where}: {fix}" for where, fix in fixes.items() if fix)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": _tags(rule)},
    }
    if rule.source:
        described["helpUri"] = rule.source
    return described


def _tags(rule: type[Described]) -> list[str]:
    references = rule.references
    return [
        references.pillar,
        *(f"Security Hub {control}" for control in references.security_hub),
        *(f"CIS {recommendation}" for recommendation in references.cis),
        *references.checkov,
    ]


def _result(
    finding: Finding, environment: str, places: dict[str, int], report: Report, seen: Counter[tuple[str, str]]
) -> dict[str, object]:
    # The line may move, and the message name another value: it is the same finding still.
    about = finding.rule, finding.resource
    seen[about] += 1
    fingerprint = _fingerprint(environment, *about, str(seen[about]))
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.message}\n{finding.fix}"},
        "locations": [_location(finding)],
        "partialFingerprints": {"ruleAndResource/v1": fingerprint},
    }
    if finding.rule in places:
        result["ruleIndex"] = places[finding.rule]
    if finding.accepted:
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": finding.reason}]
    if report.since:
        result["baselineState"] = "new"
    return result


def _location(finding: Finding) -> dict[str, object]:
    location: dict[str, object] = {}
    if finding.where:
        location["physicalLocation"] = {
            "artifactLocation": _artifact(finding.where.file),
            "region": {"startLine": finding.where.line, "startColumn": finding.where.column},
        }
    if finding.resource != WHOLE_ARCHITECTURE:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.resource, "kind": "resource"}]
    return location


def _artifact(file: Path) -> dict[str, str]:
    path = repository_path(file)
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path), "uriBaseId": ROOT}


def _fingerprint(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
