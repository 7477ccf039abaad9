"""``objectives``: whether the environment holds to what it has to hold to, and what would meet it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings
from groundplan.cli.output import write, write_json, write_table
from groundplan.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groundplan.objectives import Answer
    from groundplan.remedies import Remedy, Search

Meet = Annotated[
    bool,
    typer.Option("--meet", help="Search for the smallest change that meets each objective that does not hold."),
]
Explain = Annotated[
    bool, typer.Option("--explain", help="Say how each was found, and every assumption it rests on, with its source.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(objectives)


def objectives(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    meet: Meet = False,
    explain: Explain = False,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Whether each objective holds, how that was found, and what would meet it.

    Exit code 1: one is known not to hold.
    """
    from groundplan.api.files import read_source
    from groundplan.redesign import Bench

    source = read_source(file).with_settings(settings or [])
    bench = Bench(source, environment)
    now = bench.now
    searches: tuple[Search, ...] = ()
    if meet:
        from groundplan import remedies

        searches = remedies.searches(bench)
    code = ExitCode.FINDINGS if now.lost else ExitCode.FINE
    if format is OutputFormat.JSON:
        from groundplan.objectives import to_data

        data: dict[str, object] = {
            "environment": now.loaded.name,
            "objectives": [to_data(answer) for answer in now.answers],
        }
        if meet:
            from groundplan.remedies import to_data as remedies_to_data

            data["remedies"] = [remedies_to_data(search) for search in searches]
        write_json(data)
        return code
    if not now.answers:
        write(f"{now.loaded.name} has no objectives; write objectives: {{availability: 99.9%, budget: 500 USD/month}}")
        return code
    tell(now.answers)
    if explain:
        _tell_methods(now.answers)
    else:
        assumed = {text for answer in now.answers for text in answer.assumptions}
        write(
            f"They rest on {len(assumed)} assumptions that nobody measured; --explain says which, and how it was found"
        )
    for search in searches:
        _tell_search(search)
    return code


def tell(answers: Iterable[Answer]) -> None:
    """The answers as a table."""
    from groundplan.objectives.report import between, predicted, verdict

    rows = [
        (verdict(answer), answer.name, answer.required.text, predicted(answer), between(answer)) for answer in answers
    ]
    write_table(("", "objective", "required", "predicted", "between"), rows)


def _tell_methods(answers: Iterable[Answer]) -> None:
    """How each was found, and on what it rests."""
    by_method: dict[str, list[str]] = {}
    assumed: dict[str, None] = {}
    for answer in answers:
        by_method.setdefault(answer.method, []).append(answer.name)
        assumed |= dict.fromkeys(answer.assumptions)
    write("How it was found:")
    for method, names in by_method.items():
        write(f"  {', '.join(names)}: {method}")
    if assumed:
        write("What it rests on, and nobody measured:")
        for text in assumed:
            write(f"  {text}")


def _tell_search(search: Search) -> None:
    write()
    if search.remedy is not None:
        how = " as expected, not at the worst that is assumed: measure, and say so" if search.remedy.as_expected else ""
        write(f"{search.answer.name}: {_written(search.remedy)} meets it{how}")
        _tell_change(search.remedy)
    elif search.nearest is not None:
        write(
            f"{search.answer.name}: nothing of what the search knows meets it. Nearest comes {_written(search.nearest)}"
        )
        _tell_change(search.nearest)
    else:
        write(f"{search.answer.name}: nothing of what the search knows brings it nearer")
    write(f"  {search.tried} designs were tried{'' if search.exhausted else '; the search ends there'}")


def _written(remedy: Remedy) -> str:
    predicted = remedy.answer.predicted
    return f"{' and '.join(remedy.what)} ({predicted.text if predicted else 'not known'})"


def _tell_change(remedy: Remedy) -> None:
    from groundplan.cost.report import cents
    from groundplan.redesign.settings import written

    for line in written(remedy.settings):
        write(f"    {line}")
    at_most = f"{cents(remedy.at_most)} with all services at their most tasks"
    write(f"  costs {cents(remedy.monthly)} USD a month more, {at_most}")
    for finding in remedy.findings:
        write(f"  {finding.severity} {finding.rule} {finding.resource}: {finding.message}")
    for name in remedy.lost:
        write(f"  {name} does not hold any more")
