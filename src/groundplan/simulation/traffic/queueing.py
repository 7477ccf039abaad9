"""Queueing formulas of a task: CPUs, what a request waits for, and how many it works on at a time.

Plain arithmetic, so that ``check`` needs no numpy. A task is a tandem of two stations: its CPUs, and what requests wait
for meanwhile (with as many servers as it has database connections). With a limit on concurrency both stand inside a
station with so many slots (hierarchical decomposition: flow-equivalent server).

Sources: D. Gross et al., Fundamentals of Queueing Theory (Erlang C, Pollaczek-Khinchine); A. O. Allen, Probability,
Statistics and Queueing Theory (the Allen-Cunneen approximation of M/G/m, exact for one server and for exponential
times); E. D. Lazowska et al., Quantitative System Performance (mean value analysis, flow-equivalent servers).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


def erlang_c(servers: int, offered: float) -> float:
    """The probability that a request has to wait in M/M/m. ``offered``: rate times service time, below ``servers``."""
    blocked = 1.0  # Erlang B, by its recursion, which cannot overflow
    for number in range(1, servers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    busy = offered / servers
    return blocked / (1 - busy * (1 - blocked))


@dataclass(frozen=True, slots=True)
class Response:
    """Mean (s) and variance (s²) of a time."""

    mean: float
    variance: float

    def __add__(self, other: Response) -> Response:
        return Response(self.mean + other.mean, self.variance + other.variance)


@dataclass(frozen=True, slots=True)
class Station:
    """Servers with one queue in front of them."""

    servers: int | None
    """None: as many as requests come."""
    service: float
    """Seconds that a request takes a server, on average."""
    deviation: float
    """Standard deviation of that as a multiple of the mean."""

    @property
    def capacity(self) -> float:
        """Requests per second at the most."""
        if self.servers is None or not self.service:
            return math.inf
        return self.servers / self.service

    def waiting(self, rate: float) -> Response:
        """The time in the queue at a rate below the capacity.

        The mean is exact for exponential times (M/M/m) and for one server (M/G/1), else the approximation of Allen and
        Cunneen. The variance takes the wait of those who wait as exponential.
        """
        if self.servers is None or not self.service or rate <= 0:
            return Response(0.0, 0.0)
        waits = erlang_c(self.servers, rate * self.service)
        of_these = (1 + self.deviation**2) / 2 * self.service / (self.servers * (1 - rate / self.capacity))
        return Response(waits * of_these, waits * (2 - waits) * of_these**2)

    def response(self, rate: float) -> Response:
        """The time in queue and service."""
        return self.waiting(rate) + Response(self.service, (self.service * self.deviation) ** 2)


@dataclass(frozen=True)
class Task:
    """One task, as requests see it."""

    cpu: Station
    others: Station
    """What requests wait for: databases, caches, other services."""
    slots: int | None = None
    """Requests that it works on at a time. None: as many as come."""

    @cached_property
    def throughputs(self) -> tuple[float, ...]:
        """Requests per second with 1, 2, ... ``slots`` requests inside: convolution, as in closed networks."""
        assert self.slots is not None
        scale = max(self._per_server(self.cpu), self._per_server(self.others)) or 1.0
        left, right = self._weights(self.cpu, scale), self._weights(self.others, scale)
        sums = [
            math.fsum(left[number] * right[total - number] for number in range(total + 1))
            for total in range(self.slots + 1)
        ]
        return tuple(sums[number - 1] / sums[number] / scale for number in range(1, self.slots + 1))

    @staticmethod
    def _per_server(station: Station) -> float:
        return station.service / station.servers if station.servers else 0.0

    def _weights(self, station: Station, scale: float) -> list[float]:
        found = [1.0]
        for number in range(1, (self.slots or 0) + 1):
            busy = min(number, station.servers) if station.servers else number
            found.append(found[-1] * station.service / scale / busy)
        return found

    @cached_property
    def capacity(self) -> float:
        """Requests per second at the most."""
        if self.slots is not None:
            return self.throughputs[-1]
        return min(self.cpu.capacity, self.others.capacity)

    @property
    def shortest(self) -> float:
        """Seconds that a request takes on average when nobody else is there."""
        return self.cpu.service + self.others.service

    def response(self, rate: float) -> Response:
        """The time until the answer, at a rate below the capacity.

        With a limit on concurrency: exact for one slot, and for exponential times at one station alone (M/M/m); else
        an approximation, some percent off for exponential times and more the more even or uneven they are.
        """
        if self.slots is None:
            return self.cpu.response(rate) + self.others.response(rate)
        if rate <= 0:
            return self.cpu.response(0) + self.others.response(0)
        inside, waiting, waits = self._in_slots(rate)
        stages = self.cpu.service**2 + self.others.service**2
        variation = (self.cpu.service * self.cpu.deviation) ** 2 + (self.others.service * self.others.deviation) ** 2
        square = self.shortest**2
        queued = (inside / rate - self.shortest) * (1 + variation / stages) / 2 if stages else 0.0
        held = Response(self.shortest + queued, variation + queued**2)
        # The chain takes what one slot does as exponential, what many do as sums of exponential stages.
        natural = stages + (square - stages) / (self.slots or 1)
        mean = waiting / rate * ((square + variation) / (square + natural) if square else 1.0)
        of_these = mean / waits if waits else 0.0
        return held + Response(mean, waits * (2 - waits) * of_these**2)

    def _in_slots(self, rate: float) -> tuple[float, float, float]:
        """How many requests are in the slots and how many wait for one, on average; how probable it is to wait."""
        logarithms = [0.0]
        for throughput in self.throughputs:
            logarithms.append(logarithms[-1] + math.log(rate / throughput))
        most = max(logarithms)
        weights = [math.exp(each - most) for each in logarithms]
        last = rate / self.throughputs[-1]
        full = weights[-1] / (1 - last)
        total = math.fsum(weights[:-1]) + full
        inside = math.fsum(number * each for number, each in enumerate(weights[:-1])) + len(self.throughputs) * full
        return inside / total, full * last / (1 - last) / total, full / total

    def in_progress(self, rate: float) -> float:
        """Requests in the task, on average, whether they wait or not (Little's law)."""
        return rate * self.response(rate).mean

    def rate_within(self, percentile: float, seconds: float) -> float:
        """The highest rate at which the percentile (0 to 1) of the response stays within a time; 0 where none does."""
        if not within(self.response(0), percentile, seconds):
            return 0.0
        low, high = 0.0, self.capacity if math.isfinite(self.capacity) else 1e9
        for _ in range(60):
            middle = (low + high) / 2
            if within(self.response(middle), percentile, seconds):
                low = middle
            else:
                high = middle
        return low


def closed_throughput(task: Task, tasks: int, users: float, think: float) -> float:
    """Requests per second that users bring about who wait for answers and think in between.

    The fixed point of ``users / (think + response)`` with the response of an open workload: exact in the limit of many
    users, and at most the capacity.
    """
    low, high = 0.0, min(task.capacity * tasks * (1 - 1e-9), users / (think + task.shortest or 1e-9))
    for _ in range(80):
        middle = (low + high) / 2
        if middle * (think + task.response(middle / tasks).mean) < users:
            low = middle
        else:
            high = middle
    return low


def mean_value_analysis(stations: Sequence[float], users: int, think: float) -> tuple[float, float]:
    """Throughput (1/s) and response (s) of a closed network of single servers: exact for exponential times.

    ``stations``: seconds that a cycle takes each of them. Source: M. Reiser and S. S. Lavenberg, JACM 27 (1980).
    """
    queues = [0.0] * len(stations)
    throughput = response = 0.0
    for number in range(1, users + 1):
        times = [demand * (1 + queue) for demand, queue in zip(stations, queues, strict=True)]
        response = sum(times)
        throughput = number / (think + response)
        queues = [throughput * each for each in times]
    return throughput, response


def quantile(time: Response, share: float) -> float:
    """The time within which that share (0 to 1) of the requests is answered, taken as gamma distributed.

    Exact for M/M/1, where the response is exponential, and for constant times.
    """
    if time.variance <= time.mean**2 * 1e-12:
        return time.mean
    shape = time.mean**2 / time.variance
    return gamma_quantile(shape, share) * time.variance / time.mean


def within(time: Response, share: float, seconds: float) -> bool:
    """Whether ``quantile`` is no more than a time: by one look at the distribution function."""
    if not math.isfinite(time.mean) or time.variance <= time.mean**2 * 1e-12:
        return time.mean <= seconds
    return _gamma_share(time.mean**2 / time.variance, seconds * time.mean / time.variance) >= share


def gamma_quantile(shape: float, share: float) -> float:
    """The quantile of a gamma distribution of scale 1, by bisection of its distribution function."""
    high = shape + 10 * math.sqrt(shape) + 10
    while _gamma_share(shape, high) < share:
        high *= 2
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if _gamma_share(shape, middle) < share:
            low = middle
        else:
            high = middle
        if high - low < 1e-9 * high:
            break
    return (low + high) / 2


def _gamma_share(shape: float, value: float) -> float:
    """The regularised incomplete gamma function P(shape, value): series below, continued fraction above the mean.

    Source: W. H. Press et al., Numerical Recipes, 6.2.
    """
    if value <= 0:
        return 0.0
    front = math.exp(shape * math.log(value) - value - math.lgamma(shape))
    if value < shape + 1:
        term = total = 1 / shape
        number = shape
        while term > total * 1e-12:
            number += 1
            term *= value / number
            total += term
        return total * front
    tiny = 1e-300
    b = value + 1 - shape
    c, d = 1 / tiny, 1 / b
    fraction = d
    for number in range(1, 500):
        a = -number * (number - shape)
        b += 2
        d = 1 / (a * d + b or tiny)
        c = b + a / c or tiny
        fraction *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return 1 - fraction * front
