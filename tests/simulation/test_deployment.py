"""How long a first deployment takes."""

from __future__ import annotations

import random

import pytest
from tests.design.blueprints import designed

from groundplan.catalog.creation_times import all_creation_times, creation_time, usual_seconds
from groundplan.simulation.deployment import RESOURCES_AT_ONCE, _run, deployment_time

SMALL = "project: shop\nregion: eu-west-1\nprofile: poc\n"
DATABASE = SMALL + "databases: {{main: {{engine: postgres 16, class: db.t4g.micro, storage: 20 GB gp3{more}}}}}\n"


def test_every_time_is_in_order_and_has_a_source() -> None:
    for time in all_creation_times().values():
        assert 0 < time.low <= time.expected <= time.high, time.key
        assert time.source.page.startswith("https://"), time.key
        assert time.assumed, f"{time.key}: AWS promises no time"
    types = [time.type for time in all_creation_times().values() if time.type]
    assert len(types) == len(set(types))


def test_what_has_no_row_takes_what_anything_takes() -> None:
    assert creation_time("topic").key == "anything"
    assert creation_time("topic", "terraform").key == "call"
    assert creation_time("role").key == "role"
    assert creation_time("role", "terraform").key == "call", "it is CloudFormation that waits"
    assert creation_time("nat_gateway", "terraform").key == "nat_gateway"
    assert usual_seconds("AWS::EC2::NatGateway") == creation_time("nat_gateway").expected
    assert usual_seconds("AWS::SNS::Topic") is None


@pytest.mark.parametrize(
    ("needs", "at_once", "end", "path"),
    [
        ({}, 1, 0, ""),
        ({"a": "", "b": "", "c": ""}, 3, 3, "c"),
        ({"a": "", "b": "", "c": ""}, 1, 6, "abc"),
        ({"a": "", "b": "a", "c": "ab"}, 9, 6, "abc"),
        ({"c": "", "b": "", "a": "b"}, 9, 3, "c"),
        ({"c": "", "a": "", "b": ""}, 2, 3, "c"),
        ({"b": "", "a": "", "c": ""}, 2, 4, "ac"),
    ],
)
def test_each_begins_once_what_it_needs_is_there_and_a_place_is_free(
    needs: dict[str, str], at_once: int, end: float, path: str
) -> None:
    """a takes one second, b two, c three."""
    names = list(needs)
    numbers = [[names.index(other) for other in others] for others in needs.values()]
    run = _run(numbers, [ord(name) - 96 for name in names], at_once)
    assert run.end == end
    assert "".join(names[number] for number in run.path) == path


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="these need one another: \\[1, 2\\]"):
        _run([[], [2], [1]], [1, 1, 1], 2)


def test_the_path_takes_as_long_as_the_whole() -> None:
    """Whatever needs what, and however many places there are: on the critical path nobody waits for anything else."""
    chance = random.Random(7)
    for _ in range(50):
        needs = [chance.sample(range(number), min(number, chance.randint(0, 3))) for number in range(30)]
        seconds = [chance.randint(1, 9) for _ in needs]
        at_once = chance.randint(1, RESOURCES_AT_ONCE)
        run = _run(needs, seconds, at_once)
        assert run.end == sum(seconds[number] for number in run.path)
        assert sum(seconds) / at_once <= run.end <= sum(seconds)


def test_the_shape_of_a_database_decides() -> None:
    one = deployment_time(designed(DATABASE.format(more="")), "terraform")
    standby = deployment_time(designed(DATABASE.format(more=", standby: true")), "terraform")
    replica = deployment_time(designed(DATABASE.format(more=", replicas: 1, backups: 7d")), "terraform")
    assert one.low < one.expected < one.high
    difference = creation_time("database_instance_standby").expected - creation_time("database_instance").expected
    assert standby.expected - one.expected == difference
    longer = creation_time("database_instance_replica").expected
    assert replica.expected - one.expected == pytest.approx(longer, abs=5), "what followed it follows no longer"
    assert [step.what for step in replica.path][-2:] == ["database_instance.main", "database_instance.main_replica"]


def test_cloudformation_waits_for_whole_stacks() -> None:
    architecture = designed(DATABASE.format(more=""))
    stacks = deployment_time(architecture, "cloudformation")
    assert stacks.expected > deployment_time(architecture, "terraform").expected
    names = [step.what for step in stacks.path if step.what.startswith("stack ")]
    assert names[-2:] == ["stack network", "stack databases"]
