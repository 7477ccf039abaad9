"""Running the rules over an architecture."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.checks import discovery
from groundplan.checks.acceptance import Acceptances
from groundplan.checks.remembering import Remembered
from groundplan.checks.report import Finding, Report
from groundplan.checks.rule import WHOLE_ARCHITECTURE, Rule, Violation
from groundplan.checks.wording import described, place_of
from groundplan.record import replace
from groundplan.resources.architecture import Architecture

if TYPE_CHECKING:
    from datetime import date

    from groundplan.blueprint.models import Accept


_PACKAGE = f"{__name__.partition('.')[0]}."


def run(
    architecture: Architecture,
    accept: Sequence[Accept] = (),
    *,
    rules: Sequence[Rule] | None = None,
    others: Collection[str] = (),
    today: date | None = None,
    remembered: Remembered | None = None,
) -> Report:
    """Check an architecture with all rules (or those given) and mark what the blueprint accepts.

    An acceptance that matches nothing is itself a finding, and one that ends within 14 days as well; one that has ended
    accepts nothing. A rule that fails is reported as an error of that rule; the others go on.

    ``others``: ids of rules that exist and are not run, so that nothing is said of acceptances of theirs.
    ``today``: the day that acceptances are held against, by default that of the clock.
    ``remembered``: what rules have found before, in this architecture and in others much like it; without it every rule
    is run.
    """
    if rules is None:
        rules = discovery.all_rules()
    raw = dict.fromkeys(finding for rule in rules for finding in _found(rule, architecture, remembered))
    acceptances = Acceptances(accept, today)
    findings = [_marked(finding, acceptances) for finding in raw]
    findings += acceptances.findings({rule.id for rule in rules}, others)
    return Report(tuple(findings), tuple(map(type, rules)))


def _found(rule: Rule, architecture: Architecture, remembered: Remembered | None) -> Iterable[Finding]:
    if remembered is None or not _is_own(rule):
        return _findings(rule, architecture)  # a user's rule may ask others, and say something else each time
    return remembered.findings(rule, architecture, _findings)


def _is_own(rule: Rule) -> bool:
    """Whether it is one of Groundplan's."""
    return type(rule).__module__.startswith(_PACKAGE)


def _findings(rule: Rule, architecture: Architecture) -> Iterator[Finding]:
    try:
        for violation in rule.check(architecture):
            _check_type(violation)
            yield Finding(
                rule=rule.id,
                severity=rule.severity,
                resource=violation.resource,
                message=violation.message,
                fix=violation.fix or rule.fix.blueprint,
            )
    except (Exception, SystemExit) as error:  # a rule can be a user's own: whatever it raises silences no other
        module, file = type(rule).__module__, rule.check.__code__.co_filename
        own = not _is_own(rule)
        yield Finding(
            rule=rule.id,
            severity="error",
            resource=WHOLE_ARCHITECTURE,
            message=f"the rule {rule.id} itself failed and is not complete: {described(error)}",
            fix=f"Correct {file if own else module}, or report it where it is Groundplan's own.",
            failed=True,
            where=place_of(error, Path(file)) if own else None,
        )


def _check_type(violation: object) -> None:
    if not isinstance(violation, Violation):
        raise TypeError(f"check gives {violation!r}; what it yields is self.violation(resource, message)")
    if not isinstance(violation.resource, str) or not isinstance(violation.message, str):
        raise TypeError("the resource of a violation is its address, and its message a text")


def _marked(finding: Finding, acceptances: Acceptances) -> Finding:
    if finding.failed:
        return finding
    accepting, ended = acceptances.of(finding.rule, finding.resource)
    if accepting is not None:
        return replace(finding, accepted=True, reason=accepting.reason)
    if ended is not None:
        again = f"It was accepted until {ended.expires} and counts again: {ended.reason}"
        return replace(finding, message=f"{finding.message}. {again}")
    return finding
