"""Many faults one after the other: each run goes on from what the last one left, comes to the next fault, and fails.

Trying each alone would deploy everything twice for each: a week for all systems. Here a fault costs what it takes to
get from the last one to it, and what is left behind by any shows at the end, as it would alone. What a fault hides from
the others (AWS does what was asked though the answer got lost) is met in another pass, from the start.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.operations.faults.account import Line
from tests.operations.faults.trial import Environment, Fault, differences, disturbed, run

LENGTH = 40
"""Runs that fail, one after the other, before one may succeed and everything is looked at."""


@dataclass(frozen=True)
class Pass:
    """What became of one series of runs, from the start to the wanted state."""

    met: tuple[Fault, ...]
    """In the order in which they happened."""
    passed_over: tuple[Fault, ...]
    """Those that no run came to, though the last one had nothing in its way."""
    problems: tuple[str, ...]


def passes(environment: Environment, faults: Sequence[Fault]) -> Iterator[Pass]:
    """Try faults of one sort until no run comes to any more of them."""
    left = list(faults)
    while left:
        done = _one(environment, left)
        yield done
        if not done.met or len(done.met) == len(left):
            return
        left = [fault for fault in left if fault not in done.met]


def _one(environment: Environment, faults: Sequence[Fault]) -> Pass:
    account, now, start = environment.account, environment.now, faults[0].start
    account.load(environment.snapshots[start])
    before = environment.data() if start != "nothing" else {}
    left, met, problems = list(faults), list[Fault](), list[str]()
    for _ in range(LENGTH):
        ran = disturbed(account, now, left) if left else None
        if ran is None or not ran.happened:
            break
        met += ran.happened
        left = [fault for fault in left if fault not in ran.happened]
        problems += [f"{problem}, after {ran.happened[-1]}" for problem in ran.problems]
    else:
        ran = None
    error = ran.error if ran else run(account, now, Line()).error
    if error is not None:
        problems.append(f"the run after {', '.join(map(str, met[-3:]))} fails: {error}")
    problems += differences(environment, start, before)
    over = tuple(left) if ran or not left else ()
    return Pass(tuple(met), over, tuple(problems))


def sorts(faults: Sequence[Fault]) -> Iterator[list[Fault]]:
    """Faults that may be tried in one series: of one kind, from one start, that lose the same."""

    def sort(fault: Fault) -> tuple[str, str, str]:
        return fault.start, fault.kind, fault.loses

    for _, found in itertools.groupby(sorted(faults, key=sort), sort):
        yield list(found)
