"""Blueprints out of files: ``groundplan.yaml``, or a Python file that makes one ``groundplan.Blueprint``."""

from __future__ import annotations

from pathlib import Path

from groundplan.blueprint.loading import Source, load


def read_source(file: Path) -> Source:
    """A blueprint as it is written. A file whose name ends in ``.py`` is run and has to make exactly one.

    Raises InputError with the place of what is wrong, EnvironmentalError where the file cannot be read.
    """
    if file.suffix == ".py":
        from groundplan.api.script import blueprint_of

        return blueprint_of(file)
    return load(file)
