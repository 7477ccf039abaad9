"""``docs`` and ``report``: what people read, written from the blueprint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings
from groundplan.cli.output import say, write, write_json, write_table
from groundplan.errors import ExitCode
from groundplan.files import replace

if TYPE_CHECKING:
    from groundplan.documents.files import Found

DEFAULT_FOLDER, DEFAULT_REPORT = Path("docs"), Path("report.html")

Environments = Annotated[
    list[str] | None,
    typer.Option(
        "--environment",
        "-e",
        help="An environment. May be repeated. Default: every one.",
        metavar="NAME",
        show_default=False,
    ),
]
Out = Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.", metavar="DIR")]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit code 1 where a document is stale, and the difference.")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite also what somebody has edited.")]
LowerCase = Annotated[bool, typer.Option("--lower-case", help="infrastructure.md in place of INFRASTRUCTURE.md.")]
ReportOut = Annotated[Path, typer.Option("--out", "-o", help="The file to write.", metavar="FILE")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(docs)
    app.command()(report)


def docs(
    file: File = DEFAULT_FILE,
    environments: Environments = None,
    settings: Settings = None,
    out: Out = DEFAULT_FOLDER,
    check: Check = False,
    force: Force = False,
    lower_case: LowerCase = False,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Write the documents: infrastructure, deployment, disaster recovery, cost and security, all from the blueprint.

    A document that somebody has edited is kept, and the difference shown, unless --force is given. Exit code 1: one was
    kept, or with --check one is not as the blueprint has it.
    """
    from groundplan.api.files import read_source
    from groundplan.documents import files
    from groundplan.documents.facts import facts_of
    from groundplan.documents.write import documents

    source = read_source(file).with_settings(settings or [])
    texts = documents(facts_of(source, environments or ()), lower_case=lower_case)
    found = files.compare(out, texts)
    kept = [one for one in found if one.state == "edited" and not force]
    wrong = [one for one in found if one.state != "current"] if check else kept
    if not check:
        for one in found:
            if one.state != "current" and one not in kept:
                files.write(one)
    if format is OutputFormat.JSON:
        write_json([{"file": str(one.path), "state": one.state, "difference": one.difference} for one in found])
    else:
        _tell(found, check=check, force=force)
        for one in wrong:
            write(one.difference.removesuffix("\n"))
    if kept and not check:
        say(f"kept as edited: {', '.join(str(one.path) for one in kept)}; --force overwrites")
    return int(ExitCode.FINDINGS if wrong else ExitCode.FINE)


def _tell(found: tuple[Found, ...], *, check: bool, force: bool) -> None:
    checked = {"missing": "missing", "stale": "stale", "edited": "edited by hand", "current": "as the blueprint has it"}
    written = {
        "missing": "written",
        "stale": "brought up to date",
        "edited": "overwritten" if force else "kept: edited by hand",
        "current": "as it was",
    }
    words = checked if check else written
    write_table(("document", "is" if check else ""), [(str(one.path), words[one.state]) for one in found])


def report(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    out: ReportOut = DEFAULT_REPORT,
) -> None:
    """Write one environment as a page: diagram, objectives, findings, cost, savings, accepted risks.

    A single file of HTML, without anything from elsewhere: to be mailed, printed, or kept with a release.
    """
    from groundplan.api.files import read_source
    from groundplan.documents.facts import Facts
    from groundplan.documents.report import html

    source = read_source(file).with_settings(settings or [])
    facts = Facts(source, source.environment(environment), today=None)
    text = html(facts)
    replace(out, text, parents=True)
    say(f"{out}: {facts.name}, {len(text.encode()) // 1024} kB")
