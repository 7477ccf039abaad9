"""Steps side by side: their order, their failures, their interruption."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.operations.schedule import Schedule

PATIENCE = 10


def run(
    needs: dict[str, frozenset[str]], step: Callable[[str], None], at_once: int = 4
) -> tuple[dict[str, Exception], threading.Event]:
    stopped = threading.Event()
    return Schedule(needs, step, stopped).run(at_once), stopped


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, frozenset[str]]:
    """Steps that need some of those before them, told in any order."""
    names = [f"s{number}" for number in range(draw(st.integers(0, 8)))]
    needs = {
        name: frozenset(draw(st.lists(st.sampled_from(names[:index]), max_size=3)) if index else ())
        for index, name in enumerate(names)
    }
    return {name: needs[name] for name in draw(st.permutations(names))}


@settings(deadline=None, max_examples=60)
@given(graphs(), st.integers(1, 5))
def test_every_step_comes_once_and_after_what_it_needs(needs: dict[str, frozenset[str]], at_once: int) -> None:
    done: list[str] = []
    under_way, most, lock = 0, 0, threading.Lock()

    def step(name: str) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
            assert needs[name] <= set(done)
        with lock:
            under_way -= 1
            done.append(name)

    failures, stopped = run(needs, step, at_once)
    assert failures == {}
    assert sorted(done) == sorted(needs)
    assert most <= at_once
    assert not stopped.is_set()


def test_one_at_a_time_is_the_order_in_which_they_are_told() -> None:
    done: list[str] = []
    needs = {"c": frozenset({"a"}), "a": frozenset[str](), "b": frozenset[str]()}
    run(needs, done.append, at_once=1)
    assert done == ["a", "c", "b"]


def test_what_needs_nothing_of_each_other_is_done_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=PATIENCE)
    failures, _ = run(dict.fromkeys("abc", frozenset[str]()), lambda _: void(together.wait()))
    assert failures == {}


def void(_: object) -> None:
    """A step returns nothing."""


def test_all_that_fails_is_told_and_what_needs_it_never_begins() -> None:
    begun: list[str] = []

    def step(name: str) -> None:
        begun.append(name)
        if name in ("second", "first"):
            time.sleep(0.05 if name == "second" else 0)
            raise RuntimeError(name)

    needs: dict[str, frozenset[str]] = {
        "second": frozenset(),
        "fine": frozenset(),
        "first": frozenset(),
        "needs one": frozenset({"fine", "first"}),
        "needs that": frozenset({"needs one"}),
        "later": frozenset({"fine"}),
    }
    for at_once in (1, 2, 6):
        begun.clear()
        failures, _ = run(needs, step, at_once)
        assert {name: str(error) for name, error in failures.items()} == {"second": "second", "first": "first"}
        assert list(failures) == ["second", "first"], "in the order of the steps, whichever failed first"
        assert sorted(begun) == ["fine", "first", "later", "second"]


def test_an_interruption_is_handed_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    go_on, stopped = threading.Event(), threading.Event()

    def step(name: str) -> None:
        begun.append(name)
        go_on.wait(PATIENCE)

    def interrupted(_: threading.Thread) -> None:
        while not begun:
            time.sleep(0.001)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Schedule({"first": frozenset(), "second": frozenset({"first"})}, step, stopped).run(2)
    monkeypatch.undo()
    assert stopped.is_set()
    assert not go_on.is_set(), "nobody waited for the step"
    go_on.set()
    for thread in [thread for thread in threading.enumerate() if thread.name.startswith("step ")]:
        thread.join(PATIENCE)
    assert begun == ["first"]


def test_steps_that_cannot_be_ordered_are_refused() -> None:
    with pytest.raises(ValueError, match="needed and not there: other"):
        run({"a": frozenset({"other"})}, void)
    with pytest.raises(ValueError, match="these need one another: a, b"):
        run({"a": frozenset({"b"}), "b": frozenset({"a"}), "c": frozenset()}, void)


def test_nothing_to_do_is_done() -> None:
    assert run({}, void)[0] == {}
