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


def read_revision(file: Path, revision: str) -> Source:
    """The same file as a revision of its git repository has it: a commit, a branch, a tag, ``HEAD~3``.

    A Python file is run with the modules that stood beside and below it then. Raises InputError where there is no such
    revision or the file was not in it, and as :func:`read_source`; EnvironmentalError without git or a repository.
    """
    if file.suffix == ".py":
        from groundplan.api.script import blueprint_at

        return blueprint_at(file, revision)
    from groundplan.blueprint.revision import load_revision

    return load_revision(file, revision)
