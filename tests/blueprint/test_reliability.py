"""``reliability:`` and ``required:``: what is read, and what is refused with its place."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.design.blueprints import loaded
from tests.simulation.availability.shop import SHOP, merged

from groundplan.errors import InputError
from groundplan.units import Duration, FailureRate


def test_rates_and_times_are_read() -> None:
    written = {"causes": {"zone": {"failures": "0.2/year", "repair": "2h"}}, "tasks_needed": {"api": 2}}
    found = loaded(merged(SHOP, {"reliability": written})).blueprint.reliability
    zone = found.causes["zone"]
    assert (zone.failures, zone.repair) == (FailureRate(Fraction(1, 5)), Duration(7200))
    assert found.tasks_needed == {"api": 2}


@pytest.mark.parametrize(
    ("text", "per_year"),
    [("0.2/year", Fraction(1, 5)), ("1/month", 12), ("2 / week", 104), ("1/day", 365), ("0/year", 0)],
)
def test_a_rate_is_counted_by_the_year(text: str, per_year: Fraction) -> None:
    rate = FailureRate.parse(text)
    assert rate.per_year == per_year
    assert FailureRate.parse(str(rate)) == rate


@pytest.mark.parametrize("text", ["-1/year", "1", "1/decade", "often", 3, None, "1e3/year"])
def test_what_is_no_rate(text: object) -> None:
    with pytest.raises(ValueError, match="is not a rate of failures"):
        FailureRate.parse(text)


def test_more_often_than_hourly_is_not_failing_but_broken() -> None:
    with pytest.raises(ValueError, match="more than once an hour"):
        FailureRate.parse("25/day")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reliability": {"tasks_needed": {"apo": 1}}}, 'there is no service apo; did you mean "api"?'),
        ({"reliability": {"tasks_needed": {"api": 4}}}, "has to be 1 to 3, the fewest tasks that scaling leaves"),
        ({"reliability": {"tasks_needed": {"api": 0}}}, "has to be 1 to 3"),
        ({"reliability": {"causes": {"zone": {"repair": "0s"}}}}, "write failures: 0/year"),
        ({"reliability": {"causes": {"zone": {"failures": "-2/year"}}}}, "is not a rate of failures"),
        ({"reliability": {"causes": {"zones": {}}}}, "zones"),
        ({"objectives": {"availability": "100%"}}, "nothing that can fail answers always"),
        ({"services": {"api": {"needs": [{"name": "main", "required": "perhaps"}]}}}, "required"),
        ({"services": {"api": {"needs": [{"main": "read", "required": True}]}}}, "main"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as refused:
        loaded(merged(SHOP, change))
    assert message in str(refused.value)
    assert all(problem.position is not None for problem in refused.value.problems)
