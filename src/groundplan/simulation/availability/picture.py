"""The picture of a study: downtime by cause, with what the objective allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundplan.simulation import pictures
from groundplan.simulation.availability.model import YEAR
from groundplan.simulation.availability.study import Study
from groundplan.simulation.availability.wording import percent, span

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS = 10
"""Of a path; what is left is one bar."""


def draw(environment: str, studies: Sequence[Study], required: float | None) -> Figure:
    """Bars of minutes a year for every path: what takes all down by itself in red, what only disturbs in orange."""
    subtitle = "Minutes a year in which requests fail, by what fails. Red: nothing else takes over."
    if required is not None:
        subtitle += f" The objective of {percent(required)} allows {span((1 - required) * YEAR)} altogether."
    rows = [_bars(item) for item in studies]
    title, ratios = f"Availability of {environment}", [0.8 + 0.3 * len(bars) for bars in rows]
    figure, panels = pictures.panels(title, subtitle, rows=len(studies), height=1.5 + sum(ratios), ratios=ratios)
    with pictures.style():
        for panel, item, bars in zip(panels, studies, rows, strict=True):
            _draw(panel, item, bars)
        panels[-1].set_xlabel("minutes a year")
    return figure


def _bars(item: Study) -> list[tuple[str, float, str]]:
    """Name, minutes and colour of every bar, the worst first."""
    shown = [
        (cause.element, cause.seconds / 60, pictures.RED if cause.alone else pictures.ORANGE)
        for cause in item.causes[:MOST_BARS]
    ]
    rest = sum(cause.seconds for cause in item.causes[MOST_BARS:]) / 60
    return [*shown, ("all others", rest, pictures.GREY)] if rest else shown


def _draw(panel: Axes, item: Study, bars: Sequence[tuple[str, float, str]]) -> None:
    found = item.prediction
    panel.set_title(
        f"{item.path.name}: {percent(found.expected)} ({percent(found.low)} to {percent(found.high)}), "
        f"down {span((1 - found.expected) * YEAR)} a year"
    )
    names = [name for name, _, _ in bars]
    minutes = [length for _, length, _ in bars]
    drawn = panel.barh(range(len(bars)), minutes, color=[colour for _, _, colour in bars], height=0.7)
    panel.bar_label(drawn, labels=[f"{length:.1f}" for length in minutes], padding=4)
    panel.set_yticks(range(len(bars)), names)
    panel.invert_yaxis()
    panel.grid(visible=False, axis="y")
    panel.margins(x=0.08)
