"""The environments of the five systems, each loaded, designed and drawn once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from groundplan.api.files import read_source
from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design import design
from groundplan.documents.diagram import Scene, View, draw
from groundplan.resources.architecture import Architecture

EXAMPLES = Path(__file__).parents[3] / "examples"
ENVIRONMENTS = (
    ("duskspendr", "production"),
    ("personal-timeline", "development"),
    ("personal-timeline", "staging"),
    ("personal-timeline", "production"),
    ("personal-timeline", "shared"),
    ("solemate", "staging"),
    ("solemate", "production"),
    ("spendsense", "dev"),
    ("spendsense", "staging"),
    ("spendsense", "prod"),
    ("spontime", "poc"),
)
PRODUCTION = {
    "duskspendr": "production",
    "personal-timeline": "production",
    "solemate": "production",
    "spendsense": "prod",
    "spontime": "poc",
}
"""The environment whose picture stands in the README of each system."""


@cache
def loaded(system: str, environment: str) -> LoadedEnvironment:
    """One environment of an example."""
    return read_source(EXAMPLES / system / "groundplan.yaml").environment(environment)


@cache
def designed(system: str, environment: str) -> Architecture:
    """Its architecture."""
    return design(loaded(system, environment))


@cache
def drawn(system: str, environment: str, view: View = View.OVERVIEW) -> Scene:
    """A picture of it."""
    return draw(loaded(system, environment), designed(system, environment), view)
