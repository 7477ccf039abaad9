"""How every picture of a simulation looks, and how it is written: SVG or PNG, the same bytes each time.

Matplotlib (extra ``pictures``) is imported only here and only when a picture is drawn::

    pictures.check(path)  # before the long work: refuses what could not be written
    figure, (load, tasks) = pictures.panels("A day at 50,000 users", "p95 180 ms, 41 USD", rows=2)
    load.plot(hours, requests, color=pictures.BLUE)
    pictures.save(figure, path)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError, InputError
from groundplan.files import replace

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which people with colour blindness tell apart: https://jfly.uni-koeln.de/color/
BLUE = "#0072b2"
ORANGE = "#e69f00"
GREEN = "#009e73"
RED = "#d55e00"
SKY = "#56b4e9"
PINK = "#cc79a7"
YELLOW = "#f0e442"
GREY = "#7a828a"
COLOURS = (BLUE, ORANGE, GREEN, RED, SKY, PINK, YELLOW, GREY)
"""For series without a meaning of their own, in this order. ``RED`` is best kept for what fails."""
INK = "#1f2933"
"""Text and lines that carry the statement."""
FAINT = "#d5dae0"
"""Grid and frames."""

SUFFIXES = (".svg", ".png")


def check(path: Path) -> None:
    """Refuse what could not be written, before the work for it is done.

    Raises InputError where the name ends in neither ``.svg`` nor ``.png``, EnvironmentalError where the folder or
    Matplotlib is missing.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: a picture is written as SVG or PNG; let its name end in .svg or .png")
    if not path.parent.is_dir():
        raise EnvironmentalError(f"{path} cannot be written: there is no folder {path.parent}")
    if find_spec("matplotlib") is None:
        raise EnvironmentalError("pictures need Matplotlib; install it with: pip install 'groundplan[pictures]'")


def panels(
    title: str,
    subtitle: str = "",
    *,
    rows: int = 1,
    width: float = 10.0,
    height: float = 4.5,
    share_x: bool = True,
    ratios: Sequence[float] | None = None,
) -> tuple[Figure, tuple[Axes, ...]]:
    """A figure with its title, a sentence below it, and so many panels one above the other. Sizes in inches;
    ``ratios``: how high the panels are relative to each other, all alike where it is None."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    heading = 0.7 if subtitle else 0.45
    with style():
        layout = ConstrainedLayoutEngine(rect=(0.01, 0.01, 0.98, 0.985 - heading / height))
        figure = Figure(figsize=(width, height), layout=layout)
        axes = figure.subplots(rows, 1, squeeze=False, sharex=share_x, height_ratios=ratios)[:, 0]
        figure.text(0.015, 1 - 0.26 / height, title, fontsize=13, fontweight="bold", va="center")
        if subtitle:
            figure.text(0.015, 1 - 0.5 / height, subtitle, fontsize=10, va="center", color=GREY)
    return figure, tuple(axes)


def save(figure: Figure, path: Path) -> None:
    """Write a picture, in the format that its name ends in. The same figure gives the same bytes.

    Raises EnvironmentalError where the system refuses.
    """
    svg = path.suffix.lower() == ".svg"
    drawn = BytesIO()
    with style():
        if svg:
            figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": "Groundplan"})
        else:
            figure.savefig(drawn, format="png", dpi=144, metadata={"Software": "Groundplan"})
    replace(path, drawn.getvalue())


@contextmanager
def style() -> Iterator[None]:
    """Draw in the common style whatever is made inside; what the person set for Matplotlib does not count."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "figure.facecolor": "white",
                "axes.facecolor": "white",
                "axes.edgecolor": FAINT,
                "axes.labelcolor": INK,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.axisbelow": True,
                "axes.grid": True,
                "axes.titlelocation": "left",
                "axes.titlesize": 11,
                "axes.titlecolor": INK,
                "grid.color": FAINT,
                "grid.linewidth": 0.6,
                "text.color": INK,
                "xtick.color": INK,
                "ytick.color": INK,
                "font.family": "sans-serif",
                "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica", "Arial"],
                "font.size": 10,
                "legend.frameon": False,
                "lines.linewidth": 1.6,
                # Ids of clip paths and markers come from this instead of chance.
                "svg.hashsalt": "groundplan",
                # Text stays text: it can be searched and selected. DejaVu, which it is laid out in, is wide.
                "svg.fonttype": "none",
            }
        )
        yield
