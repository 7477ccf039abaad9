"""The answer to ``objectives.deployment_time``."""

from __future__ import annotations

import pytest
from tests.design.blueprints import designed

from groundplan.objectives import to_data
from groundplan.objectives.deployment_time import answer
from groundplan.units import Duration

SHOP = designed(
    "project: shop\nregion: eu-west-1\nprofile: poc\n"
    "databases: {main: {engine: postgres 16, class: db.t4g.micro, storage: 20 GB gp3}}\n"
)


@pytest.mark.parametrize(("minutes", "met"), [(60, True), (10, None), (1, False)])
def test_it_holds_where_it_does_at_the_bad_end(minutes: int, met: bool | None) -> None:
    found = answer(Duration(minutes * 60), SHOP, "terraform")
    assert found.met is met
    assert found.predicted is not None
    assert found.interval is not None
    assert found.interval[0].value < found.predicted.value < found.interval[1].value


def test_it_says_what_it_rests_on() -> None:
    found = to_data(answer(Duration(600), SHOP, "cloudformation"))
    assert found["name"] == "deployment_time"
    assert found["required"] == {"value": 600.0, "unit": "s", "text": "10 min"}
    assert "database_instance.main (8 min)" in found["method"]
    assert "each stack once those that it needs are complete" in found["method"]
    assert any("a database instance in one zone: " in text and "https://" in text for text in found["assumptions"])
    assert found["assumptions"][-1] == "images are in the registry; no quota of the account is in the way"
