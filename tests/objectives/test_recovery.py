"""The answers to ``objectives.recovery_time``, ``recovery_point`` and ``recovery``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.design.blueprints import designed
from tests.recovery.shop import shop

from groundplan.blueprint.models import Blueprint
from groundplan.objectives import Answer
from groundplan.objectives.recovery import answers, judged
from groundplan.objectives.recovery_pictures import overview, steps
from groundplan.resources import Architecture
from groundplan.simulation import pictures


@cache
def alone() -> Architecture:
    """The shop in one region, with the backups of its databases alone."""
    return shop(standby=None, backup=None, objectives=None)


@cache
def with_standby() -> Architecture:
    """The shop with its standby."""
    return shop()


def blueprint(objectives: dict[str, Any]) -> Blueprint:
    """A blueprint that demands something."""
    return Blueprint.model_validate({"project": "shop", "region": "us-east-1", "objectives": objectives})


def judge(architecture: Architecture, **objectives: Any) -> dict[str, Answer]:
    """The answers by their name."""
    return {answer.name: answer for answer in answers(blueprint(objectives), architecture)}


def test_nothing_is_answered_that_nobody_asked() -> None:
    assert judge(alone()) == {}
    assert judge(alone(), response_time="15m", measured={"restore": "20m"}) == {}


def test_the_general_objective_holds_for_the_region_where_there_is_a_standby() -> None:
    everything = ["task", "node", "database", "zone", "table", "corruption", "key"]
    assert list(judge(alone(), recovery_time="1h")) == [f"recovery.{name}.time" for name in everything]
    assert "recovery.region.time" in judge(with_standby(), recovery_time="1h")


def test_what_is_named_goes_before_what_is_general() -> None:
    found = judge(alone(), recovery_time="1h", recovery={"zone": {"time": "2m", "point": "5m"}})
    assert found["recovery.zone.time"].required.text == "2 min"
    assert found["recovery.zone.point"].met is True
    assert found["recovery.task.time"].required.text == "1 h"
    assert "recovery.task.point" not in found


@pytest.mark.parametrize(("demanded", "met"), [("1230s", True), ("1229s", None), ("363s", None), ("362s", False)])
def test_it_holds_where_it_does_at_the_most(demanded: str, met: bool | None) -> None:
    found = judge(with_standby(), recovery={"region": {"time": demanded}})["recovery.region.time"]
    assert found.met is met
    assert found.predicted is not None
    assert found.interval is not None
    assert [item.value for item in (found.interval[0], found.predicted, found.interval[1])] == [363, 748, 1230]


def test_a_region_without_standby_is_never_back() -> None:
    found = judge(alone(), recovery={"region": {"time": "4h", "point": "1d"}})
    time, point = found["recovery.region.time"], found["recovery.region.point"]
    assert (time.met, time.predicted) == (False, None)
    assert "nothing takes over from a region that is gone" in time.method
    assert point.met is False
    assert "no other region has a copy" in point.method


def test_what_waits_for_people_is_unknown_until_the_blueprint_says_how_long() -> None:
    found = judge(alone(), recovery_time="1h")["recovery.key.time"]
    assert (found.met, found.predicted) == (None, None)
    assert found.missing == "objectives.response_time, how long people take until they act, like 15m"
    known = judge(alone(), recovery_time="1h", response_time="15m")["recovery.key.time"]
    assert (known.met, known.missing) == (True, None)
    # Even if somebody acted at once: 5 minutes until the alarm, 2 until the database runs.
    assert judge(alone(), recovery_time="5m")["recovery.key.time"].met is False


def test_what_has_nothing_to_hit_is_met() -> None:
    bare = designed(
        "project: shop\nregion: eu-west-1\nservices: {api: {image: {repository: api}, size: {cpu: 256, memory: 512}}}"
    )
    found = judge(bare, recovery={"key": {"time": "1h"}})["recovery.key.time"]
    assert (found.met, found.method) == (True, "the environment has nothing that could be lost so")


def test_no_asynchronous_copy_loses_nothing() -> None:
    found = judge(with_standby(), recovery={"region": {"point": "0s"}, "zone": {"point": "0s"}})
    assert found["recovery.region.point"].met is False
    assert found["recovery.zone.point"].met is True


def test_how_much_wrong_data_cost_depends_on_who_finds_them() -> None:
    unknown = judge(alone(), recovery={"corruption": {"point": "1h"}})["recovery.corruption.point"]
    assert (unknown.met, unknown.missing) == (None, "objectives.discovery_time")
    known = judge(alone(), recovery={"corruption": {"point": "2h"}}, discovery_time="1h")["recovery.corruption.point"]
    assert known.met is True


def test_an_assumption_names_the_measurement_that_replaces_it() -> None:
    asked = {"recovery": {"region": {"time": "15m"}}}
    assumed = judge(with_standby(), **asked)["recovery.region.time"]
    assert any("objectives.measured.promotion" in text for text in assumed.assumptions)
    measured = judge(with_standby(), **asked, measured={"promotion": "3m"})["recovery.region.time"]
    assert not any("objectives.measured.promotion" in text for text in measured.assumptions)


def test_pictures_are_the_same_each_time(tmp_path: Path) -> None:
    found = judged(blueprint({"recovery_time": "15m"}), with_standby())
    region = next(item for item in found if item.recovery.disruption == "region")
    written = []
    for name in ("one.svg", "two.svg"):
        pictures.save(overview("production", found), tmp_path / name)
        pictures.save(steps("production", region), tmp_path / f"steps-{name}")
        written.append(((tmp_path / name).read_bytes(), (tmp_path / f"steps-{name}").read_bytes()))
    assert written[0] == written[1]
    everything, timeline = (text.decode() for text in written[0])
    assert all(f">{item.recovery.disruption}" in everything for item in found)
    assert "promote (Systems Manager)" in timeline
    assert "objective 15 min (dotted)" in timeline
