"""The objective of availability: met, not met, not certain, and not to be judged."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.simulation.availability.shop import api, shop

from groundplan.design import design
from groundplan.objectives.answer import Answer, to_data
from groundplan.objectives.availability import answer
from groundplan.units import Percentage


def answered(percent: str, *changes: dict[str, object]) -> Answer:
    loaded = shop(*changes)
    return answer(Percentage(Decimal(percent)), loaded, design(loaded))


@pytest.mark.parametrize(("percent", "met"), [("99.9", True), ("99.95", None), ("99.999", False)])
def test_it_is_met_at_the_bad_end_of_the_interval(percent: str, met: bool | None) -> None:
    found = answered(percent)
    assert found.met is met
    assert found.required.text == f"{percent} %"
    assert found.predicted is not None
    assert found.interval is not None
    assert found.interval[0].value < found.predicted.value < found.interval[1].value
    assert found.predicted.text.endswith(" %")


def test_it_says_how_it_was_found_and_what_it_rests_on() -> None:
    found = to_data(answered("99.9"))
    assert found["name"] == "availability"
    assert "a request to api" in found["method"]
    assert any("reliability.causes.zone replaces it" in text for text in found["assumptions"])
    assert found["missing"] is None


def test_the_path_that_is_down_most_counts() -> None:
    slow = {"image": {"repository": "web", "tag": "1"}, "port": 80, "tasks": {"desired": 1, "min": 1, "max": 1}}
    found = answered("99.9", {"services": {"web": {**slow, "public": {"domain": "www.shop.com"}}}})
    assert "a request to api" in found.method
    found = answered(
        "99.9", {"services": {"web": {**slow, "needs": ["main", "files"], "public": {"domain": "www.shop.com"}}}}
    )
    assert "a request to web" in found.method


def test_what_is_not_public_is_not_judged() -> None:
    found = answered("99.9", api(public=None, port=None))
    assert (found.predicted, found.met) == (None, None)
    assert found.missing is not None
    assert "public:" in found.missing
