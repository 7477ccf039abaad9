"""``history``: who deployed what, when, and how it ended."""

from __future__ import annotations

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
    designed,
)
from groundplan.cli.output import write, write_json, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundplan.operations.record import Record

KILLED = "killed"
"""What became of an operation that never said how it ended, and is not under way."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(history)


def history(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many, at most, of the last fifty.")] = 20,
    format: Format = OutputFormat.TABLE,
) -> None:
    """The last deployments of an environment: who, when, which revision, what, and how it ended. Newest first."""
    from groundplan.operations import record
    from groundplan.operations.lock import look

    loaded, architecture = designed(file, environment, settings)
    connection = connected(loaded, target)
    found = record.history(connection, architecture)[:limit]
    told = _results(found, len(look(connection, architecture)))
    if format is OutputFormat.JSON:
        data = [record.to_data(item) | {"result": result} for item, result in zip(found, told, strict=True)]
        write_json({"target": target.value, "environment": loaded.name, "history": data})
        return
    if not found:
        write(f"{architecture.stage}: nobody has deployed it to {target.value}")
        return
    rows = [
        (
            f"{item.started:%Y-%m-%d %H:%M}",
            item.operation,
            result,
            "" if item.seconds is None else f"{item.seconds:.0f} s",
            str(item.revision or "not in git"),
            _done(item),
            item.by.rpartition(":")[2],
        )
        for item, result in zip(found, told, strict=True)
    ]
    write_table(("begun (UTC)", "operation", "result", "took", "revision", "plan", "by"), rows, right=("took",))
    for item, result in zip(found, told, strict=True):
        if result == "failed":
            write(f"{item.started:%Y-%m-%d %H:%M} {item.operation}: {item.reason}")


def _results(found: Sequence[Record], at_work: int) -> list[str]:
    """How each ended. Of those that have not said so, the newest are under way, as many as somebody is at work."""
    told: list[str] = []
    for item in found:
        killed = item.result == "under way" and told.count("under way") == at_work
        told.append(KILLED if killed else item.result)
    return told


def _done(item: Record) -> str:
    """What was to be done to how many resources."""
    told = ", ".join(f"{number} to {action}" for action, number in sorted(item.plan.items()))
    return told or ("no change" if item.operation == "deploy" and item.result == "succeeded" else "")
