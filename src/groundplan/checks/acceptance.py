"""Findings that are known and taken as they are: the blueprint's ``accept``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from groundplan.checks.report import Finding
from groundplan.checks.rule import Described, Fix, References
from groundplan.errors import suggestion

if TYPE_CHECKING:
    from groundplan.blueprint.models import Accept


class UnusedAcceptance(Described):
    """Not found in the architecture but in the blueprint's ``accept``, so it is no ``Rule``."""

    id = "GP-OPS-001"
    title = "Every acceptance accepts something"
    severity = "warning"
    why = (
        "An acceptance that matches nothing is out of date or misspelt. Left standing, it silently accepts the next "
        "finding that happens to match."
    )
    fix = Fix(
        blueprint="Remove the entry from accept:, or correct its rule and resource.",
        terraform="Not in Terraform: accept: stands in the blueprint.",
        cloudformation="Not in CloudFormation: accept: stands in the blueprint.",
    )
    source = "https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_evolve_ops_process_cont_imp.html"
    references = References(pillar="Operational Excellence")


class ExpiringAcceptance(Described):
    """Found in the blueprint's ``accept`` as well."""

    id = "GP-OPS-090"
    title = "An acceptance is decided anew before its last day"
    severity = "info"
    why = (
        "After its last day the finding counts again, and a deployment that waits for the checks waits for whoever "
        "decides. Two weeks before there is time for it."
    )
    fix = Fix(
        blueprint="Mend what is accepted and remove the entry, or set expires to a later day.",
        terraform="Not in Terraform: accept: stands in the blueprint.",
        cloudformation="Not in CloudFormation: accept: stands in the blueprint.",
    )
    source = "https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_evolve_ops_process_cont_imp.html"
    references = References(pillar="Operational Excellence")


ABOUT_ACCEPTANCES: tuple[type[Described], ...] = (UnusedAcceptance, ExpiringAcceptance)
NOTICE = 14
"""Days before the end of an acceptance from which on it is told."""


@lru_cache(maxsize=512)
def _pattern(resource: str) -> re.Pattern[str]:
    # Addresses hold brackets (``subnet.public[a]``), so the patterns of fnmatch would misread them.
    return re.compile(".*".join(map(re.escape, resource.split("*"))))


def matches(accept: Accept, rule: str, resource: str) -> bool:
    """Whether an acceptance speaks of a finding: the same rule, and a resource in which ``*`` stands for any text."""
    return accept.rule == rule and _pattern(accept.resource).fullmatch(resource) is not None


class Acceptances:
    """What a blueprint accepts on a day, and which entries had something to accept."""

    def __init__(self, accept: Sequence[Accept], today: date | None = None) -> None:
        self._entries = tuple(accept)
        self._used: set[int] = set()
        self._today = (today or clock()).isoformat() if any(entry.expires for entry in accept) else ""

    def of(self, rule: str, resource: str) -> tuple[Accept | None, Accept | None]:
        """The entry that accepts a finding, and the one that did so until its last day, which is past."""
        speaking = [place for place, entry in enumerate(self._entries) if matches(entry, rule, resource)]
        self._used.update(speaking)
        valid = [self._entries[place] for place in speaking if not self._has_ended(self._entries[place])]
        ended = [self._entries[place] for place in speaking if self._has_ended(self._entries[place])]
        return next(iter(valid), None), next(iter(ended), None)

    def findings(self, known: Collection[str], others: Collection[str]) -> Iterator[Finding]:
        """What is wrong with the entries themselves. ``known`` are the ids of the rules that were run, ``others`` of
        those that were not: whether an entry of theirs is used nobody can tell."""
        for place, entry in enumerate(self._entries):
            where = f'accept[{place}] ({entry.rule} on "{entry.resource}")'
            if place in self._used:
                if self._ends_soon(entry):
                    message = f"{where} ends on {entry.expires}; from the next day on its finding counts again"
                    yield _finding(ExpiringAcceptance, entry, message, f"accept[{place}].expires")
            elif entry.rule not in others:
                yield _finding(UnusedAcceptance, entry, f"{where} {_why_unused(entry, known)}", f"accept[{place}]")

    def _has_ended(self, entry: Accept) -> bool:
        # Days as ISO 8601 writes them are in order as texts.
        return entry.expires is not None and entry.expires < self._today

    def _ends_soon(self, entry: Accept) -> bool:
        if entry.expires is None or self._has_ended(entry):
            return False
        return (date.fromisoformat(entry.expires) - date.fromisoformat(self._today)).days <= NOTICE


def clock() -> date:
    """Today, in UTC: the same for everybody who checks the same blueprint at the same time."""
    return datetime.now(UTC).date()


def _finding(rule: type[Described], entry: Accept, message: str, path: str) -> Finding:
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        resource=entry.resource,
        message=message,
        fix=rule.fix.blueprint,
        path=path,
    )


def _why_unused(entry: Accept, known: Collection[str]) -> str:
    if entry.rule in (rule.id for rule in ABOUT_ACCEPTANCES):
        return f"cannot be: {entry.rule} is about acceptances themselves; change the entry it speaks of instead"
    if entry.rule in known:
        return "accepts nothing: no finding of that rule has such a resource; remove it or correct the resource"
    return f"accepts nothing: there is no rule {entry.rule}{suggestion(entry.rule, known)}"
