"""A blueprint as it was in a revision of its git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from groundplan.blueprint.loading import Source, source_of
from groundplan.blueprint.yaml import decode, read_yaml
from groundplan.errors import EnvironmentalError, InputError

HOOKS_OWN = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_WORK_TREE")
"""What git sets for a hook. The repository is the one that the blueprint lies in, whoever calls."""


def load_revision(file: Path, revision: str) -> Source:
    """The blueprint as the git revision has it: a commit, a branch, a tag, ``HEAD~3``. A blueprint in YAML is one file;
    of one in Python see ``groundplan.api.files.read_revision``. Nothing is checked out.

    Places in messages about it begin with the revision: ``main:groundplan.yaml:3:5``.

    Raises InputError where there is no such revision, the file was not in it, or what was in it is no blueprint;
    EnvironmentalError where there is no git, or the file lies in no repository.
    """
    commit = find_commit(file, revision)
    data = read_git(file, "show", f"{commit}:./{file.resolve().name}")
    if data is None:
        raise InputError(
            f"{file} was not in git at the revision {revision}; is it committed, and was its name another?"
        )
    shown = Path(f"{revision}:{file}")
    text = decode(data, shown)
    return source_of(read_yaml(text, shown), shown, text)


def find_commit(file: Path, revision: str) -> str:
    """The commit that a revision of the file's repository is. Raises as :func:`load_revision`."""
    if read_git(file, "rev-parse", "--git-dir") is None:
        raise EnvironmentalError(
            f"{file} lies in no git repository that can be read, so there is no revision {revision} of it"
        )
    found = read_git(file, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found is None:
        raise InputError(
            f'git has no revision "{revision}" here; name a commit, a branch or a tag (in CI: is the history fetched?)'
        )
    return found.decode().strip()


def read_git(file: Path, *arguments: str) -> bytes | None:
    """What git prints in the folder of a file; None where it refuses. Raises EnvironmentalError without git."""
    program = shutil.which("git")
    if program is None:
        raise EnvironmentalError("a revision is read by git, and there is no git on the PATH")
    # A link may lead out of the folder, and git knows the file where it really is.
    folder = file.resolve().parent
    surroundings = {name: value for name, value in os.environ.items() if name not in HOOKS_OWN}
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a revision can be no option
            [program, "-C", str(folder), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=surroundings,
            check=False,
        )
    except (OSError, ValueError) as error:  # ValueError: a null byte in the revision
        raise EnvironmentalError(f"git cannot be run: {error}") from error
    return done.stdout if done.returncode == 0 else None
