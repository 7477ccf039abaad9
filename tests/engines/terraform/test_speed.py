"""A hundred services are rendered in a part of the two seconds that checking and both renderings may take."""

from __future__ import annotations

import time

from tests.engines.cloudformation.large import many_services

from groundplan.engines.terraform import render


def _fastest(count: int, repetitions: int = 3) -> float:
    big = many_services(count)
    taken = []
    for _ in range(repetitions):
        start = time.process_time()
        rendering = render(big)
        taken.append(time.process_time() - start)
        assert len(rendering.addresses) == len(big)
    return min(taken)


def test_the_sample_takes_less_than_60_ms() -> None:
    assert _fastest(0, 5) < 0.060


def test_a_hundred_services_take_less_than_700_ms() -> None:
    assert _fastest(100) < 0.7


def test_time_grows_with_the_number_of_services() -> None:
    assert _fastest(160) < 6 * _fastest(40)
