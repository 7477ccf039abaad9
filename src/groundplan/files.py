"""Files that people keep: either the new content stands whole, or what stood there before does."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from groundplan.errors import EnvironmentalError


def reason(error: OSError) -> str:
    """Why the system refuses, as it can end a sentence: ``no space left on device``."""
    return error.strerror.lower() if error.strerror else str(error)


def replace(file: Path, content: str | bytes, *, parents: bool = False) -> None:
    """Put content, a text as UTF-8, in the place of a file; with ``parents`` its folder is made where it is not there.

    What stood there stays where the new content cannot be written whole, as on a full disk. A file that was there keeps
    its mode, and one behind a link stays behind it.

    Raises EnvironmentalError where the system refuses.
    """
    try:
        if parents:
            file.parent.mkdir(parents=True, exist_ok=True)
        _replace(Path(os.path.realpath(file)), content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise EnvironmentalError(f"{file} cannot be written: {reason(error)}") from error


def _replace(file: Path, content: bytes) -> None:
    before = file.stat() if file.exists() else None
    if before is not None and not stat.S_ISREG(before.st_mode):
        file.write_bytes(content)  # a device or a pipe
        return
    if before is not None:
        file.open("r+b").close()  # the system says so where it is not to be changed
    beside = file.with_name(f".{file.name[:200]}.{os.getpid()}.new")
    try:
        with beside.open("xb") as stream:
            stream.write(content)
        if before is not None:
            beside.chmod(stat.S_IMODE(before.st_mode))
        beside.replace(file)
    except BaseException as error:
        with suppress(OSError):
            beside.unlink()
        if not (isinstance(error, PermissionError) and before is not None):
            raise
        file.write_bytes(content)  # the folder takes no new file, and this one may be changed
