"""Formulas against request by request simulation, and the simulated day against formulas: within 2 %."""

from __future__ import annotations

from dataclasses import replace
from math import log

import pytest
from tests.simulation.traffic.services import PLAIN, requests, users

from groundplan.simulation.traffic.day import simulate
from groundplan.simulation.traffic.facts import Connections, Cost, Subject
from groundplan.simulation.traffic.latency import latency
from groundplan.simulation.traffic.queueing import (
    Response,
    Station,
    Task,
    closed_throughput,
    erlang_c,
    gamma_quantile,
    mean_value_analysis,
    quantile,
)
from groundplan.simulation.traffic.requests import circulate, responses

NOTHING = Station(None, 0.0, 0.0)
WITHIN = 0.02


def m_m_c(servers: int, rate: float, service: float) -> float:
    """The mean response of M/M/c, from the textbook's sum instead of a recursion."""
    from math import factorial

    offered = rate * service
    tail = offered**servers / factorial(servers) / (1 - offered / servers)
    waits = tail / (sum(offered**number / factorial(number) for number in range(servers)) + tail)
    return waits * service / (servers - offered) + service


def test_erlang_c_is_the_textbooks() -> None:
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    # Gross et al., example 2.3: 3 servers, 6 arrivals an hour, 20 minutes each.
    assert erlang_c(3, 2.0) == pytest.approx(0.4444, abs=1e-4)


@pytest.mark.parametrize(
    ("task", "rate", "exact"),
    [
        pytest.param(Task(NOTHING, Station(3, 0.1, 1.0)), 24.0, m_m_c(3, 24.0, 0.1), id="M/M/3"),
        pytest.param(Task(NOTHING, Station(8, 0.1, 1.0)), 64.0, m_m_c(8, 64.0, 0.1), id="M/M/8"),
        pytest.param(Task(Station(1, 0.1, 0.0), NOTHING), 8.0, 0.1 + 8 * 0.01 / 2 / 0.2, id="M/D/1"),
        pytest.param(Task(Station(1, 0.1, 0.5), NOTHING), 8.0, 0.1 + 8 * 0.01 * 1.25 / 2 / 0.2, id="M/G/1"),
        pytest.param(Task(Station(None, 0.0, 1.0), Station(None, 0.1, 1.0), 3), 24.0, m_m_c(3, 24.0, 0.1), id="slots"),
        pytest.param(Task(Station(1, 0.05, 1.0), Station(4, 0.1, 1.0)), 14.0, m_m_c(1, 14, 0.05) + m_m_c(4, 14, 0.1),
                     id="Jackson"),
    ],
)  # fmt: skip
def test_requests_one_by_one_agree_with_the_closed_forms(task: Task, rate: float, exact: float) -> None:
    assert task.response(rate).mean == pytest.approx(exact, rel=1e-9)
    took = responses(task, rate, requests=1500, seed=3, warm=400)
    assert took.mean() == pytest.approx(exact, rel=WITHIN)


def test_the_exponential_response_of_m_m_1_is_exact_at_every_percentile() -> None:
    took = Task(Station(1, 0.1, 1.0), NOTHING).response(7.0)
    for share in (0.5, 0.95, 0.99):
        assert quantile(took, share) == pytest.approx(-log(1 - share) / 3.0, rel=1e-6)
    assert quantile(Response(0.2, 0.0), 0.99) == 0.2
    assert gamma_quantile(2.0, 0.5) == pytest.approx(1.678347, rel=1e-6)


@pytest.mark.parametrize(("tasks", "people", "think"), [(1, 5, 1.0), (3, 20, 0.5)])
def test_circulating_users_agree_with_mean_value_analysis(tasks: int, people: int, think: float) -> None:
    throughput, response = circulate(0.1, tasks, people, think, cycles=900, seed=5, warm=150)
    exact_throughput, exact_response = mean_value_analysis([0.1 / tasks] * tasks, people, think)
    assert throughput == pytest.approx(exact_throughput, rel=WITHIN)
    assert response == pytest.approx(exact_response, rel=WITHIN)


@pytest.mark.parametrize(
    ("subject", "tasks", "rate", "exact"),
    [
        pytest.param(PLAIN, 1, 8.0, 0.5, id="M/M/1"),
        pytest.param(
            replace(PLAIN, cost=Cost(1e-6, 100.0), connections=Connections("main", 3, None)), 1, 24.0,
            m_m_c(3, 24.0, 0.1), id="M/M/3",
        ),
        pytest.param(replace(PLAIN, deviation=2.0), 4, 24.0, 0.1 + 6 * 0.01 * 5 / 2 / 0.4, id="four M/G/1"),
    ],
)  # fmt: skip
def test_a_constant_day_is_the_closed_form(subject: Subject, tasks: int, rate: float, exact: float) -> None:
    day = simulate(replace(subject, desired=tasks, least=tasks), requests(rate))
    assert day.in_flight[-1] == pytest.approx(rate * exact, rel=WITHIN)
    told = latency(day)
    assert told.mean == pytest.approx(exact, rel=WITHIN)
    formula = subject.task(tasks).response(rate / tasks)
    for percent in (50, 95, 99):
        assert told.percentile(percent) == pytest.approx(quantile(formula, percent / 100), rel=WITHIN)


@pytest.mark.parametrize("people", [600, 950, 2000])
def test_a_day_of_users_is_the_closed_network(people: int) -> None:
    """Idle, full and overloaded: ten tasks, ten seconds to think. Just where they become full, queues are a little
    longer than in the network, where every request that waits is one less that comes."""
    day = simulate(replace(PLAIN, desired=10, least=10), users(people, 10.0))
    throughput, response = mean_value_analysis([0.1 / 10] * 10, people, 10.0)
    assert day.completions[-1] == pytest.approx(throughput, rel=WITHIN)
    assert day.in_flight[-1] == pytest.approx(throughput * response, rel=0.03 if people == 950 else WITHIN)
    assert closed_throughput(PLAIN.task(10), 10, people, 10.0) == pytest.approx(throughput, rel=WITHIN)


def test_the_highest_rate_within_a_latency_is_one_that_just_holds() -> None:
    task = Task(Station(1, 0.1, 1.0), NOTHING)
    rate = task.rate_within(0.95, 1.0)
    assert rate == pytest.approx(10 + log(0.05), rel=1e-6)
    assert task.rate_within(0.95, 0.2) == 0.0
