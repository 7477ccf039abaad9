"""Putting a rendering into a folder without harming what a person keeps there."""

from __future__ import annotations

import os
from pathlib import Path

from groundplan.engines.terraform.model import GITIGNORE, MARKER, Rendering
from groundplan.errors import EnvironmentalError, InputError, Problem

_READ_BY_TERRAFORM = ("*.tf", "*.tf.json", "*.tofu", "terraform.tfvars")


def write(rendering: Rendering, directory: Path) -> None:
    """Make the folder hold the rendering. Own files that are no longer needed go; nothing of anybody else is touched.

    Each file appears as a whole or not at all, and one that says the same already is left alone. A person's own
    values belong into ``*.auto.tfvars``. Raises InputError where the folder holds Terraform files of somebody else,
    which would become part of this root, and EnvironmentalError where it cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        own = _own_files(directory)
        for name, text in rendering.files.items():
            if name != GITIGNORE or not _is_somebody_elses(directory / name):
                _replace(directory / name, text)
        for file in sorted(own - {directory / name for name in rendering.files}):
            file.unlink()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{directory} holds a Terraform file that is not UTF-8 text, so not one of Groundplan"
        ) from error
    except OSError as error:
        where = error.filename or directory
        raise EnvironmentalError(f"{where} cannot be written: {error.strerror or error}") from error


def _own_files(directory: Path) -> set[Path]:
    found = {file for pattern in _READ_BY_TERRAFORM for file in directory.glob(pattern)}
    foreign = sorted(file for file in found if not _is_own(file))
    if foreign:
        raise InputError(
            Problem(f"{file} was not written by Groundplan; choose an empty folder, or move the file away")
            for file in foreign
        )
    ignored = directory / GITIGNORE
    return found if not ignored.exists() or _is_somebody_elses(ignored) else found | {ignored}


def _is_somebody_elses(file: Path) -> bool:
    return (file.exists() or file.is_symlink()) and not _is_own(file)


def _is_own(file: Path) -> bool:
    if not file.is_file() or file.is_symlink():
        return False
    with file.open(encoding="utf-8") as lines:
        return lines.readline().startswith(MARKER)


def _replace(file: Path, text: str) -> None:
    content = text.encode()
    if file.exists() and file.read_bytes() == content:
        return
    import tempfile  # here, since not every command writes

    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(file)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
