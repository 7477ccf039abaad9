"""``render --previous``: what the blueprint was when it was applied last, and what was renamed since."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.cli.output import say
from groundplan.errors import InputError, suggestion

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment, Source
    from groundplan.resources.architecture import Architecture


def since(
    previous: str, file: Path, loaded: LoadedEnvironment, settings: list[str] | None
) -> tuple[LoadedEnvironment, Architecture]:
    """The environment with what was renamed since then in it, and the earlier architecture. Says what it found.

    ``previous`` is a blueprint file, a folder with one, or a revision of git. Raises InputError, EnvironmentalError.
    """
    from groundplan.blueprint.renamed_since import renamed_since
    from groundplan.design import design

    before = _environment_before(_source(previous, file, settings), loaded)
    compared = renamed_since(before, loaded)
    for family, pairs in compared.found.items():
        for new, old in pairs.items():
            say(f"renamed: {family}.{new} was {old}" if family else f"renamed: the {new.replace('_', ' ')} was {old}")
    if compared.found:
        say("All of it stays as it is in AWS this time. For every time, write it down:")
        say(_written(compared.found))
    for remark in compared.undecided:
        say(f"warning: {remark}")
    return compared.loaded, design(before)


def _source(previous: str, file: Path, settings: list[str] | None) -> Source:
    from groundplan.api.files import read_revision, read_source

    path = Path(previous)
    if path.is_dir() and (path / file.name).is_file():
        path = path / file.name
    if path.is_file():
        return read_source(path).with_settings(settings or [])
    if path.exists():
        raise InputError(f"{path} has no {file.name}; --previous takes a blueprint, its folder, or a revision of git")
    if path.suffix in (".yaml", ".yml", ".py"):
        raise InputError(f"there is no {path}; --previous takes a blueprint, its folder, or a revision of git")
    return read_revision(file, previous).with_settings(settings or [])


def _environment_before(source: Source, loaded: LoadedEnvironment) -> LoadedEnvironment:
    """The same environment, under the name that it had."""
    name = loaded.name
    if name not in source.environments:
        name = loaded.blueprint.renamed.environment or name
    if name not in source.environments:
        raise InputError(
            f'{source.file} has no environment "{name}"{suggestion(name, source.environments)} If it was renamed, '
            f"write into the environment here what it was: renamed: {{environment: ...}}"
        )
    return source.environment(name)


def _written(found: Mapping[str, Mapping[str, str]]) -> str:
    lines = ["renamed:"]
    for family, pairs in found.items():
        if family:
            told = ", ".join(f"{new}: {old}" for new, old in pairs.items())
            lines.append(f"  {family}: {{{told}}}")
        else:
            lines += [f"  {key}: {old}" for key, old in pairs.items()]
    return "\n".join(lines)
