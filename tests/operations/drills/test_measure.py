"""The time that something is away, measured with a clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from groundplan.operations.drills.looks import DatabaseState, Look, ServiceState
from groundplan.operations.drills.measure import Measurement, measure


def look(running: int, database: str = "available", zone: str = "a") -> Look:
    return Look({"api": ServiceState(running, 2)}, {}, {"main": DatabaseState(database, zone)})


def measured(looks: list[Look], *, effective_from: int = 0, timeout: float = 100.0) -> Measurement:
    """One look every ten seconds, the first at once."""
    at = [0.0]
    seen: Iterator[Look] = iter(looks)
    numbers = [0]

    def see() -> Look:
        numbers[0] += 1
        return next(seen)

    def pass_by(seconds: float) -> None:
        at[0] += seconds

    found = Measurement(datetime.now(UTC), every=10.0)
    measure(
        see,
        effective=lambda _: numbers[0] > effective_from,
        over=lambda _: True,
        before=look(2),
        found=found,
        start=0.0,
        timeout=timeout,
        report=lambda text, **_: None,
        clock=lambda: at[0],
        sleep=pass_by,
    )
    return found


def test_full_strength_is_when_nothing_is_missing_any_more() -> None:
    found = measured([look(1), look(1), look(2)])
    assert found.whole == 20.0
    assert found.interrupted == 0.0  # one task was always there


def test_users_wait_while_nothing_of_something_is_there() -> None:
    found = measured([look(0), look(0), look(1), look(2)])
    assert found.interrupted == 20.0
    assert found.whole == 30.0


def test_a_database_that_is_away_is_waited_for() -> None:
    found = measured([look(2, "rebooting"), look(2, "rebooting", "b"), look(2, zone="b")])
    assert found.interrupted == 20.0
    assert [event.what for event in found.events] == [
        "main: rebooting, in a",
        "main: rebooting, in b",
        "main: available, in b",
    ]


def test_a_whole_look_before_anything_has_happened_means_nothing() -> None:
    """AWS takes its time to begin: two looks find everything whole, and only then the task ends."""
    found = measured([look(2), look(2), look(1), look(2)], effective_from=2)
    assert found.whole == 30.0


def test_nobody_waits_for_ever() -> None:
    found = measured([look(1)] * 9, timeout=50.0)
    assert found.whole is None
    assert found.waited == 60.0
