"""Findings that are known and taken as they are: the blueprint's ``accept``."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from groundplan.checks.rule import Described, Fix, References, Violation
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


@lru_cache(maxsize=512)
def _pattern(resource: str) -> re.Pattern[str]:
    # Addresses hold brackets (``subnet.public[a]``), so the patterns of fnmatch would misread them.
    return re.compile(".*".join(map(re.escape, resource.split("*"))))


def matches(accept: Accept, rule: str, resource: str) -> bool:
    """Whether an acceptance speaks of a finding: the same rule, and a resource in which ``*`` stands for any text."""
    return accept.rule == rule and _pattern(accept.resource).fullmatch(resource) is not None


def unused(accept: Sequence[Accept], used: Collection[int], known: Collection[str]) -> list[Violation]:
    """A violation for each acceptance that accepted nothing. ``known`` are the ids of all rules."""
    found = []
    for place, entry in enumerate(accept):
        if place in used:
            continue
        where = f'accept[{place}] ({entry.rule} on "{entry.resource}")'
        if entry.rule == UnusedAcceptance.id:
            why = f"cannot be: {entry.rule} is about acceptances themselves; remove the entry it speaks of instead"
        elif entry.rule in known:
            why = "accepts nothing: no finding of that rule has such a resource; remove it or correct the resource"
        else:
            why = f"accepts nothing: there is no rule {entry.rule}{suggestion(entry.rule, known)}"
        found.append(Violation(entry.resource, f"{where} {why}"))
    return found
