"""``cost --actual``: what AWS has charged this month beside the estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from groundplan.cli.engine import connected
from groundplan.cli.options import OutputFormat, TargetOption
from groundplan.cli.output import write, write_json, write_table
from groundplan.errors import ExitCode

if TYPE_CHECKING:
    from decimal import Decimal

    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.cost import Estimate
    from groundplan.cost.actual import Comparison
    from groundplan.resources import Architecture


def compare_with_actual(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    estimate: Estimate,
    target: TargetOption,
    format: OutputFormat,
) -> None:
    """Print the comparison. Exits with 1 where something drifts."""
    from datetime import UTC, datetime

    from groundplan.cost.actual import compare
    from groundplan.operations.spending import month_to_date

    keys = ("Project", "Environment", *(("Owner",) if loaded.blueprint.owner_id else ()))
    marks = {key: architecture.tags[key] for key in keys}
    spending = month_to_date(connected(loaded, target), marks, datetime.now(UTC).date())
    found = compare(architecture, estimate, spending)
    if format is OutputFormat.JSON:
        write_json(_data(found, estimate, loaded.name))
    else:
        _write(found, estimate, loaded.name)
    if found.drifts:
        raise typer.Exit(ExitCode.FINDINGS)


def _write(found: Comparison, estimate: Estimate, environment: str) -> None:
    from groundplan.cost.report import cents

    rows = [
        (
            each.concern or "not in the estimate",
            cents(each.estimated),
            cents(each.actual),
            _signed(each.actual - each.estimated),
        )
        for each in found.concerns
    ]
    columns = ("concern", "estimated USD", "actual USD", "difference")
    write_table(columns, rows, right=columns[1:])
    if found.drifts:
        write("What drifts:")
        write_table(
            ("charge", "for", *columns[1:]),
            [
                (
                    each.name,
                    ", ".join(each.concerns) or "not in the estimate",
                    cents(each.estimated),
                    cents(each.actual),
                    _signed(each.difference),
                )
                for each in found.drifts
            ],
            right=columns[1:],
        )
    spending = found.spending
    days = (spending.end - spending.start).days
    write(
        f"{environment}: {cents(spending.usd)} USD in {days} days from {spending.start} on, estimated "
        f"{cents(found.estimated)} ({_signed(spending.usd - found.estimated)})"
    )
    if found.month is None:
        write("No forecast: AWS has too little to go by")
    else:
        write(f"The month: {cents(found.month)} USD by AWS's forecast, estimated {cents(estimate.monthly)}")
    if estimate.budget and found.month is not None:
        over = found.month - estimate.budget.usd
        write(f"Budget {estimate.budget}: {f'{cents(over)} USD over' if over > 0 else f'{cents(-over)} USD within'}")


def _signed(value: Decimal) -> str:
    from groundplan.cost.report import cents

    return f"{cents(value):+}"


def _data(found: Comparison, estimate: Estimate, environment: str) -> dict[str, object]:
    from groundplan.cost.report import cents

    return {
        "environment": environment,
        "start": found.spending.start,
        "end": found.spending.end,
        "actual": cents(found.spending.usd),
        "estimated": cents(found.estimated),
        "month": {
            "forecast": None if found.month is None else cents(found.month),
            "estimated": cents(estimate.monthly),
        },
        "concerns": [
            {"concern": each.concern, "estimated": cents(each.estimated), "actual": cents(each.actual)}
            for each in found.concerns
        ],
        "drifts": [
            {
                "charge": each.name,
                "concerns": list(each.concerns),
                "estimated": cents(each.estimated),
                "actual": cents(each.actual),
            }
            for each in found.drifts
        ],
    }
