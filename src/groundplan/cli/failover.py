"""``failover``: what happens when the region is gone, and how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings, designed
from groundplan.cli.output import write, write_json, write_table
from groundplan.errors import ExitCode, InputError

if TYPE_CHECKING:
    from groundplan.recovery import Seconds


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(failover)


def failover(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    format: Format = OutputFormat.TABLE,
) -> int:
    """What happens when the region is gone, step by step, and how long it takes until users can work again.

    Exit code 1 where that may take longer than objectives.recovery.region.time, else objectives.recovery_time.
    """
    from groundplan import recovery

    loaded, architecture = designed(file, environment, settings)
    if architecture.standby is None:
        raise InputError(f"{loaded.name} has no standby that could take over; write standby: {{region: ...}}")
    objectives = loaded.blueprint.objectives
    objective, given = objectives.recovery_from("region", standby=True).time, recovery.Given.by(objectives)
    steps = recovery.promotion_steps(architecture, given)
    times = recovery.timeline(steps)
    code = ExitCode.FINDINGS if objective and not times.holds(objective) else ExitCode.FINE
    if format is OutputFormat.JSON:
        write_json(recovery.to_json(architecture, objective, given))
        return int(code)
    rows = [
        (
            number,
            step.by,
            step.what if step.waited_for else f"{step.what} (nobody waits for it)",
            _written(step.seconds),
            _clock(times.ends[step.name]),
        )
        for number, step in enumerate(steps, start=1)
    ]
    columns = ("", "by", "what", "seconds", "done after")
    write_table(columns, rows, right=("seconds", "done after"))
    write("Where the figures are from:")
    for page in dict.fromkeys(page for step in steps for page in step.sources):
        write(f"  {page}")
    write()
    write(f"The way back from {architecture.standby.region} to {architecture.region}:")
    for number, text in enumerate(recovery.return_steps(architecture), start=1):
        write(f"  {number}. {text}")
    write()
    if times.total is None:
        write(f"{loaded.name}: not by itself: somebody has to act, and nobody knows how long that takes")
    else:
        write(
            f"{loaded.name}: users can work again after {_minutes(times.total.expected)} minutes as expected, "
            f"{_minutes(times.total.low)} at the least, {_minutes(times.total.high)} at the most"
        )
    if objective:
        verdict = "held" if times.total and times.total.high <= objective.seconds else "not held"
        if verdict == "not held" and times.total and times.total.expected <= objective.seconds:
            verdict = "held as expected, not at the most"
        write(f"Objective {objective}: {verdict}")
    return int(code)


def _written(seconds: Seconds | None) -> str:
    return "?" if seconds is None else f"{seconds.low} / {seconds.expected} / {seconds.high}"


def _clock(seconds: Seconds | None) -> str:
    return "?" if seconds is None else f"{seconds.expected // 60}:{seconds.expected % 60:02d}"


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:.1f}"
