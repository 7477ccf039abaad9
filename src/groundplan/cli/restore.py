"""``restore``: a database or objects as they were, the switch to what was restored, and the runbook step by step."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.alone import alone
from groundplan.cli.engine import connected
from groundplan.cli.options import (
    DEFAULT_FILE,
    BreakLock,
    Deploying,
    DeployingEngine,
    Environment,
    File,
    Format,
    Inputs,
    OutputFormat,
    Settings,
    Target,
    TargetOption,
    Yes,
    confirm,
    designed,
)
from groundplan.cli.output import Progress, say, write, write_json, write_table
from groundplan.errors import InputError

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.operations.backup.bucket import Change
    from groundplan.operations.backup.runbook import Action
    from groundplan.operations.lock import Lease
    from groundplan.resources.architecture import Architecture
    from groundplan.targets.connection import Connection

_SHOWN = 40
"""Objects that a table names; JSON names all."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(restore)


@dataclass(frozen=True)
class _Asked:
    """What the command line says, and where it applies."""

    loaded: LoadedEnvironment
    architecture: Architecture
    connection: Connection
    target: TargetOption
    to: str | None
    break_lock: bool
    yes: bool
    format: OutputFormat

    @property
    def time(self) -> datetime | None:
        from groundplan.operations.backup.database import read_time

        return None if self.to is None else read_time(self.to)

    def alone(self, doing: str, part: str = "") -> AbstractContextManager[Lease]:
        """While nobody else is at work: on the environment where what is in use changes, else on one store.

        A database that is restored beside the one in use is waited for long, and deployments go on meanwhile.
        """
        return alone(
            self.connection, self.architecture, f"restore {doing}", part=part, break_lock=self.break_lock, yes=self.yes
        )


def restore(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="STORE | switch STORE | runbook",
            help="database.main or bucket.media; switch database.main, once it is restored; runbook, with --after.",
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option("--to", help="The time: 2026-11-21T14:05:00Z (UTC without a zone), or latest.", metavar="TIME"),
    ] = None,
    snapshot: Annotated[
        str | None, typer.Option("--snapshot", help="A snapshot instead of a time: see backup list.", metavar="ID")
    ] = None,
    prefix: Annotated[str, typer.Option("--prefix", help="Only objects whose keys begin so.")] = "",
    delete_newer: Annotated[
        bool, typer.Option("--delete-newer", help="Delete objects that did not exist then; else they stay.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and do nothing.")] = False,
    chosen: Annotated[
        str | None,
        typer.Option("--from", help="switch: the restored instance, where there are several.", metavar="ID"),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option("--after", help="runbook: what happened: corruption, table, key, region, ...", metavar="WHAT"),
    ] = None,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    break_lock: BreakLock = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Bring data back: a database into a new one beside it, objects out of their versions. A second step, switch, has
    the restored database take the place of the one in use, which stays under another name."""
    from groundplan.operations.backup import find_store

    loaded, architecture = designed(file, environment, settings)
    verb, *rest = what
    if verb in ("switch", "runbook") and len(rest) != (verb == "switch"):
        raise InputError("write groundplan restore switch database.NAME, or groundplan restore runbook --after WHAT")
    if verb not in ("switch", "runbook") and rest:
        raise InputError(f'"{" ".join(what)}": one store at a time, like groundplan restore database.main --to TIME')
    connection = connected(loaded, target)
    asked = _Asked(loaded, architecture, connection, target, to, break_lock, yes, format)
    if verb == "runbook":
        _runbook(asked, after, engine, inputs, dry_run=dry_run)
    elif verb == "switch":
        _switch(asked, rest[0], chosen, engine, inputs, dry_run=dry_run)
    elif find_store(architecture, verb, "database", "bucket").kind == "database":
        _database(asked, verb, snapshot, dry_run=dry_run)
    else:
        _bucket(asked, verb, prefix, delete_newer=delete_newer, dry_run=dry_run)


def _database(asked: _Asked, name: str, snapshot: str | None, *, dry_run: bool) -> None:
    from groundplan.operations.backup import database, find_store

    store = find_store(asked.architecture, name, "database")
    ahead = database.prepare(asked.connection, store, to=asked.to, snapshot=snapshot)
    beside = "is there already, and is gone on with" if ahead.exists else "is made beside it, and costs as much"
    told = f"{ahead.told}: {ahead.identifier} {beside}; {store.id} goes on as it is"
    if dry_run:
        write(told)
        return
    say(told)
    confirm(f"Restore {store.name} into {ahead.identifier}?", yes=asked.yes or asked.target is TargetOption.LOCAL)
    with asked.alone(store.name, store.name), Progress() as report:
        made = database.restore(asked.connection, asked.architecture, ahead, report)
    if asked.format is OutputFormat.JSON:
        write_json({"target": asked.target.value, "environment": asked.loaded.name, **asdict(made)})
        return
    write(f"{made.identifier} = {made.address}:{made.port}")
    write(f"Look into it. Then: groundplan restore switch {store.name}, or delete it: it costs as much as {store.id}")


def _switch(
    asked: _Asked,
    name: str,
    chosen: str | None,
    engine: DeployingEngine | None,
    inputs: list[str] | None,
    *,
    dry_run: bool,
) -> None:
    from groundplan.cli.engine import terraform_deploys
    from groundplan.operations.backup import find_store, switch

    by_terraform = terraform_deploys(asked.loaded, asked.target, engine)
    store = find_store(asked.architecture, name, "database")
    ahead = switch.prepare(asked.connection, asked.architecture, store, chosen)
    if not ahead.begun:
        say(f"  {store.id} is called {ahead.old} from now on, and stays with all that was written until then")
    say(f"  {ahead.new} is called {store.id}: services find it under the address that they have")
    for replica, region in ahead.replicas:
        say(f"  {replica} in {region} is made anew, and the old replica put aside")
    say("  Between the two names, for some minutes, nobody reaches the database")
    if ahead.managed:
        say("  RDS keeps the password in a secret of each instance: services have to be given the new one's")
    if dry_run:
        return
    confirm(f"Switch {store.name} to {ahead.new}?", yes=asked.yes)
    with asked.alone(f"switch {store.name}"):
        with Progress() as report:
            done = switch.switch(asked.connection, asked.architecture, ahead, report)
        if by_terraform:
            from groundplan.cli import terraform

            terraform.retarget(asked.loaded, asked.architecture, inputs, done.resource_ids)
    if asked.format is OutputFormat.JSON:
        write_json({"target": asked.target.value, "environment": asked.loaded.name, **asdict(done)})
        return
    write(f"{store.id} = {done.address}")
    for replica in done.replicas:
        write(f"{replica}: copies the restored database")
    if done.secret:
        write(f"The password is in {done.secret} now; deploy services with it before they connect again")
    write(f"{done.old} is left, protected as it was, and costs on: delete it once nobody needs what is in it")


def _bucket(asked: _Asked, name: str, prefix: str, *, delete_newer: bool, dry_run: bool) -> None:
    from groundplan.operations.backup import bucket, find_store

    store = find_store(asked.architecture, name, "bucket")
    moment = asked.time
    if moment is None:
        raise InputError(f"say as of when {store.name} is to be: --to TIME")
    changes = bucket.prepare(asked.connection, store, moment, prefix, delete_newer=delete_newer)
    if asked.format is OutputFormat.JSON and dry_run:
        write_json(_plain(asked, changes, done=0))
        return
    if not changes:
        if asked.format is OutputFormat.JSON:
            write_json(_plain(asked, changes, done=0))
        else:
            write(f"{store.name} is as it was on {moment:%Y-%m-%d %H:%M:%S} UTC")
        return
    if asked.format is OutputFormat.TABLE:
        write_table(
            ("action", "object", "bytes", "why"),
            [(item.action, item.key, f"{item.size:,}", item.why) for item in changes[:_SHOWN]],
            right=("bytes",),
        )
        if len(changes) > _SHOWN:
            write(f"and {len(changes) - _SHOWN:,} more")
    if dry_run:
        return
    confirm(
        f"Change {len(changes):,} objects of {store.name} ({store.id})?",
        yes=asked.yes or asked.target is TargetOption.LOCAL,
    )
    with asked.alone(store.name), Progress() as report:
        done = bucket.restore(asked.connection, store, changes, report)
    if asked.format is OutputFormat.JSON:
        write_json(_plain(asked, changes, done=done))
        return
    left = len(changes) - done
    write(f"{store.name}: {done:,} objects are as they were{f', {left:,} could not be restored' if left else ''}")


def _plain(asked: _Asked, changes: tuple[Change, ...], *, done: int) -> dict[str, object]:
    return {
        "target": asked.target.value,
        "environment": asked.loaded.name,
        "changes": [
            {"action": item.action, "key": item.key, "version": item.version, "bytes": item.size, "why": item.why}
            for item in changes
        ],
        "done": done,
    }


def _runbook(
    asked: _Asked, after: str | None, engine: DeployingEngine | None, inputs: list[str] | None, *, dry_run: bool
) -> None:
    """Each step is shown, confirmed, done or waited for."""
    from groundplan.cli.engine import terraform_deploys
    from groundplan.operations.backup import runbook
    from groundplan.recovery.wording import span

    objectives = asked.loaded.blueprint.objectives
    if after is None:
        known = ", ".join(runbook.recoveries(asked.architecture, objectives))
        raise InputError(f"say what has happened: --after, with one of {known or 'nothing that can be lost'}")
    recovery = runbook.choose(asked.architecture, objectives, after)
    by_terraform = terraform_deploys(asked.loaded, asked.target, engine)

    def switched(ids: Mapping[str, str]) -> None:
        if by_terraform:
            from groundplan.cli import terraform

            terraform.retarget(asked.loaded, asked.architecture, inputs, ids)

    steps = runbook.actions(asked.connection, asked.architecture, recovery, asked.time, switched)
    for reason in recovery.never:
        say(f"Not everything comes back: {reason}")
    if dry_run:
        write_table(
            ("", "by", "what", "takes", "Groundplan"),
            [
                (number, item.step.by, item.step.what, span(item.step.seconds) if item.step.seconds else "?", item.does)
                for number, item in enumerate(steps, start=1)
            ],
        )
        return
    started = time.monotonic()
    for number, item in enumerate(steps, start=1):
        usual = f", usually {span(item.step.seconds)}" if item.step.seconds else ""
        write(f"{number}. {item.step.by}: {item.step.what}{usual}")
        _carry_out(item, asked)
    write(f"All {len(steps)} steps are done, after {(time.monotonic() - started) / 60:.1f} minutes")


def _carry_out(item: Action, asked: _Asked) -> None:
    """One step: what is ours is done once it is confirmed, while nobody else is at work; what is not is waited for
    until somebody says so, and others may work meanwhile."""
    if item.do is None:
        if item.mode == "person" or not asked.yes:
            confirm("   Is that done?", yes=asked.yes and item.mode != "person")
        return
    confirm(f"   Groundplan {item.does}. Now?", yes=asked.yes)
    with asked.alone("runbook", item.part), Progress() as report:
        write(f"   {item.do(report)}")
