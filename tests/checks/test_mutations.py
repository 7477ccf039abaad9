"""Every rule speaks of its fault, and it alone, wherever the fault can be planted in one of the five systems.

The production of each system is clean. A fault is planted in it, and what the rules then say that they did not say
before has to come from the one rule that is about the fault. Where another rule rightly speaks as well, the table of
faults says why.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from tests.checks.mutations import (
    access,
    cost,
    decisions,
    operations,
    reachability,
    reliability,
    security,
    validity,
    validity_of_values,
)
from tests.checks.mutations.mutation import Mutation
from tests.checks.planting import clean
from tests.engines.samples import google_architecture

from groundplan.checks import all_rules, run
from groundplan.cli.options import load
from groundplan.design import design
from groundplan.resources import Architecture

EXAMPLES = Path(__file__).parents[2] / "examples"
SYSTEMS = {
    "duskspendr": ("production", None),
    "personal-timeline": ("production", None),
    "solemate": ("production", None),
    "spendsense": ("prod", ["owner_id=jane"]),
    "spontime": ("poc", None),
}
"""The five systems: the environment that is its production, and what has to be set."""
MUTATIONS: tuple[Mutation, ...] = (
    *validity.MUTATIONS,
    *validity_of_values.MUTATIONS,
    *security.MUTATIONS,
    *access.MUTATIONS,
    *reliability.MUTATIONS,
    *reachability.MUTATIONS,
    *operations.MUTATIONS,
    *cost.MUTATIONS,
    *decisions.MUTATIONS,
)
ELSEWHERE = {"shared": "personal-timeline, what stands once", "sample": "one of every kind", "google": "Google Cloud"}
"""Where a fault is planted that none of the five systems could have."""


@cache
def architecture_of(name: str) -> Architecture:
    """A system's production as it is designed."""
    if name == "sample":
        return clean()
    if name == "google":
        return google_architecture()
    system, (environment, settings) = (
        ("personal-timeline", ("shared", None)) if name == "shared" else (name, SYSTEMS[name])
    )
    return design(load(EXAMPLES / system / "groundplan.yaml", environment, settings))


@cache
def spoken_of(name: str) -> dict[str, frozenset[str]]:
    """What the rules say of a system as it is: rule to addresses."""
    found: dict[str, set[str]] = defaultdict(set)
    for finding in run(architecture_of(name)).findings:
        found[finding.rule].add(finding.resource)
    return {rule: frozenset(addresses) for rule, addresses in found.items()}


def new_findings(name: str, mutation: Mutation) -> set[tuple[str, str]] | None:
    """What the rules say because of a fault; None where the system has no place for it."""
    before = spoken_of(name)
    planted = mutation.plant(architecture_of(name), before.get(mutation.rule, frozenset()))
    if planted is None:
        return None
    after = {(finding.rule, finding.resource) for finding in run(planted).findings}
    return {(rule, address) for rule, address in after if address not in before.get(rule, frozenset())}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: str(mutation.rule))
def test_exactly_the_rule_that_the_fault_breaks_speaks(mutation: Mutation) -> None:
    found = {name: new_findings(name, mutation) for name in SYSTEMS}
    if not any(item is not None for item in found.values()):
        found = {name: new_findings(name, mutation) for name in ELSEWHERE}
    planted = {name: item for name, item in found.items() if item is not None}
    assert planted, f"{mutation.rule}: no architecture has a place for its fault"
    for name, findings in planted.items():
        rules = {rule for rule, _ in findings}
        assert mutation.rule in rules, f"{name}: {mutation.rule} is silent; {findings}"
        assert rules <= {mutation.rule, *mutation.also}, f"{name}: {sorted(findings)}"
    spoke = {rule for findings in planted.values() for rule, _ in findings}
    assert set(mutation.also) <= spoke, "a rule that is said to speak as well is silent everywhere"


def test_every_rule_has_its_fault() -> None:
    assert {rule.id for rule in all_rules()} == {mutation.rule for mutation in MUTATIONS}


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_system_is_left_out(name: str) -> None:
    """Most faults can be planted in each of them."""
    architecture = architecture_of(name)
    before = spoken_of(name)
    places = [item for item in MUTATIONS if item.plant(architecture, before.get(item.rule, frozenset())) is not None]
    assert len(places) >= LEAST[name], f"{len(places)} of {len(MUTATIONS)} faults were planted in {name}"


LEAST = {"duskspendr": 160, "personal-timeline": 190, "solemate": 185, "spendsense": 155, "spontime": 75}
"""How many faults at least are planted in each system, so that a change of the tables loses none unseen."""
