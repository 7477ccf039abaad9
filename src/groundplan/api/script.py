"""Running a Python file for the blueprint that it makes."""

from __future__ import annotations

import runpy
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from groundplan.blueprint.loading import Source
from groundplan.errors import EnvironmentalError, GroundplanError, InputError, Position, Problem

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


def _run(file: Path) -> dict[str, object]:
    """The names that a file defines. What it prints goes to stderr: stdout is for results."""
    try:
        with file.open("rb"):
            pass
    except FileNotFoundError as error:
        raise InputError(
            f"{file} does not exist; write a blueprint there, or name another file with -f/--file"
        ) from error
    except IsADirectoryError as error:
        raise InputError(f"{file} is a folder; name the blueprint in it") from error
    except OSError as error:
        raise EnvironmentalError(f"{file} cannot be read: {(error.strerror or str(error)).lower()}") from error
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
