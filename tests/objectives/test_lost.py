"""What is known not to hold, told quickly: the same as is found by judging everything."""

from __future__ import annotations

import pytest
from tests.reachability.systems import ENVIRONMENTS, EXAMPLES
from tests.simulation.availability.shop import shop

from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.tree import Plain
from groundplan.objectives.judge import lost, unmet
from groundplan.redesign import Bench, Designed

HARD: dict[str, Plain] = {
    "objectives.budget": "10 USD/month",
    "objectives.availability": "99.99999%",
    "objectives.deployment_time": "1m",
    "objectives.recovery_time": "1s",
    "objectives.recovery_point": "1s",
}
EASY: dict[str, Plain] = {
    "objectives.budget": "100000 USD/month",
    "objectives.availability": "90%",
    "objectives.deployment_time": "10h",
    "objectives.recovery_time": "300h",
    "objectives.recovery_point": "300h",
}


def _both(loaded: LoadedEnvironment) -> tuple[tuple[str, ...], tuple[str, ...]]:
    designed = Designed.of(loaded)
    judged = tuple(answer.name for answer in unmet(designed.answers))
    return lost(loaded, designed.architecture, lambda: designed.estimate), judged


@pytest.mark.parametrize(("system", "environment"), ENVIRONMENTS)
def test_it_is_as_judged(system: str, environment: str) -> None:
    source = read_source(EXAMPLES / system / "groundplan.yaml")
    bench = Bench(source.with_settings(["owner_id=jane"] if system == "spendsense" else []), environment)
    found = []
    for settings in ({}, HARD, EASY):
        state = bench.with_settings(settings)
        assert state.lost == tuple(answer.name for answer in unmet(state.answers))
        found.append(state.lost)
    assert "budget" in found[1]
    assert "deployment_time" in found[1]
    assert "budget" not in found[2]
    assert "deployment_time" not in found[2]


@pytest.mark.parametrize("percent", ["90", "99.9", "99.95", "99.99", "99.999", "99.999999"])
@pytest.mark.parametrize("web", [False, True])
def test_the_path_that_is_down_most_decides(percent: str, web: bool) -> None:
    small = {"image": {"repository": "web", "tag": "1"}, "port": 80, "tasks": {"desired": 1, "min": 1, "max": 1}}
    changes: list[dict[str, object]] = [{"objectives": {"availability": f"{percent}%"}}]
    if web:
        changes.append({"services": {"web": {**small, "public": {"domain": "www.shop.com"}}}})
    quick, judged = _both(shop(*changes))
    assert quick == judged
    assert (quick == ("availability",)) is (percent in ("99.999", "99.999999"))
