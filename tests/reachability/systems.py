"""The five systems, each environment designed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from groundplan.api.files import read_source
from groundplan.blueprint.loading import Source
from groundplan.design import design
from groundplan.resources import Architecture

EXAMPLES = Path(__file__).parents[2] / "examples"
SYSTEMS = {
    "duskspendr": ("production",),
    "personal-timeline": ("development", "staging", "production"),
    "solemate": ("staging", "production"),
    "spendsense": ("dev", "staging", "prod"),
    "spontime": ("poc",),
}
ENVIRONMENTS = [(system, environment) for system, names in SYSTEMS.items() for environment in names]


@cache
def _source(system: str) -> Source:
    source = read_source(EXAMPLES / system / "groundplan.yaml")
    return source.with_settings(["owner_id=jane"]) if system == "spendsense" else source


@cache
def architecture_of(system: str, environment: str) -> Architecture:
    """One environment of a system."""
    return design(_source(system).environment(environment))


def others(system: str, environment: str) -> dict[str, Callable[[], Architecture]]:
    """The other environments of its file."""
    return {name: partial(architecture_of, system, name) for name in SYSTEMS[system] if name != environment}
