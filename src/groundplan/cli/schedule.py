"""``schedule``: when an environment with off-hours stops and starts, a pause, and both now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.alone import alone
from groundplan.cli.engine import connected
from groundplan.cli.options import (
    DEFAULT_FILE,
    BreakLock,
    Environment,
    File,
    Format,
    OutputFormat,
    Settings,
    Target,
    TargetOption,
    Yes,
    confirm,
    designed,
)
from groundplan.cli.output import Progress, timestamp, write, write_json, write_table

if TYPE_CHECKING:
    from datetime import datetime

    from groundplan.operations.off_hours import Shown, Verb

app = typer.Typer(help="The off-hours of an environment: when it stops and starts.", no_args_is_help=True)

Until = Annotated[
    str,
    typer.Option(
        "--until",
        help="How long nothing stops: 8h or 3d from now, or a time like 2026-12-01T18:00 by the clock of the "
        "off-hours. At most 31 days.",
    ),
]


@app.command()
def show(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    format: Format = OutputFormat.TABLE,
) -> None:
    """When what stops and starts next, what is paused, and what stays on."""
    from datetime import UTC, datetime

    from groundplan.operations import off_hours

    loaded, architecture = designed(file, environment, settings)
    off_hours.require(architecture)
    found = off_hours.show(connected(loaded, target), architecture, datetime.now(UTC))
    stays = off_hours.stays_on(architecture)
    if format is OutputFormat.JSON:
        write_json(
            {
                "environment": architecture.environment,
                "target": target.value,
                "schedules": [_data(item) for item in found],
                "stays_on": list(stays),
            }
        )
        return
    rows = [
        (_state(item), item.entry.verb, item.entry.what, _moment(item.next), _universal(item.next)) for item in found
    ]
    write_table(("state", "does", "what", "next", "UTC"), rows)
    write("What stays on:")
    for text in stays:
        write(f"  {text}")
    if target is TargetOption.LOCAL:
        write("The local AWS runs no schedules by itself; groundplan schedule stop and start do what they would do.")


def _state(item: Shown) -> str:
    if not item.deployed:
        return "not deployed"
    if item.disabled:
        return "switched off by hand"
    return f"paused until {_moment(item.paused_until)}" if item.paused_until else "on"


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%a %Y-%m-%d %H:%M %Z}"


def _universal(moment: datetime | None) -> str:
    from datetime import UTC

    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _data(item: Shown) -> dict[str, object]:
    return {
        "name": item.entry.name,
        "does": item.entry.verb,
        "what": item.entry.what,
        "expression": item.entry.expression,
        "timezone": item.entry.timezone,
        "deployed": item.deployed,
        "disabled": item.disabled,
        "paused_until": timestamp(item.paused_until),
        "next": timestamp(item.next),
    }


@app.command()
def pause(
    until: Until = "24h",
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    break_lock: BreakLock = False,
    yes: Yes = False,
) -> None:
    """Let nothing stop for a while. AWS ends the pause by itself; what is stopped already is not started."""
    from datetime import UTC, datetime

    from groundplan.operations import off_hours

    loaded, architecture = designed(file, environment, settings)
    found = off_hours.require(architecture)
    now = datetime.now(UTC)
    moment = off_hours.moment(until, found[0].timezone, now)
    connection = connected(loaded, target)
    with alone(connection, architecture, "schedule pause", break_lock=break_lock, yes=yes):
        moved = off_hours.pause(connection, architecture, moment, now)
    write(f"{architecture.stage}: {moved} stops are paused until {_moment(moment)}")


@app.command()
def resume(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    break_lock: BreakLock = False,
    yes: Yes = False,
) -> None:
    """End a pause: the next stop is the schedule's again."""
    from groundplan.operations import off_hours

    loaded, architecture = designed(file, environment, settings)
    off_hours.require(architecture)
    connection = connected(loaded, target)
    with alone(connection, architecture, "schedule resume", break_lock=break_lock, yes=yes):
        moved = off_hours.resume(connection, architecture)
    write(f"{architecture.stage}: {moved} stops count again")


@app.command()
def stop(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    break_lock: BreakLock = False,
    yes: Yes = False,
) -> None:
    """Stop the environment now, as its schedules do in the evening. The next start is theirs."""
    _act("stop", file, environment, settings, target, break_lock=break_lock, yes=yes)


@app.command()
def start(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    break_lock: BreakLock = False,
    yes: Yes = False,
) -> None:
    """Start the environment now, as its schedules do in the morning. The next stop is theirs."""
    _act("start", file, environment, settings, target, break_lock=break_lock, yes=yes)


def _act(
    verb: Verb,
    file: File,
    environment: Environment,
    settings: Settings,
    target: TargetOption,
    *,
    break_lock: bool,
    yes: bool,
) -> None:
    from groundplan.operations import off_hours

    loaded, architecture = designed(file, environment, settings)
    off_hours.require(architecture)
    if verb == "stop":
        confirm(f"Stop {architecture.stage} on {target.value} now?", yes=yes)
    else:
        confirm(f"Start {architecture.stage} on {target.value} now? What runs is paid for", yes=yes)
    connection = connected(loaded, target)
    with alone(connection, architecture, f"schedule {verb}", break_lock=break_lock, yes=yes), Progress() as report:
        done = off_hours.act(connection, architecture, verb, report)
    write(f"{architecture.stage}: {len(done)} calls made; {'stopping' if verb == 'stop' else 'starting'}")
