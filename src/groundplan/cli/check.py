"""``check``: what is wrong, before anything exists."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Settings
from groundplan.cli.output import say, write, write_json, write_table
from groundplan.cli.rules import SeverityOption
from groundplan.files import replace
from groundplan.units import counted

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment, Source
    from groundplan.checks import Examination, Report
    from groundplan.cost import Estimate
    from groundplan.objectives import Answer
    from groundplan.resources.architecture import Architecture


class CheckFormat(StrEnum):
    """How a report is written."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    GITHUB = "github"


ReportFormat = Annotated[
    CheckFormat,
    typer.Option(
        "--format",
        help="A table for people, JSON for scripts, SARIF 2.1.0 for code scanning, JUnit XML for test reports, "
        "Markdown for a pull request, or annotations for GitHub Actions.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="The file to write to. Default: standard output.", show_default=False)
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="Only what is new since this git revision of the blueprint, like main or HEAD~3.",
        metavar="REVISION",
        show_default=False,
    ),
]
Severity = Annotated[
    SeverityOption | None,
    typer.Option("--severity", help="Only findings from this severity on.", show_default=False),
]
Rules = Annotated[
    list[str] | None,
    typer.Option("--rule", help="Only this rule, like GP-SEC-001. May be repeated.", metavar="ID", show_default=False),
]
Skip = Annotated[
    list[str] | None,
    typer.Option("--skip", help="Not this rule. May be repeated.", metavar="ID", show_default=False),
]
NoCustom = Annotated[
    bool, typer.Option("--no-custom", help="Do not read the rules in checks/ beside the blueprint: it runs their code.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    format: ReportFormat = CheckFormat.TABLE,
    out: Out = None,
    since: Since = None,
    severity: Severity = None,
    rule: Rules = None,
    skip: Skip = None,
    no_custom: NoCustom = False,
) -> int:
    """What is wrong with the architecture, and which objectives it meets.

    Exit code 1 where an error is told that is not accepted; objectives that are not met make no error here: `groundplan
    objectives` ends with 1 for them.
    """
    from groundplan.api.files import read_source
    from groundplan.checks import Examination, Options
    from groundplan.design import design

    loaded = read_source(file).with_settings(settings or []).environment(environment)
    options = Options(
        rules=[written.upper() for written in rule or ()],
        skip=[written.upper() for written in skip or ()],
        severity=severity.value if severity else None,
        custom=not no_custom,
    )
    examination = Examination(loaded, options)
    architecture = design(loaded)
    report = examination.report(loaded, architecture)
    if since is not None:
        report = report.new_since(_report_at(since, file, loaded, settings, examination), since)
    answers = _answers(loaded, architecture)
    if out is None:
        _tell(report, answers, loaded, architecture, format)
    else:
        import io
        from contextlib import redirect_stdout

        with redirect_stdout(io.StringIO()) as told:
            _tell(report, answers, loaded, architecture, format)
        replace(out, told.getvalue())
    return int(report.exit_code)


def _report_at(
    revision: str, file: Path, loaded: LoadedEnvironment, settings: list[str] | None, examination: Examination
) -> Report:
    """What would have been found in a revision of the blueprint, by the rules of today."""
    from groundplan.api.files import read_revision
    from groundplan.checks import Report
    from groundplan.design import design

    source = read_revision(file, revision)
    if loaded.name not in source.environments:
        say(f"the revision {revision} has no environment {loaded.name}: everything in it is new")
        return Report(())
    earlier = _environment(source, loaded.name, settings)
    return examination.report(earlier, design(earlier))


def _environment(source: Source, name: str, settings: list[str] | None) -> LoadedEnvironment:
    return source.with_settings(settings or []).environment(name)


def _answers(loaded: LoadedEnvironment, architecture: Architecture) -> tuple[Answer, ...]:
    """Whether the environment holds to its objectives."""
    from groundplan.objectives.judge import judge

    def price() -> Estimate:
        from groundplan import cost

        return cost.estimate(architecture, loaded.blueprint.usage, loaded.blueprint.objectives.budget)

    return judge(loaded, architecture, price)


def _tell(
    report: Report,
    answers: tuple[Answer, ...],
    loaded: LoadedEnvironment,
    architecture: Architecture,
    format: CheckFormat,
) -> None:
    """Write the report to stdout; with the objectives where people read it, and in JSON."""
    if format is CheckFormat.JSON:
        from groundplan.checks.report import to_json
        from groundplan.objectives import to_data

        write_json({**to_json(report, loaded.name), "objectives": [to_data(answer) for answer in answers]})
        return
    if format is not CheckFormat.TABLE:
        from groundplan.checks.formats import FormatName, render

        write(render(cast("FormatName", format.value), report, loaded.name).removesuffix("\n"))
        if format is CheckFormat.MARKDOWN and answers:
            from groundplan.objectives.report import markdown

            write(markdown(answers).removesuffix("\n"))
        return
    if report.findings:
        rows = [
            (
                "accepted" if finding.accepted else finding.severity,
                finding.rule,
                f"{finding.resource}\n{finding.where or ''}",
                f"{finding.message}\n{finding.reason if finding.accepted else finding.fix}",
            )
            for finding in report.findings
        ]
        write_table(("severity", "rule", "resource, and where", "what, and what to do"), rows)
    if answers:
        from groundplan.cli.objectives import tell

        tell(answers)
    counts = ", ".join(f"{number} {word}" for word, number in asdict(report.summary).items())
    new = f"; {report.since.gone} gone since {report.since.revision}" if report.since else ""
    write(f"{loaded.name}: {counted(len(architecture), 'resource')} checked: {'new: ' if new else ''}{counts}{new}")
    if answers:
        held = sum(answer.met is True for answer in answers)
        write(f"{loaded.name}: {held} of {len(answers)} objectives met; groundplan objectives says how that was found")
