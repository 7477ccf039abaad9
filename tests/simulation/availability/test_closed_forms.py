"""Series, parallel, k-of-n and two-state systems: formula against closed form, simulation within its interval."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from groundplan.simulation.availability.exact import at_least, downtime_by_element, structure, unavailability
from groundplan.simulation.availability.model import YEAR, Block, Chain, Element, Failover, Gap, Part, steps
from groundplan.simulation.availability.montecarlo import Simulated, simulate

HOUR = 3600.0
A = Element("a", "node", 12, 40 * HOUR)
B = Element("b", "node", 6, 90 * HOUR)
ZONE = Element("zone", "zone", 4, 30 * HOUR)


def block(needed: int, *parts: tuple[Element, ...], name: str = "block") -> Block:
    return Block(name, needed, tuple(Part(elements) for elements in parts))


def alike(count: int) -> list[Element]:
    return [Element(f"e{number}", "task", 10, 60 * HOUR) for number in range(count)]


def within(found: Simulated, availability: float, times: float = 1.6) -> bool:
    """Within the interval of 95 %, somewhat widened: 1.6 times is 99.8 %, so that a seed is not picked for it."""
    low, high = found.interval
    middle = (low + high) / 2
    return abs(availability - middle) <= (high - low) / 2 * times


def test_an_element_is_the_two_state_markov_chain() -> None:
    failing, mending = 12 / YEAR, 1 / (40 * HOUR)
    assert A.unavailability == pytest.approx(failing / (failing + mending), rel=1e-12)
    assert A.frequency == pytest.approx(12 * mending / (failing + mending), rel=1e-12)


def test_series_is_the_product() -> None:
    chain = Chain((block(1, (A,)), block(1, (B,))))
    closed = (1 - A.unavailability) * (1 - B.unavailability)
    assert structure(chain) == pytest.approx(closed, rel=1e-12)
    assert within(simulate(chain, years=2000, seed=1), closed)


def test_parallel_fails_only_together() -> None:
    chain = Chain((block(1, (A,), (B,)),))
    closed = 1 - A.unavailability * B.unavailability
    assert structure(chain) == pytest.approx(closed, rel=1e-12)
    assert within(simulate(chain, years=2000, seed=2), closed)


@pytest.mark.parametrize("needed", [2, 3, 5])
def test_k_of_n_is_binomial(needed: int) -> None:
    elements = alike(5)
    there = 1 - elements[0].unavailability
    closed = sum(math.comb(5, count) * there**count * (1 - there) ** (5 - count) for count in range(needed, 6))
    chain = Chain((block(needed, *((element,) for element in elements)),))
    assert structure(chain) == pytest.approx(closed, rel=1e-12)
    assert within(simulate(chain, years=2000, seed=needed), closed)


def test_what_fails_together_is_not_counted_as_independent() -> None:
    first, second = alike(2)
    chain = Chain((block(1, (first, ZONE), (second, ZONE)), block(1, (ZONE,), name="balancer")))
    closed = (1 - ZONE.unavailability) * (1 - first.unavailability * second.unavailability)
    assert structure(chain) == pytest.approx(closed, rel=1e-12)
    assert within(simulate(chain, years=2000, seed=4), closed)


def test_frequency_and_length_of_outages_are_those_of_the_chain() -> None:
    chain = Chain((block(1, (A,)),))
    found = simulate(chain, years=4000, seed=5)
    assert found.outages == pytest.approx(A.frequency, rel=0.02)
    assert found.by_element["a"] == pytest.approx(A.unavailability * YEAR, rel=0.03)


def test_a_gap_loses_its_share_until_others_have_taken_over() -> None:
    gaps = (Gap("a", 1.0, 120, "failover"), Gap("a", 0.5, 600, "a zone's share"), Gap("b", 0.25, None, "no way out"))
    assert steps(gaps[:2]) == (0.0, ((120, 1.0), (480, 0.5)))
    chain = Chain((block(1, (A,), (B,)),), gaps)
    up = 1 - A.unavailability * B.unavailability
    lost = A.frequency * (120 + 240) / YEAR + B.frequency * 0.25 * B.repair / YEAR
    assert unavailability(chain) == pytest.approx(1 - up + up * lost, rel=1e-12)
    # The formula counts a gap as if the rest were up as often as always; what overlaps is of second order.
    assert within(simulate(chain, years=2000, seed=6), 1 - unavailability(chain), times=2)


def test_a_gap_of_what_takes_all_down_anyway_counts_once() -> None:
    alone = Chain((block(1, (A,)),))
    with_gap = Chain(alone.blocks, (Gap("a", 1.0, 600, "failover"),))
    assert unavailability(with_gap) == pytest.approx(unavailability(alone), rel=1e-12)
    assert simulate(with_gap, years=200, seed=7).availability == pytest.approx(
        simulate(alone, years=200, seed=7).availability, abs=1e-12
    )


def test_a_standby_ends_what_lasts_longer_than_its_takeover() -> None:
    region = Element("region", "region", 3, 20 * HOUR)
    away = Element("other region", "region", 5, 30 * HOUR)
    release = Element("release", "deployment", 2, 10 * HOUR)
    chain = Chain((block(1, (region,)), block(1, (release,))))
    failover = Failover(Chain((block(1, (away,)), block(1, (release,)))), 2 * HOUR)
    exact = unavailability(chain, failover)
    assert exact < unavailability(chain)
    assert within(simulate(chain, years=4000, seed=8, failover=failover), 1 - exact, times=2)
    # A release that answers wrongly does so in both regions: it is as bad as without a standby.
    assert downtime_by_element(chain, failover)["release"] == pytest.approx(
        downtime_by_element(chain)["release"], rel=0.02
    )


def test_what_is_away_for_good_takes_its_parts_along() -> None:
    first, second = alike(2)
    chain = Chain((block(1, (first, ZONE), (second,)),), (Gap("zone", 1.0, 60, "failover"),))
    left = chain.without({"zone"})
    assert structure(left) == pytest.approx(1 - second.unavailability, rel=1e-12)
    assert left.gaps == ()
    assert chain.without({"e1", "zone"}).works(()) is False
    assert simulate(chain.without({"e1", "zone"}), years=3, seed=1).availability == 0


def test_the_worst_is_named_first_and_same_seed_same_figures() -> None:
    chain = Chain((block(1, (A,)), block(1, (B,), (ZONE,))))
    assert next(iter(downtime_by_element(chain))) == "a"
    first, again, other = (simulate(chain, years=100, seed=seed) for seed in (3, 3, 4))
    assert next(iter(first.by_element)) == "a"
    assert first.downtime.tobytes() == again.downtime.tobytes() != other.downtime.tobytes()


def test_many_years_are_simulated_in_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Chain((block(1, (A,)),))
    monkeypatch.setattr("groundplan.simulation.availability.montecarlo.SPAN", 300)
    found = simulate(chain, years=1000, seed=9)
    assert len(found.downtime) == 1000
    assert found.by_element["a"] == pytest.approx(float(found.downtime.mean()), rel=1e-9)
    assert within(found, 1 - A.unavailability, times=2)


def test_nothing_that_fails_is_always_there() -> None:
    never = Chain((block(1, (Element("a", "node", 0, HOUR),)),))
    found = simulate(never, years=10, seed=1)
    assert (found.availability, found.outages, found.longest, found.years_within(1.0)) == (1.0, 0, 0.0, 1.0)


def test_at_least_none_is_certain() -> None:
    assert (at_least(0, []), at_least(1, []), at_least(2, [1.0])) == (1.0, 0.0, 0)


def test_any_structure_is_what_all_of_its_states_add_up_to() -> None:
    """Blocks that share elements in every way: the formula against the sum over all 64 states."""
    chance = random.Random(3)
    for _ in range(40):
        elements = [Element(f"e{number}", "node", chance.uniform(1, 300), 24 * HOUR) for number in range(6)]
        blocks = []
        for number in range(3):
            parts = [tuple(chance.sample(elements, chance.randint(1, 3))) for _ in range(chance.randint(1, 4))]
            blocks.append(block(chance.randint(1, len(parts)), *parts, name=f"block {number}"))
        chain = Chain(tuple(blocks))
        closed = 0.0
        for state in itertools.product((True, False), repeat=len(elements)):
            away = {element.name for element, there in zip(elements, state, strict=True) if not there}
            share = math.prod(
                element.unavailability if element.name in away else 1 - element.unavailability for element in elements
            )
            closed += share * chain.works(away)
        assert structure(chain) == pytest.approx(closed, abs=1e-12)
