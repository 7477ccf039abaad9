"""What an example's README tells of its availability, against the command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.acceptance.documents import table
from tests.acceptance.system import System

from groundplan.simulation.availability.loss import losses as loss_of
from groundplan.simulation.availability.model import YEAR
from groundplan.simulation.availability.study import predict
from groundplan.simulation.availability.wording import percent, span, verdict

YEARS = "2000"


def simulated(system: System, *, expect: int = 0) -> list[dict[str, Any]]:
    """Every path of requests, by the command."""
    found: list[dict[str, Any]] = system.command_line.json(
        "simulate", "availability", *system.chosen, "--years", YEARS, expect=expect
    )["paths"]
    return found


def without(system: System, thing: str, *, expect: int = 0, settings: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Every path of requests while something is away, by the command."""
    asked = ["--without", thing, *(word for setting in settings for word in ("--set", setting))]
    found: list[dict[str, Any]] = system.command_line.json(
        "simulate", "availability", *system.chosen, *asked, expect=expect
    )["paths"]
    return found


def is_told(readme: str, paths: list[dict[str, Any]]) -> bool:
    """Whether the README's table has these figures and no others."""
    return table(readme, "Availability") == [row(path) for path in paths]


def row(path: dict[str, Any]) -> dict[str, str]:
    """A path as a row of the README's table."""
    low, high = (percent(bound / 100) for bound in path["interval"])
    return {
        "requests to": f"`{path['name']}`",
        "answered": percent(path["availability"] / 100),
        "between": f"{low} and {high}",
        "down in a year": span((1 - path["availability"] / 100) * YEAR),
        "AWS's agreements": percent(path["floor"]["availability"] / 100),
    }


def losses(readme: str) -> dict[str, str]:
    """What the README says of requests to the service without something."""
    return {row["without"].strip("`"): row["requests"] for row in table(readme, "Without")}


def verdicts(system: System, readme: str) -> bool:
    """Whether the README's table of losses is what becomes of requests to the service."""
    blueprint = system.loaded.blueprint
    service = predict(system.architecture, blueprint.reliability, blueprint.objectives.measured)[0].path
    return all(verdict(loss_of([service], [thing])[0]) == said for thing, said in losses(readme).items())
