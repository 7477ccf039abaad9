"""Putting a rendering into a folder without harming what a person keeps there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from groundplan.engines.kubernetes import deployed
from groundplan.engines.kubernetes.kustomize import idle_patches
from groundplan.engines.kubernetes.model import DEPLOYED, MARKER, Rendering, System
from groundplan.errors import EnvironmentalError
from groundplan.files import reason

_FOLDERS = ("base", "overlays", "helm")
_COMMENT = f"<!-- {MARKER.removeprefix('# ')}"


def write(rendering: Rendering, directory: Path) -> tuple[Path, ...]:
    """Write all files and delete those that an earlier rendering wrote and this one has not. Gives the files written.

    Values in a ``deployed.env`` stay. Nothing is touched that does not begin with this engine's marker. Raises
    EnvironmentalError where the folder cannot be written to, or holds somebody else's file under one of our names.
    """
    try:
        present = set(_present(directory))
        ours = {path for path in present if _is_ours(path)}
        targets = {directory / name: text for name, text in rendering.files.items()}
        foreign = sorted(str(path) for path in targets if path in present - ours)
        if foreign:
            raise EnvironmentalError(
                f"{directory} holds files that Groundplan did not write and would have to replace: "
                f"{', '.join(foreign)}; choose another folder or move them away"
            )
        for path in [path for path in targets if path.name == DEPLOYED and path in ours]:
            known = deployed.read(path.read_text(encoding="utf-8"))
            targets |= _overlay_files(path.parent, rendering.systems[path.parent.name], known)
        for path, text in targets.items():
            _replace(path, text)
        for path in sorted(ours - set(targets)):
            path.unlink()
    except (FileExistsError, NotADirectoryError) as error:
        raise EnvironmentalError(f"{directory} is a file, not a folder; choose another place") from error
    except OSError as error:
        raise EnvironmentalError(f"{error.filename or directory} cannot be written: {reason(error)}") from error
    return tuple(targets)


def _overlay_files(overlay: Path, system: System, values: Mapping[str, str]) -> dict[Path, str]:
    """The files of an overlay that what is known of its deployment decides."""
    patches = {overlay / name: text for name, text in idle_patches(system, values).items()}
    return {overlay / DEPLOYED: deployed.text(system, values), **patches}


def fill(overlay: Path, system: System, outputs: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Write what a deployment says into an overlay that was rendered. Gives everything that its file then holds.

    What a person wrote stays where the deployment says nothing. Raises EnvironmentalError where there is no such file.
    """
    path = overlay / DEPLOYED
    try:
        known = deployed.read(path.read_text(encoding="utf-8"))
        wanted = {item.key for item in system.wanted}
        known |= {key: value for key, value in {**outputs, **tags}.items() if key in wanted}
        for file, text in _overlay_files(overlay, system, known).items():
            _replace(file, text)
    except FileNotFoundError as error:
        raise EnvironmentalError(
            f"{path} is not there; write it first: groundplan render --engine kubernetes --out DIR"
        ) from error
    except OSError as error:
        raise EnvironmentalError(f"{path} cannot be written: {reason(error)}") from error
    return known


def _present(directory: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        yield from (path for path in (directory / folder).rglob("*") if not path.is_dir() or path.is_symlink())


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_COMMENT.encode())).startswith((MARKER.encode(), _COMMENT.encode()))


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename, so that nobody ever reads half of one. What says the same is left alone."""
    content = text.encode()
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # What mkstemp makes is readable by its owner alone; no file here holds a secret.
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
