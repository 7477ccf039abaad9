"""Checkov, in an environment of its own: what it needs would take the place of packages that Groundplan needs."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
ENVIRONMENT = Path(__file__).parents[2] / ".checkov-venv"
_LONGEST = 600


def installed(folder: Path = ENVIRONMENT) -> Path:
    """The program, installed where it was not yet, or where another version is asked for."""
    program, stamp = folder / "bin" / "checkov", folder / "installed.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if not program.exists() or not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return program


def version() -> str:
    """The version that is asked for."""
    return REQUIREMENTS.read_text(encoding="utf-8").strip().partition("==")[2]


def failed(program: Path, plan: Path, templates: Path) -> dict[tuple[str, str], str]:
    """The title of every check that failed, by its id and Checkov's own name of the resource: a Terraform address, or
    ``stack/LogicalId``. Raises RuntimeError where Checkov read nothing: silence would pass for agreement."""
    found = {}
    for check, title, resource, _ in _run(program, "terraform_plan", "--file", plan):
        found[check, resource] = title
    for check, title, resource, file in _run(program, "cloudformation", "--directory", templates):
        found[check, f"{Path(file).stem}/{resource.rpartition('.')[2]}"] = title
    return found


def _run(program: Path, framework: str, option: str, what: Path) -> Iterator[tuple[str, str, str, str]]:
    command = [str(program), option, what.name, "--framework", framework, "--output", "json"]
    done = subprocess.run(
        [*command, "--compact", "--quiet", "--skip-download", "--soft-fail"],
        cwd=what.parent,
        env={**os.environ, "BC_SKIP_MAPPING": "TRUE"},
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    try:
        said: Any = json.loads(done.stdout)
        summary = said["summary"] if isinstance(said, dict) and "summary" in said else {}
    except ValueError:
        summary = {}
    if not summary.get("resource_count") or summary["parsing_errors"]:
        raise RuntimeError(f"Checkov read nothing, or not all, of {what}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    for item in said["results"]["failed_checks"]:
        yield item["check_id"], item["check_name"], item["resource"], item["file_path"]
