"""What works while something is away, and what each remaining task carries."""

from __future__ import annotations

import pytest
from tests.simulation.availability.shop import STANDBY, api, network, path

from groundplan.errors import InputError
from groundplan.simulation.availability.loss import Loss, losses
from groundplan.simulation.availability.paths import RequestPath
from groundplan.simulation.availability.wording import span, tasks, verdict


def loss(found: RequestPath, *asked: str) -> Loss:
    return losses([found], asked)[0]


def test_a_lost_zone_leaves_what_stands_in_the_other() -> None:
    found = loss(path(), "zone-a")
    assert found.works
    left = found.left[0]
    assert (left.before, left.at_once, left.later, left.load) == (3, 1, 3, 3.0)
    assert tasks(left) == "api: 1 of 3 tasks left, each with 3 times its load; 3 again after 3.5 min"
    assert verdict(found).startswith("100 % of the requests fail for 3.5 min, then all are answered: too few tasks")


def test_four_tasks_lose_no_more_than_half() -> None:
    found = loss(
        path(api(tasks={"desired": 4, "min": 4, "max": 6}), {"reliability": {"tasks_needed": {"api": 2}}}), "zone-a"
    )
    assert found.left[0].load == 2.0
    assert verdict(found).startswith("100 % of the requests fail for 90 s, then all are answered: main fails over")


@pytest.mark.parametrize("name", ["zone-a", "Zone A", "zone us-east-1a", "zone-us-east-1a"])
def test_a_zone_has_several_names(name: str) -> None:
    assert loss(path(), name).away == {"zone us-east-1a"}


def test_both_zones_leave_nothing() -> None:
    found = loss(path(), "zone-a", "zone-b")
    assert not found.works
    assert found.left[0].load is None
    assert "nothing is answered" in verdict(found)


def test_a_database_without_standby_takes_all_down() -> None:
    found = loss(path({"databases": {"main": {"standby": False, "zone": "a"}}}), "database")
    assert (found.works, found.missing) == (False, ("database main",))


def test_the_primary_fails_over_and_the_standby_is_not_noticed() -> None:
    assert verdict(loss(path(), "primary-of-main")) == (
        "100 % of the requests fail for 90 s, then all are answered: main fails over"
    )
    assert verdict(loss(path(), "standby-of-main")) == "goes on as if nothing had happened"
    assert not loss(path(), "main").works


def test_a_task_is_replaced_and_a_service_is_not() -> None:
    found = loss(path(), "task")
    assert (found.works, found.lasting, found.left[0].later) == (True, frozenset(), 3)
    assert verdict(found).startswith("33 % of the requests fail for 90 s")
    alone = loss(path(api(tasks={"desired": 1, "min": 1, "max": 2})), "task-api-1")
    assert verdict(alone) == "100 % of the requests fail for 3.5 min, then all are answered: task api 1 is replaced"
    gone = loss(path(), "api")
    assert (gone.works, gone.left[0].at_once, gone.left[0].later) == (False, 0, 0)


def test_a_gateway_of_its_own_zone_or_of_all() -> None:
    single = loss(path(network(nat="single", endpoints=[])), "nat")
    assert (single.works, single.missing) == (False, ("way out by us-east-1a",))
    own = loss(path(network(nat="per-zone", endpoints=[])), "nat-a")
    assert own.works
    assert verdict(own) == "67 % of the requests fail as long as it is away: tasks in us-east-1a do not reach s3"
    none = loss(path(), "nat")
    assert (none.works, verdict(none)) == (True, "answers without it")


def test_a_zone_that_images_come_by_strands_its_tasks() -> None:
    found = loss(path(network(nat="single", endpoints=["s3"])), "zone-a")
    assert (found.works, found.missing) == (False, ("tasks of api",))
    assert (found.left[0].at_once, found.left[0].later) == (1, 1)


def test_what_is_soft_is_not_missed() -> None:
    assert verdict(loss(path(), "sessions")) == "answers without it"


def test_the_standby_takes_over_from_a_region() -> None:
    found = loss(path(STANDBY), "region")
    assert found.works
    assert found.standby_after is not None
    assert f"for {span(found.standby_after)}, until the standby has taken over" in verdict(found)
    assert (found.left[0].at_once, found.left[0].later) == (0, 0)
    assert not loss(path(), "region").works


def test_what_no_request_crosses_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r'--without zone-x: no request crosses that; did you mean "zone-[ab]"\?'):
        loss(path(), "zone-x")
