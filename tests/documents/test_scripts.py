"""The scripts that call Groundplan, with a command ``groundplan`` that only notes what it was asked."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from groundplan.documents.scripts import COMMANDS, COMMON, Scripted, write
from groundplan.errors import EnvironmentalError

SHELLCHECK = Path(sysconfig.get_path("scripts"), "shellcheck")
ABOUT = Scripted("shop's", ("dev", "production"), ("production",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a space in its name, and the scripts below it."""
    place = tmp_path / "my shop"
    place.mkdir()
    (place / "groundplan.yaml").touch()
    write(ABOUT, place / "groundplan.yaml", place / "scripts")
    command = tmp_path / "bin" / "groundplan"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> "{tmp_path}/asked"\necho >> "{tmp_path}/asked"\n')
    command.chmod(0o755)
    return place


def run(folder: Path, script: str, *arguments: str, **variables: str) -> tuple[int, str, list[str]]:
    """Exit code, what was said, and what groundplan was asked: its arguments with ``|`` behind each."""
    path = f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ("bash", str(folder / "scripts" / script), *arguments),
        env={**os.environ, "PATH": path, **variables}, cwd="/", stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    asked = folder.parent / "asked"
    lines = asked.read_text().replace(str(folder), "HERE").splitlines() if asked.exists() else []
    asked.unlink(missing_ok=True)
    return done.returncode, done.stdout + done.stderr, lines


def test_shellcheck_finds_nothing(folder: Path) -> None:
    scripts = folder / "scripts"
    assert sorted(path.name for path in scripts.iterdir()) == sorted((COMMON, *COMMANDS))
    assert all(os.access(scripts / name, os.X_OK) for name in COMMANDS)
    checked = subprocess.run(
        (SHELLCHECK, "-x", "--severity=style", COMMON, *COMMANDS),
        cwd=scripts,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.parametrize("script", COMMANDS)
def test_each_explains_itself(script: str, folder: Path) -> None:
    code, said, asked = run(folder, script, "--help")
    assert (code, asked) == (0, [])
    assert said.startswith(f"usage: {script} ")
    assert said.endswith("environments: dev production (asked for by name: production)\n")


FILE = "--file|HERE/scripts/../groundplan.yaml|"
DEV = f"{FILE}--environment|dev|"


@pytest.mark.parametrize(
    ("script", "arguments", "wanted"),
    [
        ("deploy.sh", ("dev", "--target", "aws"), [f"validate|{DEV}", f"deploy|{DEV}--target|aws|"]),
        ("update.sh", ("dev", "--yes"), [f"plan|{DEV}", f"deploy|--yes|{DEV}"]),
        ("destroy.sh", ("dev", "--input", "a=b c"), [f"destroy|{DEV}--input|a=b c|"]),
        ("validate.sh", (), [f"validate|{FILE}"]),
        ("validate.sh", ("dev",), [f"validate|{FILE}", f"check|{DEV}"]),
        ("backup.sh", ("dev",), [f"backup|now|{DEV}", f"backup|verify|{DEV}"]),
        (
            "backup.sh",
            ("dev", "--export", "to here", "-y"),
            [f"backup|now|--yes|{DEV}", f"backup|export|to here|{DEV}", f"backup|verify|{DEV}"],
        ),
        ("cost-report.sh", (), [f"cost|{FILE}--all|"]),
        ("cost-report.sh", ("dev",), [f"cost|{DEV}"]),
    ],
)
def test_what_each_calls(script: str, arguments: tuple[str, ...], wanted: list[str], folder: Path) -> None:
    code, said, asked = run(folder, script, *arguments)
    assert (code, asked) == (0, wanted), said


@pytest.mark.parametrize("script", ["deploy.sh", "update.sh", "destroy.sh"])
def test_production_is_changed_by_its_name_alone(script: str, folder: Path) -> None:
    for wrong in ((), ("--yes",), ("--confirm", "dev"), ("--confirm=prod",)):
        code, said, asked = run(folder, script, "production", *wrong)
        assert (code, asked) == (2, []), wrong
        assert "production is left as it is" in said
    assert run(folder, script, "production", "--confirm")[:2] == (
        2,
        f"{script}: --confirm needs the name of the environment\n",
    )
    code, said, asked = run(folder, script, "production", "--confirm", "production")
    assert (code, bool(asked)) == (0, True), said
    assert ("--confirm|production|" in asked[-1]) == (script == "destroy.sh")


@pytest.mark.parametrize("script", ["deploy.sh", "update.sh", "destroy.sh", "backup.sh"])
def test_another_environment_or_workspace_is_refused(script: str, folder: Path) -> None:
    """C-45: a wrong workspace would write the wrong state."""
    assert "name the environment first" in run(folder, script, "--yes")[1]
    code, said, asked = run(folder, script, "test")
    assert (code, asked) == (2, [])
    assert "there is no environment test; there are: dev production" in said
    code, said, asked = run(folder, script, "dev", TF_WORKSPACE="production")
    assert (code, asked) == (2, [])
    assert "the workspace production of Terraform is selected, which is not dev" in said
    selected = folder / ".groundplan/terraform/shop's-dev/.terraform/environment"
    selected.parent.mkdir(parents=True)
    selected.write_text("production\n")
    assert run(folder, script, "dev")[0] == 2
    assert run(folder, script, "dev", TF_WORKSPACE="default")[0] == 0
    selected.write_text("dev")
    assert run(folder, script, "dev")[0] == 0


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "scripts").touch()
    with pytest.raises(EnvironmentalError, match=r"scripts/\S+ cannot be written: file exists"):
        write(ABOUT, tmp_path / "groundplan.yaml", tmp_path / "scripts")
