"""What would meet an objective: each answer is a design that holds it, and one that costs less does not."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from groundplan.blueprint.loading import Source, source_of
from groundplan.blueprint.yaml import read_yaml
from groundplan.objectives import Answer, Figure
from groundplan.redesign import Bench
from groundplan.remedies import Search, find, to_data
from groundplan.remedies.search import distance

SHOP = """
project: shop
region: us-east-1
services:
  api:
    image: {repository: api, tag: 1.0.0}
    port: 8000
    size: {cpu: 256, memory: 512}
    tasks: {desired: 2, min: 2, max: 4}
    scaling: {cpu: 70%}
    load: {cpu_ms: 5, wait_ms: 20}
    public: {domain: api.shop.com}
    needs: [main]
databases:
  main: {engine: postgres 16.10, class: db.t4g.small, storage: 20 GB, standby: false}
traffic: {users: 5000, think_time: 10s}
alarms: null
environments: {production: {}}
"""


def source(objectives: str, more: str = "") -> Source:
    text = dedent(SHOP) + f"objectives: {objectives}\n{more}"
    return source_of(read_yaml(text, Path("groundplan.yaml")), Path("groundplan.yaml"), text)


def only(objectives: str) -> Search:
    (found,) = find(source(objectives))
    return found


def test_a_standby_for_the_database_and_nothing_else() -> None:
    found = only("{recovery: {zone: {time: 5m}}}")
    assert found.remedy is not None
    assert dict(found.remedy.settings) == {"databases.main.standby": True, "databases.main.zone": None}
    assert found.remedy.answer.met
    assert 26 < found.remedy.monthly < 27, "the same class and storage once more"
    assert (found.nearest, found.remedy.as_expected, found.remedy.lost) == (None, False, ())


def test_as_many_tasks_as_are_needed_and_no_more() -> None:
    demanded = source("{users: 5000, latency: {p95: 200ms}}")
    users, latency = sorted(find(demanded), key=lambda search: search.answer.name != "users")
    assert users.remedy is not None
    assert latency.remedy is not None
    most = users.remedy.settings["services.api.tasks.max"]
    assert isinstance(most, int)
    bench = Bench(demanded, None)
    assert bench.with_settings({"services.api.tasks.max": most}).answer("users").met
    assert not bench.with_settings({"services.api.tasks.max": most - 1}).answer("users").met
    assert users.remedy.monthly == 0 < users.remedy.at_most, "more tasks cost only while they run"
    assert latency.remedy.at_most <= users.remedy.at_most, "the cheapest of what was tried"


def test_what_an_answer_gives_up_elsewhere_is_said() -> None:
    found = only("{budget: 200 USD/month, response_time: 10m, recovery: {region: {time: 60m}}}")
    assert found.answer.name == "recovery.region.time"
    told = found.remedy or found.nearest
    assert told is not None
    assert told.settings["standby"] == {"region": "us-west-2", "overlay": {"network": {"cidr": "10.1.0.0/16"}}}
    assert told.lost == ("budget",)


def test_nothing_meets_it() -> None:
    found = only("{latency: {p95: 10ms}}")
    assert found.remedy is None
    assert found.nearest is not None
    assert distance(found.nearest.answer) < distance(found.answer)
    assert found.exhausted


def test_only_as_expected() -> None:
    """Where nobody measured what a request costs, no number of tasks holds at the worst of what is assumed."""
    text = source("{latency: {p95: 200ms}, users: 5000}").text.replace("    load: {cpu_ms: 5, wait_ms: 20}\n", "")
    loose = source_of(read_yaml(text, Path("groundplan.yaml")), Path("groundplan.yaml"), text)
    users = next(search for search in find(loose) if search.answer.name == "users")
    assert users.remedy is not None
    assert users.remedy.as_expected
    assert users.remedy.answer.predicted is not None
    assert users.remedy.answer.predicted.value >= 5000


def test_what_holds_needs_no_search() -> None:
    assert find(source("{recovery: {task: {time: 30m}}}")) == ()


@pytest.mark.parametrize(
    ("name", "predicted", "interval", "away"),
    [
        ("availability", 99.0, None, (1 / 99.9 * 0.9, 1 / 99.9 * 0.9, 1 / 99.9 * 0.9)),
        ("recovery.zone.time", 120.0, (60.0, 240.0), (140 / 100, 20 / 100, 0.0)),
        ("users", 50.0, (0.0, 200.0), (1.0, 0.5, 0.0)),
    ],
)
def test_distance(
    name: str, predicted: float, interval: tuple[float, float] | None, away: tuple[float, float, float]
) -> None:
    required = 99.9 if name == "availability" else 100.0

    def figure(value: float) -> Figure:
        return Figure(value, "", "")

    answer = Answer(
        name,
        figure(required),
        figure(predicted),
        (figure(interval[0]), figure(interval[1])) if interval else None,
        met=False,
        method="",
    )
    assert distance(answer) == pytest.approx(away)


def test_as_data() -> None:
    data = to_data(only("{recovery: {zone: {time: 5m}}}"))
    assert data["objective"] == "recovery.zone.time"
    assert data["remedy"] is not None
    assert data["remedy"]["settings"] == ["databases.main.standby=true", "databases.main.zone=null"]
    assert data["remedy"]["answer"]["met"] is True
