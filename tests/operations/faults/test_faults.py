"""Faults at steps that a seed has chosen, in the smallest of the systems; all of all systems: ``make faults``."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from unittest.mock import patch

import pytest
from tests.operations.faults.account import Account, Line, Loss, Step, refusing
from tests.operations.faults.chain import passes
from tests.operations.faults.trial import Environment, Fault, Kind, Ran, Start, attempt, resources_of, run

SEED = 10
CHOSEN: tuple[tuple[Kind, Start, Loss], ...] = (
    ("refused", "nothing", "question"),
    ("refused", "an earlier revision", "question"),
    ("killed", "nothing", "answer"),
    ("killed", "an earlier revision", "question"),
    ("cut", "an earlier revision", "answer"),
)
"""What each of those that are tried here has in common with those that it stands for."""


@pytest.fixture(scope="module")
def spontime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    account = Account()
    yield Environment("spontime", "poc", account, tmp_path_factory.mktemp("faults"))
    account.reset()


def sample(environment: Environment) -> list[list[Fault]]:
    """Three faults of each sort."""
    chance, every = random.Random(SEED), list(environment.faults())
    return [chance.sample([one for one in every if (one.kind, one.start, one.loses) == sort], 3) for sort in CHOSEN]


def test_the_next_run_ends_in_the_wanted_state(
    spontime: Environment, record_property: Callable[[str, object], None]
) -> None:
    """Nothing is there twice, nothing is left behind, nothing that holds data is another than before, and nobody holds
    the lock. The figure is how many faults were tried."""
    tried, problems = 0, list[str]()
    for faults in sample(spontime):
        for done in passes(spontime, faults):
            tried += len(done.met)
            problems += done.problems
    assert problems == []
    record_property("faults tried", tried)
    assert tried >= 2 * len(CHOSEN), "of steps that run side by side there may be less"


def test_one_fault_alone(spontime: Environment) -> None:
    first = next(fault for fault in spontime.faults() if fault.kind == "killed" and fault.loses == "answer")
    outcome = attempt(spontime, first)
    assert outcome.happened
    assert not outcome.first
    assert outcome.problems == ()


def test_a_series_says_what_no_run_came_to(spontime: Environment) -> None:
    there = next(fault for fault in spontime.faults() if fault.kind == "cut" and fault.step)
    nowhere = replace(there, step=Step("DeleteVpc", "", 1))
    first, second = passes(spontime, [there, nowhere])
    assert first.met == (there,)
    assert second.met == ()
    assert first.passed_over == second.passed_over == (nowhere,)
    assert first.problems == second.problems == ()


def test_a_series_notices_what_a_fault_left_behind(spontime: Environment) -> None:
    faults = [fault for fault in spontime.faults() if fault.kind == "killed" and fault.start == "nothing"][:1]
    region = spontime.regions[0]

    def leave_something(*given: object) -> Ran:
        spontime.account.connect(Line())
        spontime.account.client("ec2", region).create_vpc(CidrBlock="10.9.0.0/16")
        return run(*given)  # type: ignore[arg-type]  # handed on

    with patch("tests.operations.faults.chain.run", leave_something):
        (done,) = passes(spontime, faults)
    assert any(
        problem.endswith(f"ec2 Vpcs {region}, not {spontime.wanted['nothing'][f'ec2 Vpcs {region}']}")
        for problem in done.problems
    ), done.problems


def test_every_step_and_every_resource_has_its_faults(spontime: Environment) -> None:
    faults = list(spontime.faults())
    assert len(faults) == len(set(faults))
    resources = sum(len(resources_of(stack)) for stack in spontime.now.rendering.stacks)
    assert sum(fault.kind == "refused" for fault in faults) == 2 * resources
    steps = spontime.steps["nothing"]
    for operation in ("PutParameter", "CreateChangeSet", "ExecuteChangeSet", "DescribeStackEvents"):
        assert any(step.operation == operation for step in steps), operation


def test_what_is_left_behind_is_seen(spontime: Environment) -> None:
    """The look at everything notices one thing too many, or another in the place of one that held data."""
    account = spontime.account
    account.load(spontime.snapshots["an earlier revision"])
    region = spontime.regions[0]
    before = spontime.census()
    account.client("ec2", region).create_vpc(CidrBlock="10.9.0.0/16")
    after = spontime.census()
    assert {key for key in after if after[key] != before[key]} >= {f"ec2 Vpcs {region}", f"ec2 RouteTables {region}"}
    assert any("database" in place.lower() for place in spontime.data())


def test_a_broken_line_says_nothing_more(spontime: Environment) -> None:
    third = spontime.steps["nothing"][2]
    line = Line(breaks_at=[third], for_ever=True)
    spontime.account.load(spontime.snapshots["nothing"])
    ran = run(spontime.account, spontime.now, line)
    assert ran.error is not None
    assert line.broke_at == [third]
    assert len(line.steps) == 3


def test_a_refused_resource_is_refused_once(spontime: Environment) -> None:
    stack = spontime.now.rendering.stacks[0]
    name = resources_of(stack)[0]
    spontime.account.load(spontime.snapshots["nothing"])
    with refusing([(stack.name, name)]) as refused:
        ran = run(spontime.account, spontime.now, Line())
        assert refused == [(stack.name, name)]
    assert ran.error is not None
    assert "Rate exceeded" in ran.error
    assert ran.error.splitlines()[-1].startswith("what to do: AWS was asked too much at once")
