"""personal-timeline's deployments: how long the first of an environment takes, and how many of them succeed."""

from __future__ import annotations

import random
from pathlib import Path

from tests.acceptance.environments import in_each
from tests.acceptance.rows import requirement
from tests.operations.faults.account import Account
from tests.operations.faults.trial import Environment, attempt

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.objectives.deployment_time import answer
from groundplan.resources import Architecture
from groundplan.units import Duration

HALF_AN_HOUR = Duration(30 * 60)
KINDS = ("refused", "killed", "cut")


@requirement("PT-231")
@in_each("development", "staging", "production")
def test_an_environment_is_there_within_half_an_hour(
    production: LoadedEnvironment, architecture: Architecture, environment: str
) -> None:
    """As expected. Where every resource took its longest at once it would be more, and the answer says so; how long
    the deployment to the local AWS takes is measured where it is deployed."""
    found = answer(HALF_AN_HOUR, architecture, production.blueprint.engine)
    assert found.predicted is not None
    assert found.predicted.value < HALF_AN_HOUR.seconds
    assert found.met is not False
    longest = "database_instance" if environment == "production" else "kubernetes_cluster.main (10 min)"
    assert longest in found.method
    assert all("https://" in text for text in found.assumptions[:-1])


@requirement("PT-242")
def test_deployments_succeed_whatever_happened_to_the_one_before(tmp_path: Path) -> None:
    """What stands once in the account: after a fault of each kind at some step, the next deployment ends in the wanted
    state, and the one after that has nothing to do. Of these more than 99 of 100 succeed; with ``make faults`` those
    of all steps."""
    account = Account()
    try:
        shared = Environment("personal-timeline", "shared", account, tmp_path, change="")
        chance, every = random.Random(242), list(shared.faults())
        faults = [chance.choice([fault for fault in every if fault.kind == kind]) for kind in KINDS]
        outcomes = [attempt(shared, fault) for fault in faults]
    finally:
        account.reset()
    assert [outcome.problems for outcome in outcomes if outcome.problems] == []
    assert sum(outcome.happened for outcome in outcomes) >= len(KINDS) - 1, "faults did happen"
    succeeded, deployments = sum(2 * (not outcome.problems) for outcome in outcomes), 2 * len(outcomes)
    assert succeeded / deployments > 0.99
