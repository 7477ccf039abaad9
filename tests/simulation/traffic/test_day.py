"""A day of traffic: nothing is lost, nothing is by chance, and limits show where they bite."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.simulation.traffic.services import PLAIN, requests, users

from groundplan.blueprint.traffic import Shape
from groundplan.simulation.traffic.day import simulate
from groundplan.simulation.traffic.demand import Demand
from groundplan.simulation.traffic.facts import Connections, Cost, Metric
from groundplan.simulation.traffic.latency import latency
from groundplan.simulation.traffic.picture import draw
from groundplan.simulation.traffic.report import Result, run, to_data

SCALING: dict[Metric, float] = {"cpu": 70.0}
SCALED = replace(PLAIN, targets=SCALING, least=2, most=12, desired=2)


@settings(max_examples=25)
@given(
    load=st.lists(st.floats(0, 500), min_size=1, max_size=6),
    closed=st.booleans(),
    slots=st.sampled_from([None, 1, 4]),
    wait=st.floats(0, 400),
    timeout=st.integers(1, 60),
    tasks=st.integers(0, 4),
)
@example(load=[5e-324], closed=False, slots=None, wait=0.0, timeout=1, tasks=1)
def test_what_comes_is_answered_fails_or_is_in_flight(
    load: list[float], closed: bool, slots: int | None, wait: float, timeout: int, tasks: int
) -> None:
    each_second = tuple(rate for rate in load for _ in range(40))
    demand = replace(requests(0), shape=None, replayed=each_second, seconds=len(each_second))
    if closed:
        demand = replace(demand, users=1.0, think=2.0)
    subject = replace(
        SCALED, slots=slots, cost=Cost(50.0, wait), timeout=timeout, least=tasks, desired=tasks,
        connections=Connections("main", 10, 15),
    )  # fmt: skip
    day = simulate(subject, demand)
    came, ended = day.arrivals.sum(), day.completions.sum() + day.errors.sum()
    assert came == pytest.approx(ended + day.in_flight[-1], abs=1e-6 * (1 + came))
    for each in (day.arrivals, day.completions, day.errors, day.in_flight):
        assert each.min() >= 0
    if closed:
        assert (day.in_flight <= [max(each_second)] * len(each_second)).all()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_draws_others(tmp_path: Path) -> None:
    demand = replace(users(300, 10.0, 1800), shape="ramp")
    first, again, other = (run(SCALED, demand, seed) for seed in (1, 1, 2))
    assert json.dumps(to_data(first)) == json.dumps(to_data(again))
    assert first.drawn is not None
    assert first.drawn != other.drawn
    assert first.latency.percentile(95) == other.latency.percentile(95)
    one, two = tmp_path / "one.svg", tmp_path / "two.svg"
    draw(first, one, objective_ms=200)
    draw(again, two, objective_ms=200)
    assert one.read_bytes() == two.read_bytes()
    assert "300 users who think 10 s" in one.read_text()


def test_the_busiest_minute_drawn_request_by_request_agrees_with_the_day() -> None:
    result = run(replace(PLAIN, desired=4, least=4), requests(24.0), 0)
    assert result.drawn is not None
    assert result.drawn.p95 == pytest.approx(result.latency.percentile(95), rel=0.02)
    assert result.cpu_busiest == pytest.approx(60.0, rel=0.01)


def test_what_does_not_fit_piles_up_and_fails_when_the_load_balancer_gives_up() -> None:
    result = run(PLAIN, requests(15.0, 600))
    day = result.day
    # Five a second too many fill the sixty seconds of ten requests a second after two minutes.
    first = int((day.errors > 0).argmax())
    assert first == pytest.approx(120, abs=3)
    assert day.errors[first + 1 :] == pytest.approx(5.0, rel=0.005)
    assert result.latency.over_time["p95"][-1] == pytest.approx(60.0, rel=0.2)
    assert result.drawn is None  # no minute of an overloaded queue settles


def test_without_tasks_every_request_fails() -> None:
    result = run(replace(PLAIN, least=0, desired=0), requests(3.0, 120))
    assert result.error_percent == 100
    assert to_data(result)["latency_ms"]["p95"] is None


def test_connections_of_the_database_limit_all_tasks_together() -> None:
    """100 ms at the database on 6 connections are 60 a second, however many tasks there are."""
    subject = replace(
        PLAIN, cost=Cost(1.0, 100.0), connections=Connections("main", 10, 6), desired=3, least=3
    )  # fmt: skip
    day = simulate(subject, requests(80.0, 120))
    assert day.completions[-1] == pytest.approx(60.0, rel=0.005)
    assert simulate(replace(subject, connections=Connections("main", 10, None)), requests(80.0, 120)).completions[
        -1
    ] == pytest.approx(80.0, rel=1e-3)


def test_new_tasks_serve_when_they_have_started_and_passed_a_health_check() -> None:
    demand = replace(requests(0), shape=None, replayed=(5.0,) * 600 + (30.0,) * 1200, seconds=1800)
    subject = replace(SCALED, least=1, desired=1)
    day = simulate(subject, demand)
    out = next(each for each in day.decisions if each.kind == "out")
    # Three datapoints of a minute, and the time that the third takes to arrive.
    assert out.at == 600 + 3 * 60 + 60
    serving = int((day.running > 1).argmax())
    assert serving == out.at + subject.start_seconds
    assert (day.paid > 1).argmax() == out.at
    assert out.before == 1
    assert out.after == 2  # CPU shows no more than 100 %: 1 x 100 / 70


def test_fargate_starts_no_more_tasks_than_its_rate_allows() -> None:
    """A hundred at once, then twenty a second."""
    subject = replace(SCALED, least=300, desired=300, most=600)
    demand = replace(requests(0), shape=None, replayed=(2000.0,) * 60 + (1e5,) * 540, seconds=600)
    day = simulate(subject, demand)
    out = next(each for each in day.decisions if each.kind == "out")
    assert out.after - out.before == 129  # 300 x 100 / 70
    begin = out.at + subject.start_seconds
    assert [int(day.running[begin + second]) for second in (-1, 0, 1, 2)] == [300, 419, 429, 429]


def test_a_spike_fails_where_scaling_comes_too_late() -> None:
    demand = Demand(
        users=None, think=0.0, rate=100.0, shape="spike", quiet=0.1, seconds=4 * 3600, source="test"
    )  # fmt: skip
    result = run(SCALED, demand)
    assert result.errors > 0
    assert 0 < result.error_percent < 50
    assert int(result.day.running.max()) == 12
    after = [each for each in result.day.decisions if each.kind == "in"]
    assert after
    assert after[0].at >= 3600 * 2 + 900 + 15 * 60  # a quarter of an hour below, at the earliest


def test_a_day_costs_its_tasks_from_their_start() -> None:
    from decimal import Decimal

    result = run(replace(PLAIN, least=2, desired=2, hourly=Decimal("0.05")), requests(3.0, 3600))
    assert result.cost == Decimal("0.10")
    assert run(PLAIN, requests(3.0, 60)).cost is None


@pytest.mark.parametrize("shape", ["day", "constant", "spike", "ramp"])
def test_every_shape_reaches_its_peak_and_its_quiet(shape: Shape) -> None:
    demand = replace(requests(50.0, 86_400), shape=shape)
    values = demand.each_second()
    assert len(values) == 86_400
    assert max(values) == pytest.approx(50.0)
    assert min(values) == pytest.approx(50.0 if shape == "constant" else 10.0)
    if shape == "day":
        assert values.index(min(values)) == 4 * 3600
        assert values.index(max(values)) == 16 * 3600


def test_nobody_answered_is_no_latency() -> None:
    day = simulate(PLAIN, requests(0.0, 120))
    told = latency(day)
    assert told.mean != told.mean
    assert Result(day, told, None).error_percent == 0
