"""Running a Python file for the blueprint that it makes."""

from __future__ import annotations

import runpy
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from groundplan.blueprint.loading import Source
from groundplan.blueprint.tree import Node
from groundplan.errors import EnvironmentalError, GroundplanError, InputError, Position, Problem
from groundplan.files import reason

if TYPE_CHECKING:
    from tarfile import TarFile

RUN_NAME = "__groundplan__"
"""What ``__name__`` says while Groundplan runs a file, so that it can tell: ``__main__`` is the file run by itself."""


def blueprint_of(file: Path) -> Source:
    """The blueprint that a file makes when it is run. It has to be exactly one, by a name at the top level.

    Raises InputError with the place of what is wrong, EnvironmentalError where the file cannot be read.
    """
    from groundplan.api.blueprint import Blueprint

    named: dict[str, Blueprint] = {}
    for name, value in _run(file).items():
        if isinstance(value, Blueprint) and all(value is not other for other in named.values()):
            named[name] = value
    if not named:
        raise InputError(
            [Problem("the file makes no blueprint; write blueprint = groundplan.Blueprint(...)", Position(file, 1, 1))]
        )
    if len(named) > 1:
        raise InputError(
            [
                Problem(
                    f"the file makes several blueprints, and has to make one: {', '.join(named)}", Position(file, 1, 1)
                )
            ]
        )
    (blueprint,) = named.values()
    return blueprint.source


def blueprint_at(file: Path, revision: str) -> Source:
    """The blueprint that a file made as a git revision has it, with the modules beside and below it of that revision.

    Raises as :func:`blueprint_of`, and as ``groundplan.blueprint.revision.load_revision``.
    """
    import io
    import tarfile
    import tempfile

    from groundplan.blueprint.revision import find_commit, read_git

    real = file.resolve()
    commit = find_commit(file, revision)
    # Git packs what lies in the folder that it is called in, and below.
    packed = read_git(file, "archive", "--format=tar", commit, "--", ".")
    with tempfile.TemporaryDirectory(prefix="groundplan-") as folder:
        then = Path(folder).resolve() / real.name
        if packed is not None:
            with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
                _unpack(archive, then.parent)
        if not then.is_file():
            raise InputError(
                f"{file} was not in git at the revision {revision}; is it committed, and was its name another?"
            )
        try:
            with _without_modules_of(real), _without_modules_of(then):
                source = blueprint_of(then)
        except InputError as error:
            problems = (replace(one, position=_shown(one.position, then.parent, revision)) for one in error.problems)
            raise InputError(problems) from error
    shown = Path(f"{revision}:{file}")
    base = _node_shown(source.base, then.parent, revision)
    overlays = {name: _node_shown(node, then.parent, revision) for name, node in source.overlays.items()}
    return replace(source, file=shown, base=base, overlays=overlays)


def _unpack(archive: TarFile, folder: Path) -> None:
    """The plain files of an archive. Links are left out: they may lead anywhere."""
    for member in archive:
        content = archive.extractfile(member) if member.isfile() else None
        if content is not None:
            target = folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())


@contextmanager
def _without_modules_of(file: Path) -> Iterator[None]:
    """For a while, what was imported from beside a file is as if it were not: a module of that name is another now."""
    before = _modules_of(file)
    for name in before:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in _modules_of(file):
            del sys.modules[name]
        sys.modules.update(before)


def _modules_of(file: Path) -> dict[str, ModuleType]:
    """What is imported from beside a file or below it; Groundplan itself stays, wherever it is."""
    folder, kept = file.resolve().parent, (__name__.partition(".")[0], "__main__")
    places = ((name, module, getattr(module, "__file__", None)) for name, module in sys.modules.items())
    # Names are compared as they are, since asking for the real ones of a thousand modules takes seconds.
    beside = ((name, module, Path(place)) for name, module, place in places if place and place.startswith(str(folder)))
    return {
        name: module for name, module, place in beside if name.partition(".")[0] not in kept and _is_own(place, file)
    }


def _shown(place: Position | None, folder: Path, revision: str) -> Position | None:
    """A place in the folder that a revision was unpacked to for a moment, as a place in the revision."""
    if place is None or not place.file.is_relative_to(folder):
        return place
    return place._replace(file=Path(f"{revision}:{place.file.relative_to(folder)}"))


def _node_shown(node: Node, folder: Path, revision: str) -> Node:
    value = node.value
    if isinstance(value, dict):
        value = {key: _node_shown(child, folder, revision) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_node_shown(child, folder, revision) for child in value]
    position, key = _shown(node.position, folder, revision), _shown(node.key, folder, revision)
    return replace(node, value=value, position=position, key=key)


def _run(file: Path) -> dict[str, object]:
    """The names that a file defines. What it prints goes to stderr: stdout is for results."""
    try:
        with file.open("rb"):
            pass
    except FileNotFoundError as error:
        raise InputError(
            f"{file} does not exist; groundplan init writes a first blueprint, -f/--file names another file"
        ) from error
    except IsADirectoryError as error:
        raise InputError(f"{file} is a folder; name the blueprint in it") from error
    except OSError as error:
        raise EnvironmentalError(f"{file} cannot be read: {reason(error)}") from error
    with _as_a_script(file), redirect_stdout(sys.stderr):
        try:
            return runpy.run_path(str(file), run_name=RUN_NAME)
        except GroundplanError:
            raise
        except SyntaxError as error:
            raise InputError([_syntax(error, file)]) from error
        except SystemExit as end:
            code = f" with {end.code}" if end.code else ""
            raise InputError([Problem(f"the file ended itself{code} (SystemExit)", _place(end, file))]) from end
        except Exception as error:
            said = f": {error}" if str(error) else ""
            raise InputError([Problem(f"{type(error).__name__}{said}", _place(error, file))]) from error


@contextmanager
def _as_a_script(file: Path) -> Iterator[None]:
    """What a file expects of ``python file``: its neighbours can be imported, and no arguments but its name."""
    path, arguments = list(sys.path), list(sys.argv)
    sys.path.insert(0, str(file.resolve().parent))
    sys.argv[:] = [str(file)]
    try:
        yield
    finally:
        sys.path[:] = path
        sys.argv[:] = arguments


def _syntax(error: SyntaxError, file: Path) -> Problem:
    where = Path(error.filename) if error.filename else file
    return Problem(f"this is not Python: {error.msg}", Position(where, error.lineno or 1, max(error.offset or 1, 1)))


def _place(error: BaseException, file: Path) -> Position:
    """The line that the error comes from: the last that is the person's own, in the file or in one that it imports."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.lineno and _is_own(Path(frame.filename), file):
            return Position(Path(frame.filename), frame.lineno, (frame.colno or 0) + 1)
    return Position(file, 1, 1)


def _is_own(code: Path, file: Path) -> bool:
    """Whether code is beside the file or below it, and no installed package."""
    path = code.resolve()
    packages = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib", "stdlib")}
    beside = path.is_file() and path.is_relative_to(file.resolve().parent)
    return beside and not any(path.is_relative_to(folder) for folder in packages)
