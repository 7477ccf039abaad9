"""A blueprint as a Python call wrote it, in the words of Python."""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from groundplan.api.places import place_of_call
from groundplan.api.values import tree_of
from groundplan.blueprint.loading import LoadedEnvironment, Source, source_of
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.shape import shape_of
from groundplan.blueprint.tree import Steps, parse_path
from groundplan.errors import InputError, Problem, suggestion
from groundplan.record import dataclass


@dataclass(frozen=True)
class PythonSource(Source):
    """A source whose messages know what Python calls a key that is no keyword argument."""

    def environment(self, name: str | None = None) -> LoadedEnvironment:
        with _in_python():
            return super().environment(name)

    def all(self) -> list[LoadedEnvironment]:
        with _in_python():
            return super().all()


def source_of_call(fields: Mapping[str, object], frame: FrameType) -> PythonSource:
    """The blueprint that a call in this frame describes. Raises InputError for values that no blueprint can hold."""
    place = place_of_call(frame)
    file = frame.f_code.co_filename
    text = "".join(linecache.getlines(file, frame.f_globals))
    source = source_of(tree_of(fields, place), Path(file), text)
    return PythonSource(source.file, source.text, source.base, source.overlays, has_shared=source.has_shared)


@contextmanager
def _in_python() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise InputError(map(_told, error.problems)) from None


def _told(problem: Problem) -> Problem:
    """The same problem; what it says about ``class`` it says about ``instance_class``."""
    path = parse_path(problem.path)
    if missing := re.fullmatch('"(.+)" is missing', problem.message):
        for name, key in _spellings(path).items():
            if key == missing[1]:
                return replace(problem, message=f'"{name}" is missing')
    elif unknown := re.match('unknown key "(.+?)"', problem.message):
        known = _spellings(path[:-1])
        return replace(problem, message=f"{unknown[0]}{suggestion(unknown[1], known)}") if known else problem
    return problem


def _spellings(path: Steps) -> dict[str, str]:
    """The keys of a part of the blueprint as Python spells them, and as YAML does."""
    shape = shape_of(Blueprint).at(path)
    model = shape.model if shape else None
    return {name: info.alias or name for name, info in model.model_fields.items()} if model else {}
