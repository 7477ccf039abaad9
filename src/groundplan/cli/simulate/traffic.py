"""``simulate traffic``: a day of requests, how they are answered, and how the tasks move."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings, designed
from groundplan.cli.output import write, write_json, write_table
from groundplan.errors import ExitCode, InputError

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.resources import Architecture
    from groundplan.simulation.traffic import Demand, Result, Subject


class ShapeOption(StrEnum):
    """How the load runs."""

    DAY = "day"
    SPIKE = "spike"
    RAMP = "ramp"
    CONSTANT = "constant"


ServiceOption = Annotated[
    str | None,
    typer.Option("--service", help="The service. Default: the first that requests reach.", show_default=False),
]
Users = Annotated[
    int | None,
    typer.Option(
        "--users", min=1, help="Users at the busiest moment, who wait for answers and think.", show_default=False
    ),
]
Requests = Annotated[
    str | None,
    typer.Option("--requests", help="Requests at the busiest moment, like 200/s.", metavar="RATE", show_default=False),
]
ShapeName = Annotated[
    ShapeOption | None, typer.Option("--shape", help="How the load runs. Default: traffic.shape.", show_default=False)
]
Replay = Annotated[
    Path | None,
    typer.Option("--replay", help="Replay requests from a CSV: time,requests.", metavar="CSV", show_default=False),
]
Hours = Annotated[float | None, typer.Option("--hours", help="How long. Default: 24.", show_default=False)]
Seed = Annotated[int, typer.Option("--seed", min=0, help="What the requests of the busiest minute are drawn with.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Draw it into this file, .svg or .png.", metavar="PICTURE", show_default=False),
]
CHANGES, WITHHELD = 16, 8
"""Decisions that the table shows, the first changes and what was withheld longest; JSON has all of them."""


def traffic(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    service: ServiceOption = None,
    users: Users = None,
    requests: Requests = None,
    shape: ShapeName = None,
    replay: Replay = None,
    hours: Hours = None,
    seed: Seed = 0,
    format: Format = OutputFormat.TABLE,
    out: Out = None,
) -> int:
    """How long answers take, how many fail, how many tasks run over a day, what they cost, and why scaling acted.

    Exit code 1 where requests fail, or objectives.latency of the day does not hold.
    """
    from groundplan.simulation.traffic import run

    if out is not None:
        from groundplan.simulation import pictures

        pictures.check(out)
    loaded, architecture = designed(file, environment, settings)
    chosen = _chosen(loaded, architecture, service)
    result = run(chosen, _demand(loaded, users, requests, shape, replay, hours), seed)
    limits = {float(name[1:]): limit.milliseconds for name, limit in loaded.blueprint.objectives.latency.items()}
    late = {name: limit for name, limit in limits.items() if not result.latency.percentile(name) * 1000 <= limit}
    if format is OutputFormat.JSON:
        from groundplan.simulation.traffic import to_data
        from groundplan.simulation.traffic.nodes import node_use
        from groundplan.simulation.traffic.nodes import to_data as nodes_data

        use = node_use(architecture, result)
        write_json({**to_data(result), "seed": seed, "nodes": nodes_data(use) if use else None})
    else:
        _tell(loaded, architecture, result, limits)
    if out is not None:
        from groundplan.simulation.traffic.picture import draw

        draw(result, out, objective_ms=min(limits.values(), default=None))
    return int(ExitCode.FINDINGS if late or result.error_percent > 0 else ExitCode.FINE)


def _chosen(loaded: LoadedEnvironment, architecture: Architecture, service: str | None) -> Subject:
    from groundplan.simulation.traffic import subject, subjects

    if service is not None:
        if loaded.blueprint.services.get(service) and loaded.blueprint.services[service].port is None:
            raise InputError(f"{service} has no port: no request reaches it")
        chosen = subject(loaded, architecture, service)
        if not chosen.visits:
            raise InputError(f"nobody visits {service}; write services.{service}.load.visits, or make it public")
        return chosen
    found = subjects(loaded, architecture)
    if not found:
        raise InputError(f"{loaded.name} has no service that requests reach; write services.<name>.public")
    return found[0]


def _demand(
    loaded: LoadedEnvironment,
    users: int | None,
    requests: str | None,
    shape: ShapeOption | None,
    replay: Path | None,
    hours: float | None,
) -> Demand:
    from groundplan.simulation.traffic import demand
    from groundplan.units import RequestRate

    rate = None
    if requests is not None:
        try:
            rate = float(RequestRate.parse(requests).per_second)
        except ValueError as error:
            raise InputError(f"--requests: {error}") from error
    found = demand(loaded, users=users, requests=rate, shape=shape.value if shape else None, replay=replay)
    if found is None:
        raise InputError(
            "nobody says how much is asked; write traffic: {users: ...} or {requests: ...}, or give --users, "
            "--requests or --replay"
        )
    if hours is not None:
        if replay is not None:
            raise InputError("a replayed file lasts as long as it lasts; leave --hours out")
        if not 1 / 60 <= hours <= 31 * 24:
            raise InputError(f"--hours has to be a minute to 31 days (0.02 to 744), and is {hours:g}")
        found = found.lasting(hours)
    return found


def _tell(loaded: LoadedEnvironment, architecture: Architecture, result: Result, limits: dict[float, int]) -> None:
    from groundplan.simulation.traffic.nodes import node_use

    day, drawn = result.day, result.drawn
    rows = [
        ("asked", f"{day.demand.written} ({day.demand.source}), {len(day.arrivals) / 3600:g} hours"),
        ("requests", f"{result.requests:,.0f}, of which {result.errors:,.0f} failed ({result.error_percent:.2f} %)"),
        ("latency", "  ".join(_percentile(result, percent, limits) for percent in sorted({50, 95, 99, *limits}))),
        ("tasks", f"{day.running.min()} to {day.running.max()}, {day.running.mean():.1f} on average"),
        ("CPU", f"{result.cpu_mean:.0f} % on average, {result.cpu_busiest:.0f} % in the busiest minute"),
        ("tasks cost", f"{result.cost} USD" if result.cost is not None else "not priced by task"),
    ]
    if drawn:
        figures = "  ".join(f"{name} {value * 1000:,.0f} ms" for name, value in _drawn(result))
        rows.append(("busiest minute", f"{figures} ({drawn.requests:,} requests one by one, seed {day.seed})"))
    use = node_use(architecture, result)
    if use:
        rows += use.lines()
    write_table(("", f"{loaded.name}: {day.subject.name}"), rows)
    if day.decisions:
        shown = _told(result)
        columns = ("from", "until", "tasks", "what", "why")
        write_table(columns, shown)
        if len(day.decisions) > len(shown):
            write(f"{len(day.decisions) - len(shown)} further decisions: --format json")
    elif not day.subject.targets:
        write(f"{day.subject.name} does not scale: services.{day.subject.name}.scaling is not set")
    write("What this rests on:")
    for assumption in result.assumptions:
        write(f"  {assumption}")


def _told(result: Result) -> list[tuple[str, ...]]:
    """The first changes, and what was withheld longest."""
    every = result.day.decisions
    held = sorted((each for each in every if each.kind == "held"), key=lambda each: each.at - each.until)
    decisions = [each for each in every if each.kind != "held"][:CHANGES] + held[:WITHHELD]
    return [
        (
            _clock(each.at),
            _clock(each.until),
            str(each.before) if each.before == each.after else f"{each.before} → {each.after}",
            each.kind,
            each.reason,
        )
        for each in sorted(decisions, key=lambda each: each.at)
    ]


def _drawn(result: Result) -> tuple[tuple[str, float], ...]:
    assert result.drawn is not None
    return ("p50", result.drawn.p50), ("p95", result.drawn.p95), ("p99", result.drawn.p99)


def _percentile(result: Result, percent: float, limits: dict[float, int]) -> str:
    took = result.latency.percentile(percent) * 1000
    if percent not in limits:
        return f"p{percent:g} {took:,.0f} ms"
    verdict = "held" if took <= limits[percent] else "not held"
    return f"p{percent:g} {took:,.0f} ms (objective {limits[percent]:,} ms: {verdict})"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
