"""Formula, simulation and contract of whole architectures: they agree, and are not the same thing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from tests.simulation.availability.shop import STANDBY, api, network, path, shop

from groundplan.design import design
from groundplan.simulation.availability.exact import downtime_by_element, unavailability
from groundplan.simulation.availability.floor import floor
from groundplan.simulation.availability.model import YEAR
from groundplan.simulation.availability.montecarlo import simulate
from groundplan.simulation.availability.study import Prediction, holds, predict, study, worst

# So many failures that 3,000 years tell a difference of some percent.
OFTEN: dict[str, Any] = {
    "reliability": {
        "causes": {
            "region": {"failures": "2/year", "repair": "5h"},
            "zone": {"failures": "1/month", "repair": "4h"},
            "database": {"failures": "2/month", "repair": "2h"},
            "task": {"failures": "2/week"},
            "nat": {"failures": "1/month", "repair": "1h"},
        }
    }
}


@pytest.mark.parametrize(
    "changes",
    [
        (OFTEN,),
        (OFTEN, STANDBY),
        (OFTEN, network(nat="per-zone", endpoints=[])),
        (OFTEN, network(nat="single", endpoints=[]), {"databases": {"main": {"standby": False, "zone": "b"}}}),
    ],
    ids=["two zones", "standby", "gateways", "one of all"],
)
def test_formula_and_simulation_agree(changes: tuple[dict[str, Any], ...]) -> None:
    found = path(*changes)
    exact = 1 - unavailability(found.chain, found.failover)
    low, high = simulate(found.chain, years=3000, seed=11, failover=found.failover).interval
    # The formula takes gaps and takeovers one at a time: with failures as often as here that is 2 % of the downtime.
    margin = (1 - exact) * 0.02
    assert low - margin <= exact <= high + margin


def test_better_architectures_are_better() -> None:
    def down(*changes: dict[str, Any]) -> float:
        found = path(*changes)
        return unavailability(found.chain, found.failover)

    plain = down()
    assert down({"databases": {"main": {"standby": False, "zone": "a"}}}) > plain
    assert down(api(tasks={"desired": 1, "min": 1, "max": 2})) > plain
    assert down(network(nat="single", endpoints=[])) > plain
    assert down(STANDBY) < plain
    assert down(api(needs=["main", {"name": "sessions", "required": True}])) > down(api(needs=["main", "sessions"]))


def test_causes_are_ranked_by_what_they_cost_and_single_points_are_marked() -> None:
    (found,) = study(predict(design(shop()), shop().blueprint.reliability, {}), years=50, seed=1)
    seconds = [cause.seconds for cause in found.causes]
    assert seconds == sorted(seconds, reverse=True)
    alone = {cause.element for cause in found.causes if cause.alone}
    assert alone >= {"region us-east-1", "upgrade of main", "Elastic Load Balancing"}
    assert alone.isdisjoint({"primary of main", "zone us-east-1a", "task api 1"})
    # A release: twice a year for 20 minutes.
    assert downtime_by_element(found.path.chain)["release of api"] == pytest.approx(2400, rel=0.01)
    assert sum(seconds) == pytest.approx((1 - found.prediction.expected) * YEAR, rel=0.02)


def test_the_contract_is_the_exact_product() -> None:
    found = floor(path())
    nines = {"balancer": "0.9999", "tasks": "0.9999", "database": "0.9995", "s3": "0.999", "kms": "0.99999"}
    closed = Fraction(1)
    for share in nines.values():
        closed *= Fraction(share)
    assert found.availability == closed
    assert (found.with_standby, found.without_sla) == (None, ())


def test_a_standby_is_parallel_in_the_contract_but_for_what_both_share() -> None:
    found = path(STANDBY)
    here = floor(path()).availability
    there = Fraction("0.9999") * Fraction("0.995") * Fraction("0.999") * Fraction("0.99999")
    assert floor(found).with_standby == 1 - (1 - here) * (1 - there)
    assert floor(found).without_sla == ("tasks of api",)


def test_a_link_without_agreement_is_said() -> None:
    assert "NAT gateway" in floor(path(network(nat="single", endpoints=[]))).without_sla
    assert "tasks of api" in floor(path(api(tasks={"desired": 1, "min": 1, "max": 2}))).without_sla


def test_the_interval_has_every_rate_at_its_best_and_worst() -> None:
    (found,) = predict(design(shop()), shop().blueprint.reliability, {})
    assert found.low < found.expected < found.high
    assert found.low == 1 - unavailability(path(case="high").chain)
    assert worst([found]) is found


@pytest.mark.parametrize(("required", "answer"), [(0.9, True), (0.95, True), (0.97, None), (0.995, False)])
def test_it_holds_at_the_bad_end(required: float, answer: bool | None) -> None:
    assert holds(required, Prediction(path(), 0.95, 0.98, 0.99)) is answer


def test_nothing_public_has_no_availability() -> None:
    found = shop(api(public=None, port=None))
    assert predict(design(found), found.blueprint.reliability, {}) == ()


def test_what_is_away_changes_the_prediction() -> None:
    found = shop(STANDBY)
    (before,) = predict(design(found), found.blueprint.reliability, {})
    (without,) = predict(design(found), found.blueprint.reliability, {}, {"api": frozenset({"region us-east-1"})})
    assert without.path.failover is not None
    assert without.expected == 1 - unavailability(without.path.failover.chain)
    assert without.expected < before.expected
