"""``drift``: what somebody has changed by hand, who it could be, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.alone import alone
from groundplan.cli.engine import connected, prepared, terraform_deploys
from groundplan.cli.options import (
    DEFAULT_FILE,
    BreakLock,
    Deploying,
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
from groundplan.cli.output import Progress, say, timestamp, write, write_json, write_table
from groundplan.errors import ExitCode, InputError
from groundplan.units import counted

if TYPE_CHECKING:
    from pathlib import Path

    from groundplan.blueprint.loading import LoadedEnvironment, Source
    from groundplan.engines.cloudformation import Rendering
    from groundplan.operations.drift import Drift
    from groundplan.operations.drift_adopt import Adoption
    from groundplan.operations.drift_authors import Author
    from groundplan.resources.architecture import Architecture
    from groundplan.targets.connection import Connection


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(drift)


def drift(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    who: Annotated[bool, typer.Option(help="Ask CloudTrail who it could be.")] = True,
    restore: Annotated[
        bool, typer.Option("--restore", help="Bring it back to what was deployed. Released images stay.")
    ] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Say which change of the blueprint makes it what is there now.")
    ] = False,
    write_it: Annotated[
        bool, typer.Option("--write", help="With --adopt: write that into the blueprint; comments stay.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="A resource, like queue.mail. May be repeated.", metavar="ADDRESS"),
    ] = None,
    break_lock: BreakLock = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Where AWS differs from what was deployed, property by property, and who it could be. Exit code 1: somewhere; with
    --restore or --adopt: something could not be."""
    from groundplan.operations.drift import find_drift, is_deployed
    from groundplan.operations.drift_authors import find_authors

    if restore and adopt:
        raise InputError("--restore takes changes back, --adopt keeps them: choose one of the two")
    if write_it and not adopt:
        raise InputError("--write goes with --adopt")
    loaded, architecture = designed(file, environment, settings)
    connection = connected(loaded, target)
    rendering: Rendering | None = None
    if terraform_deploys(loaded, target, engine):
        from groundplan.cli import terraform

        found = terraform.drift(loaded, architecture, inputs)
    else:
        architecture, rendering = prepared(loaded, architecture)
        found = find_drift(connection, rendering)
    if rendering is not None and not found and not is_deployed(connection, rendering):
        say(f"{architecture.stage}: nothing is deployed to {target.value}, so that nothing can differ")
        if format is OutputFormat.TABLE:
            return ExitCode.FINE
    found = _chosen(found, only)
    authors = find_authors(connection, found) if who and not adopt else {}
    if adopt:
        return _adopt(file, settings, loaded, architecture, found, write_it=write_it, format=format)
    if format is OutputFormat.JSON and not restore:
        document = [_plain(item, authors) for item in found]
        write_json({"target": target.value, "environment": loaded.name, "drift": document})
    elif found:
        _tell(found, authors)
    else:
        write(f"{architecture.stage}: nothing differs from what was deployed to {target.value}")
    if not found:
        return ExitCode.FINE
    if not restore:
        return ExitCode.FINDINGS
    if rendering is None:
        from groundplan.cli import terraform

        terraform.take_back(loaded, architecture, inputs, found, break_lock=break_lock, yes=yes)
        left = _chosen(terraform.drift(loaded, architecture, inputs), only)
    else:
        _take_back(connection, architecture, rendering, found, only, break_lock=break_lock, yes=yes)
        left = _chosen(find_drift(connection, rendering), only)
    for item in left:
        told = item.property or item.status
        write(f"{item.resource}: {told} could not be brought back; change it by hand, or deploy it anew")
    if not left:
        write(f"{architecture.stage}: everything is as it was deployed")
    return ExitCode.FINDINGS if left else ExitCode.FINE


def _chosen(found: Sequence[Drift], only: list[str] | None) -> tuple[Drift, ...]:
    """The drifts of these resources; of all where none is named. Raises InputError for one that has none."""
    from groundplan.errors import suggestion

    known = {item.resource for item in found}
    for name in only or []:
        if found and name not in known:
            raise InputError(f"--only {name}: nothing differs there{suggestion(name, sorted(known))}")
    return tuple(item for item in found if not only or item.resource in only)


def _plain(item: Drift, authors: Mapping[str, Author]) -> dict[str, object]:
    author = authors.get(item.physical_id)
    by = None
    if author is not None:
        by = {"user": author.user or None, "when": timestamp(author.when), "event": author.event}
    return {**asdict(item), "by": by}


def _tell(found: Sequence[Drift], authors: Mapping[str, Author]) -> None:
    rows = [(item.resource, item.type, item.property or item.status, item.expected, item.actual) for item in found]
    write_table(("resource", "type", "property", "deployed", "now"), rows)
    names = {item.physical_id: item.resource for item in found}
    for physical_id, author in authors.items():
        write(f"{names[physical_id]}: last changed by {author}")


def _take_back(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    found: Sequence[Drift],
    only: list[str] | None,
    *,
    break_lock: bool,
    yes: bool,
) -> None:
    from groundplan.operations.drift_restore import discard, prepare, take_back
    from groundplan.operations.record import recorded

    doing = "drift --restore"
    with alone(connection, architecture, doing, break_lock=break_lock, yes=yes), Progress() as report:
        ready = prepare(connection, architecture, rendering, found)
        changes = [text for item in ready for text in item.changes]
        try:
            for text in changes:
                say(f"  {text}")
            if only and {item.resource for item in found} != {text.partition(":")[0] for text in changes}:
                say("  CloudFormation brings a stack back as a whole, with more than what --only names")
            if changes:
                confirm(f"Bring {counted(len(changes), 'resource')} back to what was deployed?", yes=yes)
        except InputError:
            for item in ready:
                discard(connection, item)
            raise
        with recorded(connection, architecture, doing, engine="cloudformation", report=report) as record:
            record.plan["update"] = len(changes)
            take_back(connection, rendering, ready, report)


def _adopt(
    file: Path,
    settings: list[str] | None,
    loaded: LoadedEnvironment,
    architecture: Architecture,
    found: Sequence[Drift],
    *,
    write_it: bool,
    format: OutputFormat,
) -> int:
    from groundplan.api.files import read_source
    from groundplan.blueprint.tree import format_path
    from groundplan.operations.drift_adopt import Adoption
    from groundplan.operations.drift_adopt import adopt as search

    source = read_source(file)
    results = search(source, loaded, architecture, found, settings or [])
    adoptions = [item for item in results if isinstance(item, Adoption)]
    written = _write(file, source, loaded, adoptions) if write_it else ()
    if format is OutputFormat.JSON:
        write_json(
            {
                "environment": loaded.name,
                "adoptions": [
                    {"resource": item.drift.resource, "property": item.drift.property, "key": format_path(item.path),
                     "before": item.before, "after": item.after, "also": list(item.also)}
                    for item in adoptions
                ],
                "not_adopted": [
                    {"resource": item.drift.resource, "property": item.drift.property, "why": item.why}
                    for item in results if not isinstance(item, Adoption)
                ],
                "written": [format_path(path) for path in written],
            }
        )  # fmt: skip
        return ExitCode.FINE if len(adoptions) == len(results) else ExitCode.FINDINGS
    for item in results:
        where = f"{item.drift.resource} {item.drift.property or item.drift.status}"
        if not isinstance(item, Adoption):
            write(f"{where}: cannot be adopted: {item.why}")
            continue
        position = loaded.position(item.path)
        done = "written" if item.path in written else "write"
        write(f"{where}: {done} {format_path(item.path)}: {item.after} (now {item.before}{_at(position)})")
        if item.also:
            write(f"  that changes {', '.join(item.also)}, too")
    if not results:
        write(f"{architecture.stage}: nothing differs from what was deployed")
    if written:
        write(f"{file}: {counted(len(written), 'key')} written; groundplan plan tells what is left to deploy")
    return ExitCode.FINE if len(adoptions) == len(results) else ExitCode.FINDINGS


def _at(position: object) -> str:
    return f", {position}" if position else ""


def _write(
    file: Path, source: Source, loaded: LoadedEnvironment, adoptions: Sequence[Adoption]
) -> tuple[tuple[str | int, ...], ...]:
    """Write all of them, or none: only a file that says exactly this and nothing else new is put in place."""
    from groundplan.blueprint.loading import source_of
    from groundplan.blueprint.rewriting import with_value
    from groundplan.blueprint.yaml import read_yaml
    from groundplan.files import replace

    if file.suffix == ".py":
        raise InputError(f"{file} is Python: write the keys by hand; groundplan drift --adopt names them")
    text = source.text
    chosen = {item.path: item.after for item in adoptions}
    for path, after in chosen.items():
        text = with_value(text, path, after, source.environments, loaded.name)
    again = source_of(read_yaml(text, file), file, text)
    wanted = source.with_settings([item.setting for item in adoptions])
    for name in source.environments:
        before = wanted if name == loaded.name else source
        if again.environment(name).blueprint != before.environment(name).blueprint:
            raise InputError(f"{file} cannot be written without changing more; write the keys by hand")
    if text != source.text:
        replace(file, text)
    return tuple(chosen)
