"""Programs that judge what is written: GitHub's and Compose's published schemas, zizmor, hadolint."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Literal

PROGRAMS = Path(sys.executable).parent


def complaints(program: str, *arguments: str | Path) -> str:
    """What a program says of files; empty where it has nothing to say."""
    done = subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True, timeout=120, check=False)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}" or f"{program} ended with {done.returncode}"


def against_schema(kind: Literal["github-workflows", "compose-spec"], *files: Path) -> str:
    """What is not as the published schema wants it."""
    return complaints("check-jsonschema", "--builtin-schema", f"vendor.{kind}", *files)


def unsafe(folder: Path) -> str:
    """What zizmor finds unsafe in workflows: tokens left behind, actions that can be moved, injected expressions."""
    return complaints("zizmor", "--offline", "--no-progress", "--quiet", folder)


def badly_built(*files: Path) -> str:
    """What hadolint finds in Dockerfiles, down to its least remarks."""
    return complaints("hadolint", "--no-color", "--failure-threshold", "style", *files)
