"""A day of traffic at a glance: load, tasks, latency over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.simulation import pictures
from groundplan.simulation.traffic.report import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(result: Result, path: Path, *, objective_ms: float | None = None) -> None:
    """Write the picture as SVG or PNG. ``objective_ms``: a line that latency should stay below.

    Raises InputError and EnvironmentalError as :func:`groundplan.simulation.pictures.check`.
    """
    import numpy as np

    pictures.check(path)
    day = result.day
    length = len(day.arrivals) // 60 * 60
    hours = np.arange(length // 60) / 60
    p95 = result.latency.percentile(95) * 1000
    cost = f", {result.cost} USD of tasks" if result.cost is not None else ""
    subtitle = (
        f"{result.requests:,.0f} requests, {result.error_percent:.2f} % errors, p95 {p95:,.0f} ms, "
        f"{day.running.min()} to {day.running.max()} tasks{cost}"
    )
    title = f"{day.subject.name}: {day.demand.written}"
    figure, (load, tasks, latency) = pictures.panels(title, subtitle, rows=3, height=7.5)
    with pictures.style():
        per_second, failed = (each[:length].reshape(-1, 60).mean(axis=1) for each in (day.arrivals, day.errors))
        load.fill_between(hours, per_second, color=pictures.SKY, alpha=0.35, linewidth=0)
        load.plot(hours, per_second, color=pictures.BLUE, label="asked")
        if failed.any():
            load.fill_between(hours, failed, color=pictures.RED, linewidth=0, label="not answered")
        _finish(load, "requests/s")
        paid, running = (each[:length].reshape(-1, 60).mean(axis=1) for each in (day.paid, day.running))
        tasks.step(hours, paid, where="post", color=pictures.ORANGE, label="with those that start")
        tasks.step(hours, running, where="post", color=pictures.GREEN, label="serving")
        tasks.axhline(day.subject.most, color=pictures.GREY, linestyle=":", label=f"most: {day.subject.most}")
        _finish(tasks, "tasks")
        for name, colour in (("p99", pictures.PINK), ("p95", pictures.ORANGE), ("p50", pictures.BLUE)):
            latency.plot(hours, result.latency.over_time[name][: len(hours)] * 1000, color=colour, label=name)
        if objective_ms is not None:
            latency.axhline(objective_ms, color=pictures.RED, linestyle="--", label=f"objective: {objective_ms:g} ms")
        told = result.latency.over_time
        if np.isfinite(told["p99"]).any() and np.nanmax(told["p99"]) > 20 * np.nanmin(told["p50"]):
            latency.set_yscale("log")
        _finish(latency, "ms until the answer")
        latency.set_xlabel("hours")
        latency.set_xlim(0, max(length / 3600, 1 / 60))
    pictures.save(figure, path)


def _finish(axes: Axes, label: str) -> None:
    axes.set_ylabel(label)
    low, high = axes.get_ylim()
    if axes.get_yscale() == "linear":
        axes.set_ylim(0, high * 1.2)  # room for the legend
    else:
        axes.set_ylim(low, high * (high / low) ** 0.2)
    axes.legend(loc="upper left", ncols=4, fontsize=9)
