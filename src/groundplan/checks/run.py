"""Running the rules over an architecture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from groundplan.checks import discovery
from groundplan.checks.acceptance import UnusedAcceptance, matches, unused
from groundplan.checks.report import Finding, Report
from groundplan.checks.rule import WHOLE_ARCHITECTURE, Rule
from groundplan.resources.architecture import Architecture

if TYPE_CHECKING:
    from groundplan.blueprint.models import Accept


def run(architecture: Architecture, accept: Sequence[Accept] = (), *, rules: Sequence[Rule] | None = None) -> Report:
    """Check an architecture with all rules (or those given) and mark what the blueprint accepts.

    An acceptance that matches nothing is itself a finding. A rule that fails is reported as an error of that rule;
    the others go on.
    """
    if rules is None:
        rules = discovery.all_rules()
    found = dict.fromkeys(finding for rule in rules for finding in _findings(rule, architecture))
    used: set[int] = set()
    findings = [_marked(finding, accept, used) for finding in found]
    known = {rule.id for rule in rules}
    for violation in unused(accept, used, known):
        findings.append(
            Finding(
                rule=UnusedAcceptance.id,
                severity=UnusedAcceptance.severity,
                resource=violation.resource,
                message=violation.message,
                fix=UnusedAcceptance.fix.blueprint,
            )
        )
    return Report(tuple(findings))


def _findings(rule: Rule, architecture: Architecture) -> Iterator[Finding]:
    try:
        for violation in rule.check(architecture):
            yield Finding(
                rule=rule.id,
                severity=rule.severity,
                resource=violation.resource,
                message=violation.message,
                fix=violation.fix or rule.fix.blueprint,
            )
    except Exception as error:  # a rule can be a user's own: whatever it raises must not silence the others
        yield Finding(
            rule=rule.id,
            severity="error",
            resource=WHOLE_ARCHITECTURE,
            message=f"the rule {rule.id} itself failed and is not complete: {type(error).__name__}: {error}",
            fix=f"Correct {type(rule).__module__}, or report it where it is Groundplan's own.",
        )


def _marked(finding: Finding, accept: Sequence[Accept], used: set[int]) -> Finding:
    speaking = [place for place, entry in enumerate(accept) if matches(entry, finding.rule, finding.resource)]
    if not speaking:
        return finding
    used.update(speaking)
    first = accept[speaking[0]]
    return Finding(
        rule=finding.rule,
        severity=finding.severity,
        resource=finding.resource,
        message=finding.message,
        fix=finding.fix,
        accepted=True,
        reason=first.reason,
    )
