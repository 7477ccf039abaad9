"""``cost``: what will it cost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

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
    from groundplan.cost import Estimate


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(cost)


def cost(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    actual: Annotated[
        bool,
        typer.Option(
            "--actual",
            help="What AWS has charged this month beside the estimate (Cost Explorer: 0.01 USD a request). Exits with "
            "1 where something drifts.",
        ),
    ] = False,
    target: Target = TargetOption.AWS,
    format: Format = OutputFormat.TABLE,
) -> None:
    """What the environment costs per month: each line with its formula and source."""
    from groundplan import cost as costs
    from groundplan.catalog import price_file
    from groundplan.cost.report import cents

    loaded, architecture = designed(file, environment, settings)
    estimate = costs.estimate(architecture, loaded.blueprint.usage, loaded.blueprint.objectives.budget)
    if actual:
        from groundplan.cli.actual import compare_with_actual

        compare_with_actual(loaded, architecture, estimate, target, format)
        return
    if format is OutputFormat.JSON:
        write_json(costs.to_json(estimate, loaded.name))
        return
    _write_lines(estimate)
    if estimate.unpriced:
        write("Not in the sum:")
        write_table(("resource", "why"), [(item.resource, item.why) for item in estimate.unpriced])
    write(
        f"{loaded.name}: {cents(estimate.monthly)} USD/month "
        f"({cents(estimate.fixed)} fixed, {cents(estimate.usage)} by the stated usage; 730 hours)"
    )
    refreshed = price_file.refreshed()
    if refreshed:
        write(f"with the prices of {refreshed.path}, refreshed {refreshed.at:%Y-%m-%d}")
    if estimate.forecast:
        low, high = estimate.forecast.low, estimate.forecast.high
        write(
            f"in a quiet month {cents(low.monthly)} USD ({cents(low.usage)} by usage), "
            f"in a busy one {cents(high.monthly)} USD ({cents(high.usage)} by usage)"
        )
    if estimate.standby:
        write(
            f"of which standby region {estimate.standby.region}: {cents(estimate.standby.monthly)} USD/month; "
            f"without it {cents(estimate.monthly - estimate.standby.monthly)} USD/month"
        )
    if estimate.off_hours:
        hours = estimate.off_hours
        write(f"off-hours save {cents(hours.saved)} USD/month: it runs {hours.hours_per_week:g} of 168 hours a week")
        if hours.always_on:
            write(f"charged by the hour and cannot be stopped: {', '.join(hours.always_on)}")
    if estimate.without_price:
        write(
            f"The bill is higher: {estimate.without_price} of the charges above have no price that may be quoted in "
            f"{estimate.region}"
        )
    if estimate.doubtful:
        write(f"By the prices of low confidence named above it would be {cents(estimate.doubtful)} USD/month more.")
    if estimate.budget:
        difference = estimate.monthly - estimate.budget.usd
        verdict = f"{cents(difference)} USD over" if difference > 0 else f"{cents(-difference)} USD within"
        write(f"Budget {estimate.budget}: {verdict}{', as far as prices are known' * bool(estimate.without_price)}")


def _write_lines(estimate: Estimate) -> None:
    """The lines of the bill; with a quiet and a busy month where usage states a range."""
    from groundplan.cost.report import cents

    columns = ("low", "USD/month", "high") if estimate.forecast else ("USD/month",)
    rows = []
    for line in estimate.lines:
        amounts = (line.low, line.monthly, line.high) if estimate.forecast else (line.monthly,)
        money = (str(cents(amount or Decimal(0))) for amount in amounts)
        rows.append((line.resource, line.formula, *money, f"{line.source_date}, {line.confidence}"))
    write_table(("resource", "formula", *columns, "price of"), rows, right=columns)
