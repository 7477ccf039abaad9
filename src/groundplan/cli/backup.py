"""``backup now``, ``backup list``, ``backup verify``: what a running environment could be brought back from."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.engine import connected
from groundplan.cli.options import (
    DEFAULT_FILE,
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
from groundplan.cli.output import Progress, say, timestamp, write, write_json, write_table
from groundplan.errors import ExitCode

if TYPE_CHECKING:
    from groundplan.operations.backup import Backups, Point

app = typer.Typer(help="Backups of a running environment: make them, list them, verify them.", no_args_is_help=True)
GIB = 2**30
Stores = Annotated[
    list[str] | None,
    typer.Argument(metavar="[STORE]...", help="database.main, cache.sessions, bucket.media. Default: all.",
                   show_default=False),
]  # fmt: skip


@app.command()
def now(
    stores: Stores = None,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    wait: Annotated[bool, typer.Option(help="Wait until every backup is complete and copied.")] = True,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Back up now: snapshots of databases and caches, recovery points of buckets and file systems where there is a
    vault. Snapshots are kept, and paid for, until somebody deletes them."""
    from groundplan.operations.backup import back_up, find_store

    loaded, architecture = designed(file, environment, settings)
    chosen = [find_store(architecture, name) for name in stores or []]
    connection = connected(loaded, target)
    if target is TargetOption.AWS:
        confirm(f"Back up {', '.join(stores or []) or 'everything'} of {architecture.stage} on AWS?", yes=yes)
    with Progress() as report:
        made = back_up(connection, architecture, report, only=chosen, wait=wait)
    if format is OutputFormat.JSON:
        document = [asdict(item) for item in made]
        write_json({"target": target.value, "environment": loaded.name, "backups": document})
        return
    write_table(
        ("store", "backup", "status", "remark"),
        [(item.store, item.id or "-", item.status, item.copy or item.why) for item in made],
    )


@app.command("list")
def list_(
    stores: Stores = None,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    format: Format = OutputFormat.TABLE,
) -> None:
    """What each store could be brought back from: automatic and manual backups, recovery points of AWS Backup, copies
    in another region, versions of objects; and how the last restore tests went."""
    from groundplan.operations.backup import find_backups, find_store
    from groundplan.operations.backup.instances import beside

    loaded, architecture = designed(file, environment, settings)
    chosen = {find_store(architecture, name).name for name in stores or []}
    connection = connected(loaded, target)
    backups, left = find_backups(connection, architecture), beside(connection, architecture)
    points = [point for point in backups.points if not chosen or point.store in chosen]
    if format is OutputFormat.JSON:
        write_json(
            {
                "target": target.value,
                "environment": loaded.name,
                "not_there": sorted(backups.missing),
                "beside": [asdict(item) for item in left],
                "points": [_plain(point) for point in points],
                "restore_tests": [
                    {**asdict(test), "created": timestamp(test.created), "completed": timestamp(test.completed),
                     "succeeded": test.succeeded}
                    for test in backups.tests
                ],
            }
        )  # fmt: skip
        return
    if points:
        write_table(
            ("store", "from", "until", "size", "encrypted", "where", "kept until", "name"),
            [_row(point) for point in points],
            right=("size",),
        )
    for store in backups.stores:
        if not backups.of(store.name) and (not chosen or store.name in chosen):
            write(f"{store.name}: {'not deployed' if store.name in backups.missing else 'no backups'}")
    for item in left:
        write(f"{item.identifier} in {item.region}: {item.told}; it costs on until somebody deletes it")
    _tell_tests(backups)


def _row(point: Point) -> tuple[str, ...]:
    until = "every change" if point.kind == "versions" else _written(point.created)
    if point.since:
        until = f"{_written(point.since)} to {until}"
    size = point.size / GIB if point.size is not None else None
    return (
        point.store,
        f"copy: {point.kind}" if point.copied else point.kind,
        until if point.usable else f"{until} ({point.status})",
        "-" if size is None else f"{size:.0f} GiB" if size >= 1 else f"{point.size:,} B",
        {True: "yes", False: "NO", None: "-"}[point.encrypted],
        point.region,
        _written(point.expires),
        f"{point.id} ({point.note})" if point.note else point.id,
    )


def _tell_tests(backups: Backups) -> None:
    for test in backups.tests:
        took = f" in {_minutes(test.completed - test.created)}" if test.completed else ""
        word = "succeeded" if test.succeeded else f"{test.status}: {test.reason or 'AWS gives no reason'}"
        write(f"last restore test of {test.type}, {_written(test.created)}: {word}{took}")
    if backups.tests_scheduled and not backups.tests:
        write("restore tests are scheduled (backup.test), and none has run yet")


def _minutes(length: timedelta) -> str:
    return f"{length.total_seconds() / 60:.0f} minutes"


@app.command()
def verify(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Whether every store could be brought back from something young enough: younger than the recovery point objective
    where there is one, else than the time between two backups. Copies have to be encrypted and whole. Exit code 1:
    somewhere not."""
    from groundplan.operations.backup import find_backups
    from groundplan.operations.backup import verify as judge

    loaded, architecture = designed(file, environment, settings)
    connection = connected(loaded, target)
    backups = find_backups(connection, architecture)
    verdicts = judge(connection, architecture, backups, loaded.blueprint.objectives)
    failed = [test for test in backups.tests if not test.succeeded and test.completed]
    code = ExitCode.FINDINGS if failed or any(item.is_finding for item in verdicts) else ExitCode.FINE
    if format is OutputFormat.JSON:
        document = [
            {
                "store": item.store, "what": item.what, "word": item.word, "why": item.why,
                "newest": timestamp(item.newest),
                "may_be_seconds_old": None if item.limit is None else int(item.limit.total_seconds()),
            }
            for item in verdicts
        ]  # fmt: skip
        write_json({"target": target.value, "environment": loaded.name, "verdicts": document})
        return int(code)
    if not verdicts:
        say(f"{architecture.stage} has nothing that holds data")
        return int(code)
    write_table(
        ("store", "what", "verdict", "why"), [(item.store, item.what, item.word, item.why) for item in verdicts]
    )
    for test in failed:
        write(f"restore test of {test.type}: {test.status}: {test.reason or 'AWS gives no reason'}")
    return int(code)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where the file goes.")],
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Write what no snapshot has into a compressed file: the templates that CloudFormation was given, and the values of
    their parameters. Where the newest file says the same none is written."""
    from groundplan.cli.engine import prepared
    from groundplan.operations.backup.export import export as write_out

    loaded, architecture = designed(file, environment, settings)
    architecture, rendering = prepared(loaded, architecture)
    done = write_out(connected(loaded, target), architecture, rendering, folder)
    if format is OutputFormat.JSON:
        write_json({"target": target.value, "environment": loaded.name, **asdict(done)})
        return
    write(f"{done.file}: {done.stacks} stacks{'' if done.written else ', the same as now: nothing is written'}")


def _plain(point: Point) -> dict[str, object]:
    times = {name: timestamp(getattr(point, name)) for name in ("created", "since", "expires")}
    return {**asdict(point), **times, "usable": point.usable}


def _written(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
