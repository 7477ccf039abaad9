"""Pictures of recoveries: all disruptions beside each other, and the steps of one along the clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundplan.objectives.recovery import Judged
from groundplan.recovery import Recovery
from groundplan.recovery.wording import span, written
from groundplan.simulation import pictures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TICKS = (1, 10, 60, 600, 3600, 36000, 360000)
"""Seconds."""
COLOURS = {True: pictures.GREEN, False: pictures.RED, None: pictures.ORANGE}


def overview(environment: str, found: Sequence[Judged]) -> Figure:
    """How long users wait after each disruption: a bar from the least to the most, a mark where it is expected."""
    held = sum(item.time is not None and item.time.met is True for item in found)
    asked = sum(item.time is not None for item in found)
    told = f"{held} of {asked} recovery times held even at the most" if asked else "no recovery time is demanded"
    figure, (axes,) = pictures.panels(
        f"Until users can work again: {environment}", told, height=1.6 + 0.42 * len(found)
    )
    axes.set_xscale("log")
    least, most = 1, 60
    for row, item in enumerate(found):
        total = item.recovery.total
        colour = COLOURS[item.time.met] if item.time else pictures.GREY
        required = max(item.time.required.value, 1) if item.time is not None else 0
        if required:
            axes.plot([required, required], [row - 0.4, row + 0.4], color=pictures.INK, linewidth=2, linestyle=":")
            most = max(most, int(required))
        if total is None:
            text = "; ".join(item.recovery.never) or "not known: somebody has to act"
            axes.text(1.1, row, text, va="center", fontsize=9, color=pictures.GREY)
            continue
        low, expected, high = (max(value, 1) for value in (total.low, total.expected, total.high))
        axes.barh(row, high - low, left=low, height=0.5, color=colour, alpha=0.45)
        axes.plot([expected, expected], [row - 0.25, row + 0.25], color=colour, linewidth=3)
        axes.text(max(high, required) * 1.08, row, span(total), va="center", fontsize=9)
        most = max(most, high)
    _rows(axes, [_label(item.recovery) for item in found])
    axes.set_xlim(least, most * 12)
    ticks = [tick for tick in TICKS if tick <= most * 12]
    axes.set_xticks(ticks, [written(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("after the disruption; dotted: the objective")
    return figure


def steps(environment: str, item: Judged) -> Figure:
    """The steps of one recovery: as expected in full, at the most as a thin line."""
    recovery, times = item.recovery, item.recovery.times
    told = _told(item)
    title = f"{environment}: {recovery.title}{f', {recovery.where}' if recovery.where else ''}"
    figure, (axes,) = pictures.panels(title, told, height=1.6 + 0.36 * max(len(recovery.steps), 3))
    end = 1
    for row, step in enumerate(recovery.steps):
        begins = [times.ends[name] for name in step.after]
        known = [begin for begin in begins if begin is not None]
        begin = max((one.expected for one in known), default=0)
        ends = times.ends[step.name]
        if ends is None or len(known) < len(begins):
            axes.text(begin / 60, row, "how long: not known", va="center", fontsize=9, color=pictures.RED)
            continue
        colour = pictures.BLUE if step.waited_for else pictures.GREY
        axes.barh(row, (ends.expected - begin) / 60, left=begin / 60, height=0.55, color=colour)
        axes.plot([ends.expected / 60, ends.high / 60], [row, row], color=colour, linewidth=1.2)
        end = max(end, ends.high if step.waited_for else ends.expected)
    if item.time is not None:
        _objective(axes, item.time.required.value / 60)
        end = max(end, int(item.time.required.value))
    _rows(axes, [f"{step.name} ({step.by})" for step in recovery.steps])
    axes.set_xlim(0, end * 1.05 / 60)
    axes.set_xlabel("minutes after the disruption, as expected; thin: at the most; grey: nobody waits for it")
    return figure


def _objective(axes: Axes, minutes: float) -> None:
    axes.axvline(minutes, color=pictures.INK, linewidth=2, linestyle=":")


def _rows(axes: Axes, labels: Sequence[str]) -> None:
    """One row each, the first at the top."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(max(len(labels), 1) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


def _told(item: Judged) -> str:
    recovery = item.recovery
    if recovery.never:
        return "; ".join(recovery.never)
    if recovery.total is None:
        return "nobody knows how long people take: objectives.response_time"
    told = f"users can work again after {span(recovery.total)}"
    return f"{told}; objective {item.time.required.text} (dotted)" if item.time else told


def _label(recovery: Recovery) -> str:
    return f"{recovery.disruption} {recovery.where}".strip()
