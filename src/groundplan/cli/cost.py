"""``cost``: what will it cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import (
    DEFAULT_FILE,
    File,
    Format,
    OutputFormat,
    Settings,
    Target,
    TargetOption,
)
from groundplan.cli.output import say, write, write_json, write_table
from groundplan.errors import ExitCode, InputError

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.cost import Estimate


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(cost)


def cost(
    file: File = DEFAULT_FILE,
    environments: Annotated[
        list[str] | None,
        typer.Option(
            "--environment",
            "-e",
            help="The environment; several side by side. Default: the only one.",
            metavar="NAME",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every environment, side by side.")] = False,
    settings: Settings = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            help="What has changed on the bill since this git revision of the blueprint, like main or HEAD~3.",
            metavar="REVISION",
            show_default=False,
        ),
    ] = None,
    within_budget: Annotated[
        bool, typer.Option("--within-budget", help="Exits with 1 where an environment costs more than its budget.")
    ] = False,
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
) -> int:
    """What an environment costs per month: each line with its formula and source. Several: concern by concern."""
    from groundplan import cost as costs
    from groundplan.design import design

    chosen = _chosen(file, environments or [], settings, every=every)
    if actual and (since is not None or within_budget or every or len(chosen) > 1):
        raise InputError("--actual compares one environment with its bill, by itself and by no other option")
    if within_budget and not any(loaded.blueprint.objectives.budget for loaded in chosen):
        names = ", ".join(loaded.name for loaded in chosen)
        raise InputError(f"--within-budget: {names} has no budget; set objectives.budget, like 500 USD/month")
    architectures = [design(loaded) for loaded in chosen]
    estimates = costs.estimate_together(zip(chosen, architectures, strict=True))
    _tell_missing_prices()
    if actual:
        from groundplan.cli.actual import compare_with_actual

        compare_with_actual(chosen[0], architectures[0], estimates[0], target, format)
        return ExitCode.FINE
    several = every or len(chosen) > 1
    if since is not None:
        from groundplan.cli.cost_since import write_difference

        write_difference(file, since, chosen, estimates, settings, format, several=several)
    elif several:
        from groundplan.cli.cost_together import write_together

        write_together(chosen, architectures, estimates, format)
    elif format is OutputFormat.JSON:
        write_json(costs.to_json(estimates[0], chosen[0].name))
    else:
        _write(chosen[0], estimates[0])
    over = any(estimate.margin is not None and estimate.margin < 0 for estimate in estimates)
    return ExitCode.FINDINGS if within_budget and over else ExitCode.FINE


def _chosen(file: Path, names: Sequence[str], settings: list[str] | None, *, every: bool) -> list[LoadedEnvironment]:
    """The environments that are meant, in the order of the file."""
    from groundplan.api.files import read_source

    source = read_source(file).with_settings(settings or [])
    if every:
        if names:
            raise InputError("--all is every environment: leave -e out")
        return source.all()
    if not names:
        return [source.environment()]
    loaded = [source.environment(name) for name in dict.fromkeys(names)]
    return sorted(loaded, key=lambda one: source.environments.index(one.name))


def _write(loaded: LoadedEnvironment, estimate: Estimate) -> None:
    """One environment, line by line."""
    from groundplan.cost.report import cents

    _write_lines(estimate)
    if estimate.unpriced:
        write("Not in the sum:")
        write_table(("resource", "why"), [(item.resource, item.why) for item in estimate.unpriced])
    write(
        f"{loaded.name}: {cents(estimate.monthly)} USD/month "
        f"({cents(estimate.fixed)} fixed, {cents(estimate.usage)} by the stated usage; 730 hours)"
    )
    write_price_file()
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
    _write_budget(loaded, estimate)


def _tell_missing_prices() -> None:
    """A slip in the name of the price file would change the bill silently."""
    from groundplan.catalog import price_file

    if (path := price_file.missing()) is not None:
        say(f"{price_file.VARIABLE} names {path}, which is not there: the packaged prices hold")


def write_price_file() -> None:
    """Where refreshed prices hold: which, and of what day."""
    from groundplan.catalog import price_file

    refreshed = price_file.refreshed()
    if refreshed:
        write(f"with the prices of {refreshed.path}, refreshed {refreshed.at:%Y-%m-%d}")


def _write_budget(loaded: LoadedEnvironment, estimate: Estimate) -> None:
    """Whether the budget holds."""
    from groundplan.cost.report import cents

    if estimate.budget is None:
        return
    difference = estimate.monthly - estimate.budget.usd
    verdict = f"{cents(difference)} USD over" if difference > 0 else f"{cents(-difference)} USD within"
    write(f"Budget {estimate.budget}: {verdict}{', as far as prices are known' * bool(estimate.without_price)}")
    write_floor(loaded, estimate)


def write_floor(loaded: LoadedEnvironment, estimate: Estimate) -> None:
    """Where the budget is below the fixed floor: its place, and the lines that alone are more than it."""
    from groundplan.cost.report import cents

    if not estimate.above_budget:
        return
    place = loaded.position("objectives.budget")
    write(
        f"{f'{place}: ' if place else ''}objectives.budget: {estimate.budget} is below the fixed floor of "
        f"{loaded.name}, {cents(estimate.fixed)} USD, which is due whether or not anybody comes. More than the budget "
        "are already:"
    )
    together, rows = Decimal(0), []
    for line in estimate.above_budget:
        together += line.monthly
        rows.append((line.resource, line.sku, cents(line.monthly), cents(together)))
    columns = ("resource", "charge", "USD/month", "together")
    write_table(columns, rows, right=columns[2:])


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
