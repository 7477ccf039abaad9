"""What becomes of what Checkov finds: accepted in the blueprint, exempt by the list, only said by a rule, or open."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from groundplan.checks import Finding, all_rules
from groundplan.checks.rule import WHOLE_ARCHITECTURE
from groundplan.resources import Architecture

EXEMPTIONS = Path(__file__).with_name("exemptions.toml")
FEWEST_WORDS = 3
Kind = Literal["accepted", "exempt", "said", "open"]


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """A check that failed, on a resource by Groundplan's own address, whichever engine's rendering it was found in."""

    check: str
    resource: str


@dataclass(frozen=True)
class Exemption:
    """Where Checkov cannot see what is there, or asks for what is not right."""

    check: str
    resources: tuple[str, ...]
    """Addresses, in which ``*`` stands for any text."""
    reason: str
    source: str

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(".*".join(map(re.escape, item.split("*"))) for item in self.resources))

    def speaks_of(self, failure: Failure) -> bool:
        """Whether it is about this failure."""
        return failure.check == self.check and self._pattern.fullmatch(failure.resource) is not None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a failure."""

    failure: Failure
    kind: Kind
    by: str
    """The rule whose finding is accepted, or that speaks without being accepted; nothing where none does."""
    reason: str


def read_exemptions(path: Path = EXEMPTIONS) -> tuple[Exemption, ...]:
    """The list. Raises ValueError for an entry that does not say enough."""
    found = []
    for check, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for entry in entries:
            if len(entry["reason"].split()) < FEWEST_WORDS:
                raise ValueError(f"{path.name}: {check}: {entry['reason']!r} is no reason; at least three words are")
            if not entry["source"].startswith("https://"):
                raise ValueError(f"{path.name}: {check}: {entry['source']!r} is no page that others can read")
            found.append(Exemption(check, tuple(entry["resources"]), entry["reason"], entry["source"]))
    return tuple(found)


def rules_by_check() -> Mapping[str, frozenset[str]]:
    """Which of Groundplan's rules correspond to a check."""
    found: dict[str, set[str]] = {}
    for rule in all_rules():
        for check in rule.references.checkov:
            found.setdefault(check, set()).add(rule.id)
    return {check: frozenset(rules) for check, rules in found.items()}


def judge(
    failures: Iterable[Failure],
    findings: Sequence[Finding],
    architecture: Architecture,
    exemptions: Sequence[Exemption],
    *,
    is_production: bool = True,
) -> list[Verdict]:
    """The verdict on each failure. The blueprint's word comes before the list's. In production a finding that nobody
    accepted is open; elsewhere it is enough that a rule says it."""
    rules = rules_by_check()
    return [_judge(item, findings, architecture, exemptions, rules, is_production) for item in sorted(set(failures))]


def unused(exemptions: Iterable[Exemption], failures: Iterable[Failure]) -> list[Exemption]:
    """Entries of the list that are about nothing that was found, with all patterns that match nothing."""
    every = set(failures)
    found = []
    for exemption in exemptions:
        idle = tuple(
            pattern
            for pattern in exemption.resources
            if not any(Exemption(exemption.check, (pattern,), "", "").speaks_of(failure) for failure in every)
        )
        if idle:
            found.append(Exemption(exemption.check, idle, exemption.reason, exemption.source))
    return found


def _judge(
    failure: Failure,
    findings: Sequence[Finding],
    architecture: Architecture,
    exemptions: Sequence[Exemption],
    rules: Mapping[str, frozenset[str]],
    is_production: bool,
) -> Verdict:
    speaking = list(_about(failure, findings, architecture, rules))
    for finding in speaking:
        if finding.accepted and finding.reason:
            return Verdict(failure, "accepted", finding.rule, finding.reason)
    for exemption in exemptions:
        if exemption.speaks_of(failure):
            return Verdict(failure, "exempt", "", exemption.reason)
    if speaking and not is_production:
        return Verdict(failure, "said", speaking[0].rule, "no more is asked of what is not production")
    if speaking:
        return Verdict(failure, "open", speaking[0].rule, f"{speaking[0].rule} finds it, and nobody accepted it")
    known = ", ".join(sorted(rules.get(failure.check, ())))
    return Verdict(failure, "open", "", f"{known} finds nothing there" if known else "no rule corresponds to it")


def _about(
    failure: Failure, findings: Sequence[Finding], architecture: Architecture, rules: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """Findings of the corresponding rules on the resource, on one of another kind that belongs to it, or on the whole:
    Checkov fails the load balancer for what is wrong with its listener."""
    mine = rules.get(failure.check, frozenset())
    resource = architecture.at(failure.resource)
    for finding in findings:
        if finding.rule not in mine:
            continue
        if finding.resource in (failure.resource, WHOLE_ARCHITECTURE):
            yield finding
            continue
        other = architecture.at(finding.resource)
        if resource is None or other is None or type(resource) is type(other):
            continue
        if resource.ref in other.references() or other.ref in resource.references():
            yield finding
