"""``cost`` of several environments, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from groundplan.cli.options import OutputFormat
from groundplan.cli.output import write, write_json, write_table

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.cost import Estimate
    from groundplan.resources import Architecture, Concern


def write_together(
    chosen: Sequence[LoadedEnvironment],
    architectures: Sequence[Architecture],
    estimates: Sequence[Estimate],
    format: OutputFormat,
) -> None:
    """Each concern of each environment, and their sums. As JSON: a list of what one environment has, with concerns."""
    from groundplan.cost import by_concern, to_json
    from groundplan.cost.report import cents

    concerns = [by_concern(*pair) for pair in zip(architectures, estimates, strict=True)]
    if format is OutputFormat.JSON:
        write_json(
            [
                {**to_json(estimate, loaded.name), "concerns": {name: cents(usd) for name, usd in parts.items()}}
                for loaded, estimate, parts in zip(chosen, estimates, concerns, strict=True)
            ]
        )
        return
    _write_table(chosen, estimates, concerns)
    _write_notes(chosen, estimates)


def _write_table(
    chosen: Sequence[LoadedEnvironment], estimates: Sequence[Estimate], concerns: Sequence[Mapping[Concern, Decimal]]
) -> None:
    from groundplan.cost.report import cents
    from groundplan.resources import CONCERNS

    def row(name: str, amounts: Sequence[Decimal]) -> tuple[object, ...]:
        return name, *(cents(usd) for usd in amounts), cents(sum(amounts, Decimal(0)))

    rows = [
        row(concern, [parts.get(concern, Decimal(0)) for parts in concerns])
        for concern in CONCERNS
        if any(concern in parts for parts in concerns)
    ]
    rows.append(row("sum", [estimate.monthly for estimate in estimates]))
    rows.append(row("  fixed", [estimate.fixed for estimate in estimates]))
    rows.append(row("  by usage", [estimate.usage for estimate in estimates]))
    if any(estimate.forecast for estimate in estimates):
        for case, name in (("low", "in a quiet month"), ("high", "in a busy month")):
            cases = [getattr(one.forecast, case).monthly if one.forecast else one.monthly for one in estimates]
            rows.append(row(name, cases))
    if any(estimate.budget for estimate in estimates):
        budgets = [estimate.budget.usd if estimate.budget else None for estimate in estimates]
        rows.append(("budget", *map(_or_dash, budgets), ""))
        rows.append(("left of it", *(_or_dash(estimate.margin) for estimate in estimates), ""))
    columns = ("USD/month", *(loaded.name for loaded in chosen), "together")
    write_table(columns, rows, right=columns[1:])


def _or_dash(amount: Decimal | None) -> object:
    from groundplan.cost.report import cents

    return "–" if amount is None else cents(amount)


def _write_notes(chosen: Sequence[LoadedEnvironment], estimates: Sequence[Estimate]) -> None:
    from groundplan.cli.cost import write_floor, write_price_file

    write_price_file()
    if len(chosen) > 1:
        write("What AWS gives each account free counts once, for the first environment of the account that uses it.")
    for loaded, estimate in zip(chosen, estimates, strict=True):
        if estimate.unpriced:
            lacking = f", {estimate.without_price} for want of a price" if estimate.without_price else ""
            write(
                f"{loaded.name}: {len(estimate.unpriced)} charges are not in the sum{lacking}; "
                f"groundplan cost -e {loaded.name} names them"
            )
        write_floor(loaded, estimate)
