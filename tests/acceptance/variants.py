"""An example with settings over it, as ``--set`` on the command line puts them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from groundplan.blueprint.loading import LoadedEnvironment, load
from groundplan.design import design
from groundplan.resources import Architecture


def loaded_with(blueprint: Path, environment: str, *settings: str) -> LoadedEnvironment:
    """An environment as ``--set`` changes it. Raises InputError where it may not be so."""
    return load(blueprint).with_settings(settings).environment(environment)


def with_settings(blueprint: Path, environment: str, *settings: str) -> Architecture:
    """What it becomes."""
    return design(loaded_with(blueprint, environment, *settings))


def overlaid(blueprint: Path, environment: str, overlay: Mapping[str, Any], folder: Path) -> LoadedEnvironment:
    """An environment with more written under it, lists and whole entries too, which ``--set`` does not take."""
    written = yaml.safe_load(blueprint.read_text(encoding="utf-8"))
    written["environments"][environment] = _merged(written["environments"][environment], overlay)
    copy = folder / "groundplan.yaml"
    copy.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    return load(copy).environment(environment)


def _merged(base: Any, over: Any) -> Any:
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    return {**base, **{key: _merged(base.get(key), value) for key, value in over.items()}}
