"""A day of traffic in steps of one second.

The requests in a service flow like a fluid whose outflow is that of the queue in its steady state with as many requests
in it (pointwise stationary fluid flow approximation): constant load gives the queueing formulas exactly, overload piles
up, and what piled up drains. Each step is solved implicitly, so that it is stable and no request is lost or made.

Source: W.-P. Wang, D. Tipper, S. Banerjee, A simple approximation for modeling nonstationary queues, INFOCOM 1996.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from groundplan.catalog import autoscaling
from groundplan.simulation.traffic.demand import Demand
from groundplan.simulation.traffic.facts import Metric, Subject
from groundplan.simulation.traffic.queueing import Task
from groundplan.simulation.traffic.scaling import Decision, scaler

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import NDArray

BUSY = [number / 160 * 0.9 for number in range(160)] + [1 - 0.1 * 10 ** (-number / 40) for number in range(161)]
"""Shares of the capacity between which the outflow is interpolated: finer the nearer to the capacity."""
UNLIMITED = 1e6
"""Requests per second and task that stand for no limit at all."""


@dataclass(frozen=True)
class Day:
    """What happened in each second."""

    subject: Subject
    demand: Demand
    seed: int
    arrivals: NDArray[float64]
    completions: NDArray[float64]
    errors: NDArray[float64]
    in_flight: NDArray[float64]
    """Requests at the end of each second."""
    running: NDArray[int64]
    """Tasks that get requests."""
    paid: NDArray[int64]
    """Tasks that run or start."""
    cpu_percent: NDArray[float64]
    decisions: tuple[Decision, ...]


class Outflow:
    """How many requests a task completes in a second, by how many are in it: tabulated once for each kind of task."""

    def __init__(self, task: Task, think: float | None) -> None:
        self.capacity = task.capacity if isfinite(task.capacity) else UNLIMITED
        self.feedback = 1 + (1 / think if think else 0.0)
        """Requests in the task keep their users from asking again."""
        self._rates = [share * self.capacity for share in BUSY]
        self._levels = [task.in_progress(rate) * self.feedback + rate for rate in self._rates]

    def rate(self, level: float) -> float:
        """Completions of a second that begins with so many requests, those that come in it among them."""
        levels = self._levels
        if level >= levels[-1]:
            return min(self.capacity, level)
        index = bisect_right(levels, level)
        low, high = levels[index - 1], levels[index]
        before = self._rates[index - 1]
        return before + (self._rates[index] - before) * (level - low) / (high - low)


def simulate(subject: Subject, demand: Demand, seed: int = 0) -> Day:
    """Run the demand against a service. The seed is for the requests that a report draws; the day itself has no chance.

    Needs numpy.
    """
    import numpy as np

    values = demand.each_second()
    closed = demand.users is not None
    think = demand.think / subject.visits if closed and demand.think else None
    scale = 1.0 if closed else subject.visits
    seconds = len(values)
    capacity = _Capacity(subject, values[0] * scale, think)
    moving = scaler(subject)
    pending: deque[tuple[int, float, float, float]] = deque()
    outflows: dict[int, Outflow] = {}
    of_task: dict[Task, Outflow] = {}
    arrivals, completions, errors, levels = ([0.0] * seconds for _ in range(4))
    running_of, paid_of = [0] * seconds, [0] * seconds
    in_flight = served = task_seconds = came = 0.0
    for second in range(seconds):
        running = capacity.running(second)
        value = values[second] * scale
        if running:
            flow = outflows.get(running)
            if flow is None:
                task = subject.task(running)
                flow = outflows[running] = of_task.setdefault(task, of_task.get(task) or Outflow(task, think))
            asked = value / think if think else value
            present = in_flight + asked
            done = min(flow.rate(present / running) * running, present)  # rounding would complete more than there are
            after = (present - done) / flow.feedback
            new = asked - after / think if think else asked
            if new < 0:  # more users left than think: nobody asks, what is in flight drains
                new, done = 0.0, min(done, in_flight)
                after = in_flight - done
            failed = max(0.0, after - flow.capacity * running * subject.timeout)
            in_flight = after - failed
        else:
            new = max(0.0, value / think if think else value)
            done, failed, in_flight = 0.0, new + in_flight, 0.0
        arrivals[second], completions[second], errors[second], levels[second] = new, done, failed, in_flight
        running_of[second], paid_of[second] = running, capacity.paid
        served, came, task_seconds = served + done, came + new, task_seconds + running
        if moving is None:
            continue
        if (second + 1) % moving.period == 0:
            pending.append((second + 1 + moving.delay, served, came, task_seconds))
            served = came = task_seconds = 0.0
        while pending and pending[0][0] <= second + 1:
            _, done_in, came_in, tasks_in = pending.popleft()
            sample = _sample(subject, second, moving.period, done_in, came_in, tasks_in)
            capacity.want(second + 1, moving.decide(second + 1, sample, capacity.wanted, running))
    running_array = np.array(running_of, dtype=np.int64)
    done_array = np.array(completions)
    vcpu_seconds = np.maximum(running_array, 1) * subject.vcpu
    return Day(
        subject=subject,
        demand=demand,
        seed=seed,
        arrivals=np.array(arrivals),
        completions=done_array,
        errors=np.array(errors),
        in_flight=np.array(levels),
        running=running_array,
        paid=np.array(paid_of, dtype=np.int64),
        cpu_percent=np.minimum(done_array * subject.cost.cpu_ms / 10 / vcpu_seconds, 100.0),
        decisions=tuple(moving.decisions) if moving else (),
    )


def _sample(
    subject: Subject, second: int, period: int, served: float, came: float, task_seconds: float
) -> dict[Metric, float | None]:
    if not task_seconds:
        return {}
    cpu = min(100.0, served * subject.cost.cpu_ms / 1000 / (task_seconds * subject.vcpu) * 100)
    per_task = came / (task_seconds / period) * (60 / period)
    # Memory that nobody knows is taken as low enough: the assumption is named.
    return {"cpu": cpu, "requests": per_task, "memory": subject.memory_percent or 0.0}


class _Capacity:
    """Tasks that run, start and end."""

    def __init__(self, subject: Subject, first: float, think: float | None) -> None:
        # The day begins as the evening before left it.
        self.wanted = subject.tasks_for(first / think if think else first)
        self._ready = self.wanted
        self._starting: deque[int] = deque()
        self._start_seconds = subject.start_seconds
        limited = subject.platform == "fargate"
        self._rate = autoscaling.value("fargate_rate") if limited else 1e9
        self._burst = autoscaling.value("fargate_burst") if limited else 1e9
        self._tokens, self._filled = self._burst, 0

    @property
    def paid(self) -> int:
        """Tasks that run or start."""
        return self._ready + len(self._starting)

    def running(self, second: int) -> int:
        """Tasks that get requests."""
        while self._starting and self._starting[0] <= second:
            self._starting.popleft()
            self._ready += 1
        return self._ready

    def want(self, second: int, wanted: int) -> None:
        """Start or end tasks; the youngest end first. The account's rate of starts is a bucket of tokens."""
        more = wanted - self.wanted
        self.wanted = wanted
        for _ in range(more):
            self._tokens = min(self._burst, self._tokens + (second - self._filled) * self._rate)
            self._filled = second
            self._tokens -= 1
            late = max(0.0, -self._tokens) / self._rate
            self._starting.append(int(second + self._start_seconds + late))
        for _ in range(-more):
            if self._starting:
                self._starting.pop()
            else:
                self._ready -= 1
