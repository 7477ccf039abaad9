"""``savings``: what could cost less, tried by redesign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings
from groundplan.cli.output import write, write_json, write_table

if TYPE_CHECKING:
    from groundplan.savings import Saving, Savings
    from groundplan.units import Percentage

Used = Annotated[
    list[str] | None,
    typer.Option(
        "--used",
        help="NAME=PERCENT of its CPU or memory, whichever is more, that a service, database, cache, node group or EC2 "
        "capacity uses at its busiest. May be repeated.",
        metavar="NAME=PERCENT",
        show_default=False,
    ),
]
Refused = Annotated[bool, typer.Option("--refused", help="Show also what was tried and is none to make, and why.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(savings)


def savings(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    used: Used = None,
    refused: Refused = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """What could cost less: each change is designed, checked and priced, with what it costs beside money."""
    from groundplan import savings as found_by
    from groundplan.api.files import read_source

    source = read_source(file).with_settings(settings or [])
    found = found_by.find(source, environment, used=_read_used(used or []))
    if format is OutputFormat.JSON:
        write_json(found_by.to_json(found))
        return
    _tell(found, refused=refused)


def _read_used(written: list[str]) -> dict[str, Percentage]:
    from groundplan.errors import InputError, Problem
    from groundplan.units import Percentage

    used: dict[str, Percentage] = {}
    problems = []
    for text in written:
        name, equals, share = text.partition("=")
        try:
            if not equals or not name:
                raise ValueError(f'"{text}" says no use; write NAME=PERCENT, like main=30%')
            used[name] = Percentage.parse(share)
        except ValueError as error:
            problems.append(Problem(f"--used: {error}"))
    if problems:
        raise InputError(problems)
    return used


def _tell(found: Savings, *, refused: bool) -> None:
    from groundplan.cost.report import cents

    if found.savings:
        write("Each by itself:")
        rows = [(saving.change.title, cents(saving.monthly), _price(saving), _how(saving)) for saving in found.savings]
        write_table(("what", "USD/month", "what it costs", "what to write"), rows, right=("USD/month",))
    best = found.combination
    if best.steps:
        write("Together, of those that cost no objective and no new warning (each adds to those before it):")
        write_table(
            ("what", "adds USD/month", "what to write"),
            [(step.change.title, cents(step.monthly), "\n".join(step.change.written)) for step in best.steps],
            right=("adds USD/month",),
        )
    if found.terms:
        write("Besides, by committing to what always runs (no change of the blueprint; one of the terms for each):")
        write_table(
            ("resource", "what", "years", "USD/month", "formula", "price of"),
            [
                (term.resource, term.what, term.years, cents(term.monthly), term.formula, term.source_date)
                for term in found.terms
            ],
            right=("years", "USD/month"),
        )
    if refused:
        write("Tried, and none to make:")
        write_table(("what", "why"), [(refusal.change.title, refusal.why) for refusal in found.refused])
        if found.without_term:
            write("No term:")
            write_table(("resource", "why"), [(item.resource, item.why) for item in found.without_term])
    elif found.refused:
        write(f"{len(found.refused)} more were tried and are none to make: --refused says why")
    write(
        f"{found.environment}: {cents(found.before)} USD/month now, {cents(best.after)} with the best set: "
        f"{cents(best.monthly)} less ({best.share:.1%})"
    )


def _price(saving: Saving) -> str:
    """What it costs beside money, or nothing."""
    costs = [f"{finding.severity} {finding.rule} {finding.resource}" for finding in saving.findings]
    costs += [f"objective {name}" for name in saving.objectives]
    costs += [f"not counted: {item.resource}: {item.why}" for item in saving.uncounted]
    if saving.change.note:
        costs.append(saving.change.note)
    return "\n".join(costs)


def _how(saving: Saving) -> str:
    return "\n".join(saving.change.written)
