"""An example with settings over it, as ``--set`` on the command line puts them."""

from __future__ import annotations

from pathlib import Path

from groundplan.blueprint.loading import LoadedEnvironment, load
from groundplan.design import design
from groundplan.resources import Architecture


def loaded_with(blueprint: Path, environment: str, *settings: str) -> LoadedEnvironment:
    """An environment as ``--set`` changes it. Raises InputError where it may not be so."""
    return load(blueprint).with_settings(settings).environment(environment)


def with_settings(blueprint: Path, environment: str, *settings: str) -> Architecture:
    """What it becomes."""
    return design(loaded_with(blueprint, environment, *settings))
