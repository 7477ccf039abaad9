"""``simulate recovery``: how long until users can work again, and how much is lost, after whatever may happen."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings, designed
from groundplan.cli.output import write, write_json, write_table
from groundplan.errors import ExitCode, InputError

if TYPE_CHECKING:
    from groundplan.objectives import Answer
    from groundplan.objectives.recovery import Judged
    from groundplan.recovery import Point, Recovery


class DisruptionOption(StrEnum):
    """What happens: as under ``objectives.recovery``."""

    TASK = "task"
    NODE = "node"
    DATABASE = "database"
    ZONE = "zone"
    REGION = "region"
    TABLE = "table"
    CORRUPTION = "corruption"
    KEY = "key"


After = Annotated[
    DisruptionOption | None,
    typer.Option("--after", help="The recovery from this alone, step by step.", show_default=False),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Draw it into this file, .svg or .png.", metavar="PICTURE", show_default=False),
]


def recovery(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    after: After = None,
    format: Format = OutputFormat.TABLE,
    out: Out = None,
) -> int:
    """How long until users can work again after a task, host, database, zone or region is gone, data are deleted or
    wrong, or a key is; and how much is lost.

    Exit code 1 where that is, or may be, more than objectives.recovery_time, recovery_point or recovery.<disruption>.
    """
    from groundplan.objectives.recovery import judged

    if out is not None:
        from groundplan.simulation import pictures

        pictures.check(out)
    loaded, architecture = designed(file, environment, settings)
    found = judged(loaded.blueprint, architecture)
    if after is not None:
        found = tuple(item for item in found if item.recovery.disruption == after.value)
        if not found:
            raise InputError(f"{loaded.name} has nothing that --after {after.value} could take away")
    if format is OutputFormat.JSON:
        from groundplan.objectives.recovery_report import recoveries_data

        write_json(recoveries_data(loaded.name, found))
    elif after is None:
        _tell_all(loaded.name, found)
    else:
        _tell_one(loaded.name, found[0])
    if out is not None:
        from groundplan.objectives import recovery_pictures

        draw = recovery_pictures.overview(loaded.name, found) if after is None else None
        pictures.save(draw or recovery_pictures.steps(loaded.name, found[0]), out)
    asked = [answer for item in found for answer in (item.time, item.point) if answer is not None]
    return int(ExitCode.FINE if all(answer.met for answer in asked) else ExitCode.FINDINGS)


def _tell_all(name: str, found: tuple[Judged, ...]) -> None:
    rows = [
        (
            item.recovery.disruption,
            item.recovery.where,
            _time(item.recovery),
            _objective(item.time),
            _point(item.recovery),
            _objective(item.point),
        )
        for item in found
    ]
    write_table(("after", "where", "users can work again", "objective", "lost at the most", "objective"), rows)
    for item in found:
        _hints(item)
    beside = dict.fromkeys(
        f"{point.store}: {point.how}" for item in found for point in item.recovery.points if not point.counts
    )
    if beside:
        write("Not counted, because caches may be lost and secrets made anew:")
        for text in beside:
            write(f"  {text}")
    write(f"The steps of one: groundplan simulate recovery -e {name} --after {found[0].recovery.disruption}")


def _tell_one(name: str, item: Judged) -> None:
    from groundplan.recovery.wording import span, written

    recovery = item.recovery
    write(f"{name}: {recovery.title}{f' ({recovery.where})' if recovery.where else ''}")
    if recovery.steps:
        rows = []
        for step in recovery.steps:
            ends = recovery.times.ends[step.name]
            rows.append(
                (
                    step.name,
                    step.by,
                    step.what if step.waited_for else f"{step.what} (nobody waits for it)",
                    span(step.seconds) if step.seconds else "?",
                    written(ends.expected) if ends else "?",
                )
            )
        write_table(("step", "by", "what", "takes", "done after"), rows, right=("done after",))
    if recovery.points:
        lost = [(point.store, _lost(point), point.how) for point in recovery.points]
        write_table(("store", "lost", "why no more"), lost)
    write(f"Users can work again: {_time(recovery)}{_said(item.time)}")
    if recovery.whole is not None:
        write(f"Everything is as before: {span(recovery.whole)}")
    write(f"Lost: {_point(recovery)}{_said(item.point)}")
    _hints(item)
    sources = dict.fromkeys(source for step in recovery.steps for source in step.sources)
    sources |= dict.fromkeys(source for point in recovery.points for source in point.sources)
    write("Where the figures are from:")
    for source in sources:
        write(f"  {source}")
    for text in recovery.assumptions:
        write(f"  assumed: {text}")


def _hints(item: Judged) -> None:
    """What would meet an objective that does not hold."""
    for answer, remedies in (
        (item.time, item.recovery.remedies_of_time),
        (item.point, item.recovery.remedies_of_point),
    ):
        if answer is not None and answer.met is not True:
            if answer.missing:
                write(f"{answer.name} is not known; add {answer.missing}")
            elif remedies:
                write(f"{answer.name} would come nearer with {'; '.join(remedies)}")


def _time(recovery: Recovery) -> str:
    from groundplan.recovery.wording import span

    if recovery.never:
        return f"never: {'; '.join(recovery.never)}"
    return span(recovery.total) if recovery.total else "not known: somebody has to act"


def _point(recovery: Recovery) -> str:
    from groundplan.recovery.wording import written

    fate, lost = recovery.lost
    if fate == "some":
        return written(lost.high) if lost.high else "nothing"
    return "everything" if fate == "all" else "not known"


def _lost(point: Point) -> str:
    from groundplan.recovery.wording import span

    if point.fate == "some":
        return span(point.lost) if point.lost.high else "nothing"
    return "everything" if point.fate == "all" else "not known"


def _objective(answer: Answer | None) -> str:
    from groundplan.objectives.report import verdict

    return f"{answer.required.text}: {verdict(answer)}" if answer else ""


def _said(answer: Answer | None) -> str:
    return f"; objective {_objective(answer)}" if answer else ""
