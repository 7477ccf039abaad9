"""How long answers took over a day: a mixture of the distributions of all its moments.

Each moment has the gamma distribution with mean and variance of the queue's steady state at its rate, and what is piled
up in front of it, which everybody waits for. Near the capacity the steady state is reached too slowly to count: beyond
98 % the rest is what has piled up.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma
from typing import TYPE_CHECKING

from groundplan.simulation.traffic.day import BUSY, UNLIMITED, Day

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

BLOCK = 60
"""Seconds that are taken together."""
SETTLED = 0.98
"""Share of the capacity up to which a queue counts as settled."""
SHOWN = (50, 95, 99)
"""Percentiles over time."""


@dataclass(frozen=True)
class Latency:
    """Seconds until an answer."""

    mean: float
    """nan where nobody was answered."""
    _times: NDArray[float64]
    _shares: NDArray[float64]
    over_time: dict[str, NDArray[float64]]
    """p50, p95 and p99 of each minute; where nobody was answered it is nan."""

    def percentile(self, percent: float) -> float:
        """The time within which so many percent (0 to 100) of the answers came; nan where nobody was answered."""
        import numpy as np

        return float(np.interp(percent / 100, self._shares, self._times)) if self._times.size else float("nan")


def latency(day: Day) -> Latency:
    """The latency of a simulated day."""
    import numpy as np

    length = len(day.arrivals) // BLOCK * BLOCK  # a simulation lasts a minute at least
    done, running, level = (
        each[:length].reshape(-1, BLOCK).mean(axis=1) for each in (day.completions, day.running, day.in_flight)
    )
    mean, spread, behind = _moments(day, done, np.maximum(running, 1e-9), level)
    gamma, limit = _Gamma(), float(day.subject.timeout)  # who waits longer is told that it failed
    place = gamma.place(mean, spread)
    over_time = {
        f"p{percent}": np.where(
            done > 0, np.minimum(gamma.quantiles(percent / 100, place) * mean + behind, limit), np.nan
        )
        for percent in SHOWN
    }
    some = done > 0
    if not some.any():
        return Latency(float("nan"), np.empty(0), np.empty(0), over_time)
    mean, behind, place, done = mean[some], behind[some], place[some], done[some]
    times = np.geomspace(mean.min() * 1e-3, (mean * 40 + behind).max(), 800)
    shares = np.zeros_like(times)
    for number, time in enumerate(times):
        late = time - behind
        open_ = late > 0
        shares[number] = (done[open_] * gamma.shares(late[open_] / mean[open_], place[open_])).sum()
    shares = np.maximum.accumulate(shares / done.sum())
    average = float((np.minimum(mean + behind, limit) * done).sum() / done.sum())
    return Latency(average, np.minimum(times, limit), shares, over_time)


class _Gamma:
    """Gamma distributions of mean 1, tabulated over shape and time: their density summed over a fine grid."""

    def __init__(self) -> None:
        import numpy as np

        self.shapes = np.linspace(-3.5, 9.0, 51)
        """Logarithms."""
        # Logarithms of the time, finest about the mean, where large shapes have everything.
        self._steps = 0.02 * np.sinh(np.linspace(-8.0, 7.0, 900))
        self._index = np.linspace(-8.0, 7.0, 900)
        widths = np.gradient(self._steps)
        rows = []
        for shape in np.exp(self.shapes):
            density = np.exp(shape * (np.log(shape) + self._steps) - shape * np.exp(self._steps) - lgamma(shape))
            below = np.cumsum(density * widths) - density * widths / 2
            rows.append(below / below[-1])
        self._table = np.array(rows)

    def place(self, mean: NDArray[float64], variance: NDArray[float64]) -> NDArray[float64]:
        """Where the shapes of these means and variances lie among the tabulated, as numbers with a fraction."""
        import numpy as np

        shape = mean**2 / np.maximum(variance, 1e-12 * mean**2 + 1e-18)
        return np.interp(np.log(np.maximum(shape, 1e-9)), self.shapes, np.arange(len(self.shapes)))

    def shares(self, times: NDArray[float64], place: NDArray[float64]) -> NDArray[float64]:
        """The share of the requests that took no longer, interpolated."""
        import numpy as np

        column = (np.arcsinh(np.log(times) / 0.02) - self._index[0]) / (self._index[1] - self._index[0])
        column = np.clip(column, 0, len(self._index) - 1.001)
        left, row = column.astype(int), np.minimum(place.astype(int), len(self.shapes) - 2)
        across, down = column - left, place - row
        table = self._table
        upper = table[row, left] * (1 - across) + table[row, left + 1] * across
        lower = table[row + 1, left] * (1 - across) + table[row + 1, left + 1] * across
        return np.asarray(upper * (1 - down) + lower * down)

    def quantiles(self, share: float, place: NDArray[float64]) -> NDArray[float64]:
        """The times within which that share was answered."""
        import numpy as np

        found = [np.exp(np.interp(share, row, self._steps)) for row in self._table]
        return np.asarray(np.interp(place, np.arange(len(found)), found))


def _moments(
    day: Day, done: NDArray[float64], running: NDArray[float64], level: NDArray[float64]
) -> tuple[NDArray[float64], NDArray[float64], NDArray[float64]]:
    """Mean and variance of the settled part of each block, and the seconds that are piled up in front of it."""
    import numpy as np

    mean, spread, behind = (np.zeros_like(done) for _ in range(3))
    rounded = np.rint(running).astype(int)
    for tasks in np.unique(rounded):
        here = rounded == tasks
        if tasks == 0:
            continue
        task = day.subject.task(int(tasks))
        capacity = min(task.capacity, UNLIMITED)
        grid = [share for share in BUSY if share <= SETTLED]
        found = [task.response(share * capacity) for share in grid]
        busy = np.minimum(done[here] / running[here] / capacity, SETTLED)
        mean[here] = np.interp(busy, grid, [each.mean for each in found])
        spread[here] = np.interp(busy, grid, [each.variance for each in found])
        settled = busy * capacity * mean[here]
        # Only what is more than the interpolation's own error counts as piled up.
        extra = level[here] / running[here] - settled
        behind[here] = np.where(extra > 0.02 * settled + 0.05, extra, 0.0) / capacity
    return mean, spread, behind
