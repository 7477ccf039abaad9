"""``simulate availability``: how much of a year requests are answered, what takes them down, what a loss leaves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings, designed
from groundplan.cli.output import write, write_json, write_table
from groundplan.errors import ExitCode, InputError

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.resources.architecture import Architecture
    from groundplan.simulation.availability.study import Prediction, Study

Years = Annotated[int, typer.Option("--years", min=2, max=100_000, help="How many years to simulate.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Where chance begins: the same seed, the same figures.")]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        help="What works while this is away: zone-a, region, task, task-api, api (all its tasks), node, nat, main (a "
        "database: its primary and standby), primary-of-main, sessions, s3, … May be repeated.",
        metavar="THING",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", help="Draw the downtime by cause into this file, .svg or .png.", metavar="PICTURE",
        show_default=False,
    ),
]  # fmt: skip


def availability(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    years: Years = 10_000,
    seed: Seed = 1,
    without: Without = None,
    format: Format = OutputFormat.TABLE,
    out: Out = None,
) -> int:
    """How much of a year requests are answered: by AWS's agreements, by formula, and over simulated years of failures.

    Exit code 1 where objectives.availability does not hold for certain, or nothing is answered --without something.
    """
    if out is not None:
        from groundplan.simulation import pictures

        if without:
            raise InputError("--out draws the downtime of years, --without asks about a moment: leave one of them out")
        pictures.check(out)
    loaded, architecture = designed(file, environment, settings)
    if without:
        return _tell_losses(loaded, architecture, without, format)
    from groundplan.simulation.availability.study import holds, study

    required = _required(loaded)
    studies = study(_predict(loaded, architecture), years=years, seed=seed)
    if format is OutputFormat.JSON:
        from groundplan.simulation.availability.report import study_data

        write_json(study_data(loaded.name, required, studies))
    else:
        for item in studies:
            _tell(item, required)
        _tell_sources(studies)
    if out is not None:
        from groundplan.simulation.availability.picture import draw

        pictures.save(draw(loaded.name, studies, required), out)
    met = required is None or all(holds(required, item.prediction) for item in studies)
    return int(ExitCode.FINE if met else ExitCode.FINDINGS)


def _required(loaded: LoadedEnvironment) -> float | None:
    objective = loaded.blueprint.objectives.availability
    return float(objective.fraction) if objective is not None else None


def _predict(loaded: LoadedEnvironment, architecture: Architecture) -> tuple[Prediction, ...]:
    from groundplan.simulation.availability.study import predict

    found = predict(architecture, loaded.blueprint.reliability, loaded.blueprint.objectives.measured)
    if not found:
        raise InputError(
            f"{loaded.name} answers nobody: no service has public:, no bucket has cdn:, and availability is that of "
            "what the internet reaches"
        )
    return found


def _tell(item: Study, required: float | None) -> None:
    from groundplan.simulation.availability.model import YEAR
    from groundplan.simulation.availability.wording import percent, span

    found, simulated, path = item.prediction, item.simulated, item.path
    rows = [
        (cause.element, "yes" if cause.alone else "", span(cause.seconds), f"{cause.seconds / YEAR:.5%}")
        for cause in item.causes
    ]
    write_table(("what fails", "alone takes all down", "a year", "of it"), rows, right=("a year", "of it"))
    write(
        f"{path.name} ({path.address}): {percent(found.expected)} of the year, between {percent(found.low)} and "
        f"{percent(found.high)}; down {span((1 - found.expected) * YEAR)} a year"
    )
    low, high = simulated.interval
    write(
        f"  {simulated.years:,} simulated years (seed {simulated.seed}): {percent(simulated.availability)}, by chance "
        f"{percent(low)} to {percent(high)}; nothing answered {simulated.outages:.1f} times a year, at the longest "
        f"for {span(simulated.longest)}"
    )
    floor = item.floor
    both = f"; with the standby in parallel {percent(float(floor.with_standby))}" if floor.with_standby else ""
    none = f"; without an agreement: {', '.join(floor.without_sla)}" if floor.without_sla else ""
    write(f"  AWS's agreements commit to {percent(float(floor.availability))}{both}{none}")
    if required is not None:
        from groundplan.simulation.availability.study import holds

        verdict = {True: "held", False: "not held", None: "not certain: the interval lies on both sides"}
        write(
            f"  Objective {percent(required)}: {verdict[holds(required, found)]}; it holds in "
            f"{simulated.years_within(required):.1%} of the simulated years"
        )
    if path.soft:
        write(f"  Not needed for an answer: {'; '.join(f'{soft.name} ({soft.why})' for soft in path.soft)}")
    write()


def _tell_sources(studies: Sequence[Study]) -> None:
    from groundplan.simulation.availability.floor import pages

    write("Assumed, until a measurement replaces it:")
    for text in dict.fromkeys(text for item in studies for text in item.path.assumptions):
        write(f"  {text}")
    write("AWS's agreements:")
    for text in dict.fromkeys(text for item in studies for text in pages((*item.path.terms, *item.path.standby_terms))):
        write(f"  {text}")


def _tell_losses(loaded: LoadedEnvironment, architecture: Architecture, asked: list[str], format: OutputFormat) -> int:
    """What is left without something, and how available it is as long as that lasts."""
    from groundplan.simulation.availability.loss import losses
    from groundplan.simulation.availability.study import holds, predict
    from groundplan.simulation.availability.wording import percent, tasks, verdict

    found = losses([item.path for item in _predict(loaded, architecture)], asked)
    blueprint, required = loaded.blueprint, _required(loaded)
    away = {loss.path.name: loss.lasting for loss in found}
    meanwhile = predict(architecture, blueprint.reliability, blueprint.objectives.measured, away)
    together = list(zip(found, meanwhile, strict=True))
    if format is OutputFormat.JSON:
        from groundplan.simulation.availability.report import loss_data

        write_json(loss_data(loaded.name, required, together, asked))
    else:
        words = {True: "held", False: "not held", None: "not certain"}
        rows = [
            (
                loss.path.name,
                verdict(loss),
                "\n".join(tasks(left) for left in loss.left),
                f"{percent(prediction.expected)}\n{percent(prediction.low)} to {percent(prediction.high)}",
                words[holds(required, prediction)] if required is not None else "",
            )
            for loss, prediction in together
        ]
        objective = f"objective {percent(required)}" if required is not None else "objective"
        write_table(("", "requests", "tasks left", "available as long as it lasts", objective), rows)
        write(f"{loaded.name} without {', '.join(asked)}: {_summary([loss.works for loss in found])}")
    works = all(loss.works for loss in found)
    met = required is None or all(holds(required, prediction) for prediction in meanwhile)
    return int(ExitCode.FINE if works and met else ExitCode.FINDINGS)


def _summary(works: list[bool]) -> str:
    if all(works):
        return "all that is public is answered"
    return f"{sum(works)} of {len(works)} that are public are answered"
