"""What traffic meets, read from blueprint and architecture; what is assumed is named."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.design.blueprints import loaded

from groundplan.blueprint.loading import load
from groundplan.catalog import autoscaling
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.simulation.traffic.demand import demand
from groundplan.simulation.traffic.facts import Connections, Cost, Subject, subject, subjects
from groundplan.simulation.traffic.steady import most_requests, most_users, steady, tasks_needed

STARTS = " a task or pod gets its place, its image, and starts"
LOAD = {"cpu_ms": 5, "wait_ms": 20}
API: dict[str, Any] = {
    "image": {"repository": "api"},
    "port": 80,
    "size": {"cpu": 256, "memory": 512},
    "needs": ["main"],
    "tasks": {"desired": 2, "min": 2, "max": 10},
    "scaling": {"cpu": "70%", "requests": 600},
    "public": {"tls": False},
    "health": {"interval": "20s"},
}


def shop(api: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "project": "shop",
        "region": "us-east-1",
        "network": {"cidr": "10.0.0.0/16"},
        "services": {"api": API | (api or {})},
        "databases": {"main": {"engine": "postgres 16", "class": "db.t4g.micro", "storage": "20 GB"}},
        "environments": {"production": {}},
    } | changes


def api(blueprint: dict[str, Any]) -> Subject:
    found = loaded(blueprint)
    return subject(found, design(found), "api")


def test_a_service_is_read_from_the_blueprint() -> None:
    load = LOAD | {"deviation": 0.5, "memory": "256 MB", "connections": 4}
    found = api(shop({"load": load}, objectives={"measured": {"task_start": "45s"}}))
    assert (found.least, found.most, found.desired) == (2, 10, 2)
    assert found.targets == {"cpu": 70.0, "requests": 600.0}
    assert found.cost == Cost(5.0, 20.0)
    assert found.extent is None
    assert found.memory_percent == 50.0
    # A gibibyte takes 112 connections by RDS's formula, of which PostgreSQL keeps three.
    assert found.connections == Connections("main", 4, 109)
    assert found.start_seconds == 45 + 20
    assert found.hourly == Decimal("0.04048") / 4 + Decimal("0.004445") / 2
    assert found.assumptions == ()


def test_a_quarter_of_a_cpu_takes_four_times_as_long_and_connections_are_divided() -> None:
    found = api(shop({"load": LOAD | {"connections": 20}}))
    assert (found.task(2).cpu.servers, found.task(2).cpu.service) == (1, 0.02)
    assert found.task(2).others.servers == 20
    assert found.task(10).others.servers == 10
    two = replace(found, cpu_units=2048)
    assert (two.task(1).cpu.servers, two.task(1).cpu.service) == (2, 0.005)
    odd = replace(found, cpu_units=1536)
    assert odd.task(1).cpu.capacity == pytest.approx(1.5 / 0.005)


def test_the_pool_of_an_environment_variable_counts() -> None:
    found = api(shop({"load": LOAD, "environment": {"DB_POOL_SIZE": "7"}}))
    assert found.connections is not None
    assert found.connections.pool == 7
    assert [text.split(":")[1] for text in found.assumptions] == [STARTS]


def test_what_nobody_says_is_assumed_with_a_range_and_named() -> None:
    found = api(shop())
    taken = autoscaling.assumptions()
    assert found.cost == Cost(taken["cpu_ms"].value, taken["wait_ms"].value)
    assert found.extent == (
        Cost(taken["cpu_ms"].low, taken["wait_ms"].low),
        Cost(taken["cpu_ms"].high, taken["wait_ms"].high),
    )
    assert [text.split(":")[1] for text in found.assumptions] == [
        " CPU that a request takes",
        " time that a request waits for databases, caches and other services",
        " connections that a task opens to its database",
        STARTS,
    ]
    half = api(shop({"load": {"cpu_ms": 5}}))
    assert half.extent is not None
    assert [each.cpu_ms for each in half.extent] == [5, 5]


def test_every_figure_of_the_catalog_has_a_source_or_a_reason() -> None:
    for constant in autoscaling.constants().values():
        assert constant.source.page.startswith("https://")
        assert constant.low <= constant.value <= constant.high
        assert constant.assumed or constant.low == constant.high
    for assumption in autoscaling.assumptions().values():
        assert assumption.assumed
        assert assumption.low <= assumption.value <= assumption.high
        assert assumption.instead in str(assumption)


def test_a_measurement_that_is_not_there_has_its_place() -> None:
    found = loaded(shop({"load": {"file": "none.csv"}}))
    with pytest.raises(InputError, match=r"groundplan\.yaml:1:\d+: services\.api\.load\.file: there is no file none"):
        subject(found, design(found), "api")


def test_a_measurement_beside_the_blueprint_is_taken(tmp_path: Path) -> None:
    """20 ms of a vCPU on a quarter of one are 80; 110 were measured when nobody waited."""
    (tmp_path / "measured.csv").write_text("requests_per_second,cpu_percent,latency_ms\n1,8,110\n5,40,150\n")
    file = tmp_path / "groundplan.yaml"
    file.write_text(json.dumps(shop({"load": {"file": "measured.csv", "connections": 5}})))
    found = load(file).environment(None)
    taken = subject(found, design(found), "api")
    assert taken.cost.cpu_ms == pytest.approx(20.0)
    assert taken.cost.wait_ms == pytest.approx(30.0)
    assert taken.extent is None
    (tmp_path / "measured.csv").write_text("requests_per_second,cpu_percent,latency_ms\n1,8\n")
    with pytest.raises(InputError, match=r"measured\.csv:2:1: has 2 fields"):
        subject(found, design(found), "api")


def test_no_tasks_answer_nothing() -> None:
    none = replace(api(shop({"load": LOAD})), least=0, most=0, desired=0, targets={})
    asked = demand(loaded(shop(traffic={"users": 10, "think_time": "5s"})))
    assert asked is not None
    for each in (asked, replace(asked, users=None, rate=3.0)):
        assert steady(none, each).overloaded
        assert steady(none, each).latency(50) == 60.0
    assert most_users(none, 5.0, {}) == most_requests(none, {}) == 0


def test_an_unknown_service_is_told_with_the_nearest() -> None:
    found = loaded(shop())
    with pytest.raises(InputError, match='production has no service apo; did you mean "api"'):
        subject(found, design(found), "apo")


def test_requests_reach_public_services_and_those_that_are_said_to_be_visited() -> None:
    worker = {"image": {"repository": "worker"}}
    inner = {"image": {"repository": "inner"}, "port": 81}
    services = {"worker": worker, "inner": inner | {"load": {"visits": 0.5}}, "other": inner, "api": API}
    found = loaded(shop(services=services))
    every = subjects(found, design(found))
    assert [(each.name, each.visits) for each in every] == [("api", 1.0), ("inner", 0.5)]


def test_who_says_what_is_asked() -> None:
    assert demand(loaded(shop())) is None
    objectives = {"users": 500, "latency": {"p95": "1s"}}
    told = demand(loaded(shop(objectives=objectives)))
    assert told is not None
    assert (told.users, told.think, told.source, len(told.assumptions)) == (500, 10.0, "objectives", 1)
    traffic = {"requests": "60/min", "shape": "ramp", "quiet": "50%"}
    told = demand(loaded(shop(objectives=objectives, traffic=traffic)))
    assert told is not None
    assert (told.users, told.rate, told.shape, told.quiet, told.source) == (None, 1.0, "ramp", 0.5, "traffic")
    assert told.assumptions == ()
    with pytest.raises(InputError, match="three workloads"):
        demand(loaded(shop()), users=5, requests=5.0)


def test_the_steady_state_and_what_the_most_tasks_hold() -> None:
    found = api(shop({"load": LOAD, "scaling": {"cpu": "70%"}, "needs": []}))
    asked = demand(loaded(shop(traffic={"requests": "100/s"})))
    assert asked is not None
    state = steady(found, asked)
    assert state.tasks == 3  # 100 x 20 ms / 70 %
    assert state.cpu_percent == pytest.approx(100 * 0.02 / 3 * 100)
    assert not state.overloaded
    flood = steady(found, replace(asked, rate=1e4))
    assert flood.overloaded
    assert flood.latency(95) == 60.0
    # Ten M/M/1 of 50 a second, and nobody waits for others.
    alone = found.at(Cost(5.0, 0.0))
    from math import log

    assert most_requests(alone, {95.0: 0.2}) == pytest.approx(10 * (50 + log(0.05) / 0.2), rel=1e-6)
    rate = most_requests(alone, {95.0: 0.2})
    response = 1 / (50 - rate / 10)
    assert most_users(alone, 10.0, {95.0: 0.2}) == pytest.approx(rate * (10 + response), rel=1e-6)
    needed = tasks_needed(alone, replace(asked, rate=1000.0), {95.0: 0.2})
    assert needed is not None
    assert steady(alone, replace(asked, rate=1000.0), needed).latency(95) <= 0.2
    assert steady(alone, replace(asked, rate=1000.0), needed - 1).latency(95) > 0.2
    assert tasks_needed(alone, asked, {95.0: 0.02}) is None  # a request alone takes longer
