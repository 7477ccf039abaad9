"""The steady state of a service under constant load: by formula, without numpy, for ``check``."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from groundplan.simulation.traffic.demand import Demand
from groundplan.simulation.traffic.facts import Subject
from groundplan.simulation.traffic.queueing import Response, Task, closed_throughput, quantile

FULL = 0.95
"""Share of the capacity that counts as all that a service holds where no latency is demanded: beyond it queues grow
faster than anybody wants to wait."""


@dataclass(frozen=True, slots=True)
class Steady:
    """A service that has come to rest under a load."""

    tasks: int
    rate: float
    """Requests per second that are answered."""
    asked: float
    """Requests per second that come."""
    response: Response
    timeout: int
    cpu_percent: float
    """Of all tasks' CPU."""

    @property
    def overloaded(self) -> bool:
        """Whether more is asked than can be answered."""
        return self.asked > self.rate * (1 + 1e-9)

    def latency(self, percentile: float) -> float:
        """Seconds within which so many percent are answered; the load balancer's timeout where it is reached."""
        return min(quantile(self.response, percentile / 100), float(self.timeout))


def steady(subject: Subject, demand: Demand, tasks: int | None = None) -> Steady:
    """The steady state with so many tasks, else with as many as scaling holds."""
    if demand.users is not None:
        think = demand.think / subject.visits
        undisturbed = demand.users / (think + subject.task(1).shortest)
        count = subject.tasks_for(undisturbed) if tasks is None else tasks
        if count == 0:
            return _state(subject, 0, 0.0, undisturbed, Response(float(subject.timeout), 0.0))
        task = subject.task(count)
        rate = closed_throughput(task, count, demand.users, think)
        response = _closed_response(task, count, demand.users, think, rate)
        return _state(subject, count, rate, rate, response)
    asked = (demand.rate or 0.0) * subject.visits
    count = subject.tasks_for(asked) if tasks is None else tasks
    task = subject.task(count)
    capacity = task.capacity * count
    if asked >= capacity:
        return _state(subject, count, capacity, asked, Response(float(subject.timeout), 0.0))
    return _state(subject, count, asked, asked, task.response(asked / count))


def _closed_response(task: Task, tasks: int, users: float, think: float, rate: float) -> Response:
    """Where the tasks are full everybody waits about as long: what users and throughput leave (Little's law)."""
    mean = users / rate - think if rate else 0.0
    settled = task.response(min(rate / tasks, task.capacity * FULL))
    if mean > settled.mean and rate / tasks > task.capacity * FULL:
        return Response(mean, settled.variance)
    return task.response(rate / tasks)


def _state(subject: Subject, tasks: int, rate: float, asked: float, response: Response) -> Steady:
    cpu = rate * subject.cost.cpu_ms / 1000 / (tasks * subject.vcpu) * 100 if tasks else 0.0
    return Steady(tasks, rate, asked, response, subject.timeout, min(cpu, 100.0))


def most_requests(subject: Subject, limits: dict[float, float]) -> float:
    """Requests of the traffic per second that the most tasks answer within seconds by percentile; without limits, until
    they are full."""
    task = subject.task(subject.most)
    within = min(
        (task.rate_within(percentile / 100, seconds) for percentile, seconds in limits.items()),
        default=inf,
    )
    return min(within, task.capacity * FULL) * subject.most / subject.visits


def most_users(subject: Subject, think: float, limits: dict[float, float]) -> float:
    """Users whom the most tasks serve so: by Little's law those who think and those who wait."""
    if not subject.most:
        return 0.0
    rate = most_requests(subject, limits)
    waiting = subject.task(subject.most).response(rate * subject.visits / subject.most).mean * subject.visits
    return rate * (think + waiting)


def tasks_needed(subject: Subject, demand: Demand, limits: dict[float, float], most: int = 5000) -> int | None:
    """The fewest tasks of this size that answer the demand within seconds by percentile; None where no number up to
    ``most`` does: a request alone takes longer, or the database has too few connections."""

    def enough(tasks: int) -> bool:
        state = steady(subject, demand, tasks)
        if state.overloaded or state.rate > subject.task(tasks).capacity * tasks * FULL:
            return False
        return all(state.latency(percentile) <= seconds for percentile, seconds in limits.items())

    # More tasks do not always help: they divide the connections of the database. So it is searched from below.
    low, high = 0, 1
    while not enough(high):
        if high >= most:
            return None
        low, high = high, min(most, max(high + 1, high * 11 // 10))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
