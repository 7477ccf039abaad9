"""``drill``: take something away on purpose, and measure how it comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
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
from groundplan.cli.output import Progress, say, write, write_json
from groundplan.errors import ExitCode

if TYPE_CHECKING:
    from groundplan.operations.drills.run import Prepared
    from groundplan.recovery import Seconds

INTERRUPTED = 130

Which = Annotated[
    str,
    typer.Argument(
        metavar="DRILL",
        help="task, node, database, region, or zone-a for the zone a.",
        show_default=False,
    ),
]
Of = Annotated[
    str | None,
    typer.Option(
        "--of", help="Which service or database, where there are several.", metavar="NAME", show_default=False
    ),
]
Out = Annotated[Path, typer.Option("--out", "-o", help="The folder for the report.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and do nothing.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(drill)


def drill(
    which: Which,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    of: Of = None,
    out: Out = Path("drills"),
    dry_run: DryRun = False,
    break_lock: BreakLock = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Take a task, a node, a database or a zone away, and measure how it comes back; the region is rehearsed.

    Only where the blueprint says drills: allowed. First it is said what will happen by the model. Ctrl-C ends it early,
    and the experiment with it. Exit code 1: something did not come back as expected.
    """
    from groundplan.operations.drills import choose, prepare, require_allowed
    from groundplan.operations.drills.report import keep, result, to_data
    from groundplan.operations.record import recorded

    loaded, architecture = designed(file, environment, settings)
    require_allowed(loaded)
    prepared = prepare(loaded, architecture, choose(architecture, which, of))
    _tell_ahead(prepared, target, write if dry_run else say)
    if dry_run:
        return ExitCode.FINE
    if prepared.drill.kind != "region":
        confirm(f"Run the drill {prepared.drill.name} in {architecture.stage} on {target.value}?", yes=yes)
    connection = connected(loaded, target)
    with (
        Progress() as report,
        alone(connection, architecture, f"drill {prepared.drill.name}", break_lock=break_lock, yes=yes),
        recorded(connection, architecture, "drill", engine=_engine(prepared), report=report) as record,
    ):
        outcome = prepared.run(connection, report)
        record.details |= {"drill": prepared.drill.name, "result": result(outcome)}
    text, data = keep(outcome, out)
    if format is OutputFormat.JSON:
        write_json({**to_data(outcome), "files": [str(text), str(data)]})
    else:
        for note in outcome.notes:
            say(note)
        for check in outcome.checks:
            word = "unknown" if check.ok is None else "ready" if check.ok else "not ready"
            write(f"{check.what}: {word}: {check.found}")
        for finding in outcome.findings:
            write(f"finding: {finding}")
        write(f"{architecture.stage}, drill {prepared.drill.name}: {result(outcome)}")
        write(f"report: {text}")
    if outcome.interrupted:
        return INTERRUPTED
    return ExitCode.FINE if outcome.fine else ExitCode.FINDINGS


def _tell_ahead(prepared: Prepared, target: TargetOption, tell: Callable[[str], None]) -> None:
    tell(f"drill {prepared.drill.name}, {prepared.architecture.stage}, {target.value}:")
    for text in prepared.what:
        tell(f"  {text}")
    model = prepared.expected
    if model.steps:
        tell("what will happen by the model:")
        for number, text in enumerate(model.steps, start=1):
            tell(f"  {number}. {text}")
    tell(f"users wait {_seconds(model.users)}; everything is as before after {_seconds(model.whole)}")
    if model.objective:
        tell(f"objective: users wait {model.objective} at the most")
    if prepared.cost and target is TargetOption.AWS:
        tell(f"AWS charges {prepared.cost:.2f} USD for the experiment at the most")


def _seconds(seconds: Seconds | None) -> str:
    if seconds is None:
        return "until a person has acted, and nobody knows how long that takes"
    if not seconds.high:
        return "not at all"
    return f"{seconds.expected} s as expected, {seconds.low} at the least, {seconds.high} at the most"


def _engine(prepared: Prepared) -> str:
    return "fis" if prepared.drill.template else {"task": "ecs", "database": "rds"}.get(prepared.drill.kind, "none")
