"""The answers to ``objectives.latency``, ``users``, ``requests`` and ``utilisation``."""

from __future__ import annotations

from typing import Any

import pytest
from tests.design.blueprints import loaded
from tests.simulation.traffic.test_facts import LOAD, shop

from groundplan.design import design
from groundplan.objectives import Answer
from groundplan.objectives.traffic import answers


def judge(objectives: dict[str, Any], load: dict[str, Any] | None = None, **traffic: Any) -> dict[str, Answer]:
    """The answers by their name."""
    found = loaded(shop({"load": load} if load else {}, objectives=objectives, traffic=traffic))
    return {answer.name: answer for answer in answers(found, design(found))}


def test_nothing_is_answered_that_nobody_asked() -> None:
    assert judge({}) == {}


def test_what_nobody_asks_or_measured_is_not_known() -> None:
    found = judge({"latency": {"p95": "200ms"}, "utilisation": "70%"})
    for answer in found.values():
        assert (answer.predicted, answer.interval, answer.met) == (None, None, None)
        assert answer.missing is not None
        assert answer.missing.startswith("traffic: {users: ...")


def test_written_figures_give_one_answer_without_an_interval() -> None:
    load = {**LOAD, "connections": 10}
    found = judge({"latency": {"p95": "200ms", "p50": "20ms"}}, load, requests="100/s")
    answer = found["latency.p95"]
    assert answer.required.text == "200 ms"
    assert answer.predicted is not None
    assert answer.interval is None
    assert answer.met is True
    assert [each for each in answer.assumptions if "a request" in each] == []
    assert answer.method.startswith("100 requests/s: 10 tasks of api; queueing formulas")
    assert found["latency.p50"].met is False


def test_assumed_figures_give_an_interval_that_may_lie_on_both_sides() -> None:
    answer = judge({"latency": {"p95": "200ms"}}, requests="5/s")["latency.p95"]
    assert answer.interval is not None
    low, high = answer.interval
    assert low.value < 200 < high.value
    assert answer.met is None
    assert sum("a request" in each for each in answer.assumptions) == 2
    assert judge({"latency": {"p95": "5s"}}, requests="5/s")["latency.p95"].met is True
    assert judge({"latency": {"p95": "10ms"}}, requests="5/s")["latency.p95"].met is False


def test_users_are_held_against_the_most_tasks() -> None:
    found = judge({"users": 1000, "latency": {"p95": "200ms"}}, LOAD, think_time="10s")
    answer = found["users"]
    assert answer.predicted is not None
    assert answer.predicted.value > 2500
    assert answer.met is True
    assert answer.method.startswith("what 10 tasks of api hold within p95 of 200 ms; ")
    crowd = judge({"users": 50_000, "latency": {"p95": "200ms"}}, LOAD, think_time="10s")
    assert crowd["users"].met is False
    assert crowd["users"].predicted == answer.predicted
    assert crowd["latency.p95"].met is False
    assert "10 tasks of api, which is too few" in crowd["latency.p95"].method


@pytest.mark.parametrize(("demanded", "met"), [("400/s", True), ("500/s", False)])
def test_requests_are_held_against_the_most_tasks(demanded: str, met: bool) -> None:
    """Ten tasks of 50 requests a second, 95 % of which are in use."""
    answer = judge({"requests": demanded}, LOAD)["requests"]
    assert answer.predicted is not None
    assert answer.predicted.value == pytest.approx(475.0)
    assert answer.met is met


def test_utilisation_is_that_of_the_tasks_that_scaling_holds() -> None:
    """600 requests a minute and task are a fifth of what its CPU could do: the other policy wastes it."""
    answer = judge({"utilisation": "70%"}, LOAD, requests="50/s")["utilisation"]
    assert answer.predicted is not None
    assert answer.predicted.value == pytest.approx(20.0)
    assert answer.met is False
    assert judge({"utilisation": "20%"}, {**LOAD, "memory": "320 MB"}, requests="50/s")["utilisation"].met is True
