"""``status``: an environment on one screen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.engine import connected, prepared, terraform_deploys
from groundplan.cli.options import (
    DEFAULT_FILE,
    Deploying,
    Environment,
    File,
    Format,
    OutputFormat,
    Settings,
    Target,
    TargetOption,
    designed,
)
from groundplan.cli.output import console, timestamp, write, write_json, write_table
from groundplan.errors import EnvironmentalError, InputError

if TYPE_CHECKING:
    from datetime import datetime

    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.cli.terraform import Deployed
    from groundplan.operations.report import Status
    from groundplan.resources import Architecture
    from groundplan.targets.connection import Connection

Watch = Annotated[bool, typer.Option("--watch", "-w", help="Look again and again, until Ctrl-C.")]
Every = Annotated[int, typer.Option("--every", help="Seconds between two looks of --watch.", min=1, max=3600)]

Look = Callable[[], tuple["Status", "Deployed | None"]]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    watch: Watch = False,
    every: Every = 10,
    format: Format = OutputFormat.TABLE,
) -> None:
    """An environment on one screen: stacks, services, alarms, backups, cost, findings and the last operations.

    What cannot be read is said to be unknown, with the reason; the rest is shown all the same. Nothing that is asked
    here is charged.
    """

    if watch and format is OutputFormat.JSON:
        raise InputError("--watch is for people: leave out --format json, or call again and again")
    loaded, architecture = designed(file, environment, settings)
    if terraform_deploys(loaded, target, engine):
        look = _of_terraform(connected(loaded, target), loaded, architecture)
    else:
        look = _of_cloudformation(connected(loaded, target), loaded, architecture)
    if watch:
        _watch(look, architecture, target, every)
        return
    found, deployed = look()
    if format is OutputFormat.JSON:
        write_json(_data(loaded.name, target, found, deployed))
        return
    _write(found, deployed)


def _of_cloudformation(connection: Connection, loaded: LoadedEnvironment, architecture: Architecture) -> Look:
    from datetime import UTC, datetime

    from groundplan.operations.report import collect

    architecture, rendering = prepared(loaded, architecture)

    def look() -> tuple[Status, None]:
        found = collect(connection, loaded, architecture, rendering, datetime.now(UTC))
        if found.stacks.unknown and found.deploys.unknown:  # both are asked of AWS in any case
            raise EnvironmentalError(found.stacks.unknown)
        return found, None

    return look


def _of_terraform(connection: Connection, loaded: LoadedEnvironment, architecture: Architecture) -> Look:
    from datetime import UTC, datetime

    from groundplan.cli import terraform
    from groundplan.operations.report import collect

    def look() -> tuple[Status, Deployed]:
        deployed = terraform.deployed(loaded, architecture)
        return collect(connection, loaded, architecture, None, datetime.now(UTC)), deployed

    return look


def _watch(look: Look, architecture: Architecture, target: TargetOption, every: int) -> None:
    """The same lines as without --watch, drawn anew; on what is no terminal each look is written behind the last."""
    import contextlib
    import io
    import sys
    from datetime import datetime

    from rich.live import Live
    from rich.text import Text

    screen = console()
    with Live(console=screen, screen=screen.is_terminal, auto_refresh=False) as live:
        while True:
            found, deployed = look()
            drawn = io.StringIO()
            with contextlib.redirect_stdout(drawn):
                write(
                    f"{architecture.stage} on {target.value}, {datetime.now():%H:%M:%S}, every {every} s; Ctrl-C ends"
                )
                _write(found, deployed)
            if screen.is_terminal:
                live.update(Text(drawn.getvalue()), refresh=True)
            else:
                sys.stdout.write(drawn.getvalue())
                sys.stdout.flush()
            time.sleep(every)


def _write(found: Status, deployed: Deployed | None) -> None:
    _write_stacks(found, deployed)
    if found.services.value:
        write_table(
            ("service", "tasks", "rollout", "image"),
            [
                (item.name, f"{item.running}/{item.desired}", item.rollout, ", ".join(item.images))
                for item in found.services.value
            ],
        )
    for line in _lines(found):
        write(line)


def _write_stacks(found: Status, deployed: Deployed | None) -> None:
    if deployed is not None:
        reason = f"not made whole: {', '.join(deployed.halves)}" if deployed.halves else ""
        write_table(
            ("root", "status", "resources", "reason"), [(deployed.root, deployed.status, deployed.resources, reason)]
        )
        for name, value in deployed.outputs.items():
            write(f"{name} = {value}")
        return
    stacks = found.stacks.value
    if stacks is None:
        return
    rows = [(stack.name, stack.status, stack.reason) for stack in stacks.wanted]
    rows += [(stack.name, stack.status, "the blueprint does not ask for it any more") for stack in stacks.left]
    write_table(("stack", "status", "reason"), rows)
    for name, value in stacks.outputs.items():
        write(f"{name} = {value}")


def _lines(found: Status) -> Iterator[str]:
    if found.databases.value:
        yield "databases: " + ", ".join(f"{name} {state}" for name, state in found.databases.value.items())
    alarms = found.alarms.value
    if alarms is not None and (alarms.on or alarms.ok or alarms.without_data or alarms.missing):
        told = f"alarms: {len(alarms.on)} on, {alarms.ok} quiet, {alarms.without_data} without data"
        yield told + (f", {len(alarms.missing)} not deployed" if alarms.missing else "")
        yield from (f"  ON  {name}" for name in alarms.on)
    yield from _backup_lines(found)
    cost = found.cost.value
    if cost is not None:
        forecast = "no forecast yet" if cost.forecast is None else f"{cost.forecast:.2f} USD forecast"
        yield f"cost this month: {cost.actual:.2f} USD of a budget of {cost.budget:.2f}, {forecast}"
    findings = found.findings.value
    if findings is not None:
        yield (
            f"findings: {findings.error} errors, {findings.warning} warnings, {findings.info} remarks; "
            f"{findings.accepted} accepted"
        )
    if found.beside.value:
        yield "beside the stacks:"
        yield from (f"  {text}" for text in found.beside.value)
    yield from _schedule_lines(found)
    yield from (f"at work: groundplan {holder.doing} of {holder}" for holder in found.working.value or ())
    for number, record in enumerate(found.deploys.value or ()):
        took = "" if record.seconds is None else f" in {record.seconds:.0f} s"
        revision = f" {record.revision}" if record.revision else ""
        told = f"{record.started:%Y-%m-%d %H:%M} {record.operation}{revision} by {record.by}: {record.result}{took}"
        yield f"{'last operations: ' if not number else '                 '}{told}"
    for name, reason in found.unknown.items():
        if name != "stacks" or found.stacks.value is not None:
            yield f"{name}: unknown: {reason}"


def _backup_lines(found: Status) -> Iterator[str]:
    backups = found.backups.value
    if backups is None or not backups.stores:
        return
    newest = {store.name: backups.newest(store.name) for store in backups.stores if store.name not in backups.missing}
    if newest:
        told = ", ".join(f"{name} {_when(moment)}" for name, moment in newest.items())
        yield f"last backup: {told}"
    for test in backups.tests:
        yield f"last restore test: {test.type} {test.status} {_when(test.created)}"
    if not backups.tests:
        yield "last restore test: " + ("none yet" if backups.tests_scheduled else "none; backup.test schedules them")


def _when(moment: datetime | None) -> str:
    return "none" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _schedule_lines(found: Status) -> Iterator[str]:
    shown = [item for item in found.schedules.value or () if item.next is not None]
    if not shown:
        return
    stop = min((item.next for item in shown if item.entry.verb == "stop" and item.next), default=None)
    start = min((item.next for item in shown if item.entry.verb == "start" and item.next), default=None)
    paused = max((item.paused_until for item in shown if item.paused_until), default=None)
    told = ", ".join(
        f"{verb} {moment:%a %Y-%m-%d %H:%M %Z}" for verb, moment in (("stops", stop), ("starts", start)) if moment
    )
    yield f"off-hours: {told}" + (f"; paused until {paused:%Y-%m-%d %H:%M %Z}" if paused else "")


def _data(environment: str, target: TargetOption, found: Status, deployed: Deployed | None) -> dict[str, object]:
    from groundplan.operations.record import to_data

    stacks, alarms, cost = found.stacks.value, found.alarms.value, found.cost.value
    backups, findings, working = found.backups.value, found.findings.value, found.working.value
    told: dict[str, object] = {"target": target.value, "environment": environment}
    if deployed is not None:
        told |= {
            "stacks": [{"name": deployed.root, "status": deployed.status}],
            "resources": deployed.resources,
            "outputs": dict(deployed.outputs),
        }
    else:
        told |= {
            "stacks": [{"name": stack.name, "status": stack.status} for stack in stacks.wanted] if stacks else None,
            "outputs": dict(stacks.outputs) if stacks else None,
            "left": [{"name": stack.name, "status": stack.status} for stack in stacks.left] if stacks else None,
        }
    return told | {
        "services": None
        if found.services.value is None
        else [
            {
                "name": item.name,
                "running": item.running,
                "desired": item.desired,
                "pending": item.pending,
                "images": list(item.images),
                "rollout": item.rollout,
            }
            for item in found.services.value
        ],
        "databases": found.databases.value,
        "alarms": None
        if alarms is None
        else {
            "on": list(alarms.on),
            "ok": alarms.ok,
            "without_data": alarms.without_data,
            "missing": list(alarms.missing),
        },
        "backups": None
        if backups is None
        else {
            "newest": {store.name: timestamp(backups.newest(store.name)) for store in backups.stores},
            "missing": sorted(backups.missing),
            "restore_tests": [
                {"type": test.type, "status": test.status, "created": timestamp(test.created)} for test in backups.tests
            ],
        },
        "cost": None if cost is None else {"actual": cost.actual, "budget": cost.budget, "forecast": cost.forecast},
        "findings": None
        if findings is None
        else {
            "error": findings.error,
            "warning": findings.warning,
            "info": findings.info,
            "accepted": findings.accepted,
        },
        "deploys": None if found.deploys.value is None else [to_data(record) for record in found.deploys.value],
        "working": None
        if working is None
        else [{"doing": item.doing, "by": item.by, "user": item.user} for item in working],
        "beside": None if found.beside.value is None else list(found.beside.value),
        "schedules": None
        if found.schedules.value is None
        else [
            {
                "name": item.entry.name,
                "does": item.entry.verb,
                "next": timestamp(item.next),
                "paused_until": timestamp(item.paused_until),
            }
            for item in found.schedules.value
        ],
        "unknown": {name: reason for name, reason in found.unknown.items() if name != "stacks" or deployed is None},
    }
