"""Putting a rendering into a folder without harming what a person keeps there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from groundplan.engines.terraform.model import GITIGNORE, MARKER, Rendering
from groundplan.errors import EnvironmentalError, InputError, Problem
from groundplan.files import reason

_READ_BY_TERRAFORM = ("*.tf", "*.tf.json", "*.tofu", "terraform.tfvars")
_BESIDE = (GITIGNORE, "README.md", "addresses.csv", "*.sh", "*.tftest.hcl")
"""What else is written. Where a person has a file of that name, theirs stays."""
_SIGNATURE = MARKER.lstrip("# ")


def write(rendering: Rendering, directory: Path) -> None:
    """Make the folder hold the rendering. Own files that are no longer needed go; nothing of anybody else is touched.

    Each file appears as a whole or not at all, and one that says the same already is left alone. A person's own
    values belong into ``*.auto.tfvars``. Raises InputError where the folder holds Terraform files of somebody else,
    which would become part of this root, and EnvironmentalError where it cannot be written.
    """
    with _telling_of(directory):
        _write(rendering.files, directory)


def write_tree(folders: Mapping[str, Mapping[str, str]], directory: Path, among: Iterable[str]) -> list[Path]:
    """Make the folder hold a tree of folders with their files, each as :func:`write` does, and say where they are.

    ``among`` are folders whose subfolders belong to Groundplan: one that is no longer needed is emptied.
    """
    with _telling_of(directory):
        gone = [
            found
            for parent in among
            for found in sorted((directory / parent).glob("*/"))
            if found.relative_to(directory).as_posix() not in folders
        ]
        for folder in folders:
            _own_files(directory / folder)  # All are looked at before any is changed.
        for folder, files in folders.items():
            _write(files, directory / folder)
        for left_over in gone:
            _remove(left_over)
    return [directory / folder / name for folder, files in folders.items() for name in files]


@contextmanager
def _telling_of(directory: Path) -> Iterator[None]:
    """What the file system refuses, as an error for people."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise InputError(
            f"{directory} holds a Terraform file that is not UTF-8 text, so not one of Groundplan"
        ) from error
    except OSError as error:
        where = error.filename or directory
        raise EnvironmentalError(f"{where} cannot be written: {reason(error)}") from error


def _write(files: Mapping[str, str], directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    own = _own_files(directory)
    for name, text in files.items():
        if not (_is_beside(name) and _is_somebody_elses(directory / name)):
            _replace(directory / name, text)
    for file in sorted(own - {directory / name for name in files}):
        file.unlink()


def _remove(folder: Path) -> None:
    """Own files below a folder that is no longer needed, and the folder where nothing else is left in it."""
    for inner in sorted(folder.glob("*/")):
        _remove(inner)
    for file in sorted(file for pattern in (*_READ_BY_TERRAFORM, *_BESIDE) for file in folder.glob(pattern)):
        if _is_own(file):
            file.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def _own_files(directory: Path) -> set[Path]:
    found = {file for pattern in _READ_BY_TERRAFORM for file in directory.glob(pattern)}
    foreign = sorted(file for file in found if not _is_own(file))
    if foreign:
        raise InputError(
            Problem(f"{file} was not written by Groundplan; choose an empty folder, or move the file away")
            for file in foreign
        )
    beside = {file for pattern in _BESIDE for file in directory.glob(pattern)}
    return found | {file for file in beside if _is_own(file)}


def _is_beside(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in _BESIDE)


def _is_somebody_elses(file: Path) -> bool:
    return (file.exists() or file.is_symlink()) and not _is_own(file)


def _is_own(file: Path) -> bool:
    """Whether its first line, or that behind the one that names an interpreter, says so."""
    if not file.is_file() or file.is_symlink():
        return False
    with file.open(encoding="utf-8") as lines:
        first = lines.readline()
        line = lines.readline() if first.startswith("#!") else first
        return line.lstrip("#<!- ").startswith(_SIGNATURE)


def _replace(file: Path, text: str) -> None:
    content = text.encode()
    permissions = (0o777 if text.startswith("#!") else 0o666) & ~_umask()
    if file.exists() and file.read_bytes() == content:
        return
    import tempfile  # here, since not every command writes

    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(permissions)
        Path(temporary).replace(file)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
