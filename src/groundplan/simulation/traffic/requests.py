"""Requests one by one through tasks: no formula, only arrivals, servers and queues. Proves the formulas, and draws what
the busiest minute looks like.

Many independent copies of a task (or of a whole closed network) run beside each other, so that each step is one numpy
operation over all copies: no request is an object of Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundplan.simulation.traffic.queueing import Station, Task

if TYPE_CHECKING:
    from numpy import float64, intp
    from numpy.random import Generator
    from numpy.typing import NDArray

COPIES = 400
"""Copies of a task that run beside each other."""


def responses(task: Task, rate: float, *, requests: int, seed: int, warm: int = 0) -> NDArray[float64]:
    """Seconds that each request takes: so many for each of ``COPIES`` tasks at a rate per task, after ``warm`` ones.

    Requests come by themselves (Poisson), are taken in the order in which they come, and pass slot, CPU and others.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    every = warm + requests
    clock = np.cumsum(random.exponential(1 / rate, (every, COPIES)), axis=0)
    cpu, others = (_times(station, random, (every, COPIES)) for station in (task.cpu, task.others))
    slots = _free(task.slots)
    on_cpu, on_others = _free(task.cpu.servers), _free(task.others.servers)
    took = np.empty((every, COPIES))
    for number in range(every):
        begin, slot = _take(slots, clock[number])
        begin, server = _take(on_cpu, begin)
        _release(on_cpu, server, begin := begin + cpu[number])
        begin, server = _take(on_others, begin)
        end = begin + others[number]
        _release(on_others, server, end)
        _release(slots, slot, end)
        took[number] = end - clock[number]
    return took[warm:]


def circulate(
    service: float, tasks: int, users: int, think: float, *, cycles: int, seed: int, warm: int = 0
) -> tuple[float, float]:
    """Throughput (1/s) and mean response (s) of users who ask, wait and think, with one server in each task.

    Each request goes to a task at random; times are exponential. ``cycles`` requests are counted in each copy.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    copies = np.arange(COPIES)
    next_at = random.exponential(think, (COPIES, users)) if think else np.zeros((COPIES, users))
    free = np.zeros((COPIES, tasks))
    took = np.zeros(COPIES)
    begun = np.zeros(COPIES)
    for number in range(warm + cycles):
        user = next_at.argmin(axis=1)
        at = next_at[copies, user]
        if number == warm:
            begun, took = at.copy(), np.zeros(COPIES)
        task = random.integers(tasks, size=COPIES)
        end = np.maximum(at, free[copies, task]) + random.exponential(service, COPIES)
        free[copies, task] = end
        took += end - at
        next_at[copies, user] = end + (random.exponential(think, COPIES) if think else 0.0)
    lasted = next_at.min(axis=1) - begun
    return float(cycles / lasted.mean()), float(took.mean() / cycles)


def _times(station: Station, random: Generator, shape: tuple[int, int]) -> NDArray[float64]:
    """Service times of the station's mean and deviation: constant, else gamma distributed (exponential for 1)."""
    import numpy as np

    if not station.deviation or not station.service:
        return np.full(shape, station.service)
    variation = station.deviation**2
    return random.gamma(1 / variation, station.service * variation, shape)


def _free(servers: int | None) -> NDArray[float64] | None:
    """When each server of each copy is free next; None: there are as many as needed."""
    import numpy as np

    return None if servers is None else np.zeros((COPIES, servers))


def _take(free: NDArray[float64] | None, at: NDArray[float64]) -> tuple[NDArray[float64], NDArray[intp] | None]:
    """When a request that comes at a time begins, and at which server."""
    import numpy as np

    if free is None:
        return at, None
    if free.shape[1] == 1:
        return np.maximum(at, free[:, 0]), None
    server = free.argmin(axis=1)
    return np.maximum(at, np.take_along_axis(free, server[:, None], axis=1)[:, 0]), server


def _release(free: NDArray[float64] | None, server: NDArray[intp] | None, at: NDArray[float64]) -> None:
    """A server is free from a time on."""
    import numpy as np

    if free is None:
        return
    if server is None:
        free[:, 0] = at
    else:
        np.put_along_axis(free, server[:, None], at[:, None], axis=1)
