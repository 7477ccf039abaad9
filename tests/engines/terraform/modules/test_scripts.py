"""The scripts of a tree, with a Terraform that only notes what it was asked."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest
from tests.engines.terraform.modules.small import tree

from groundplan.engines.terraform.modules import scripts
from groundplan.engines.terraform.modules import write_tree as write

SHELLCHECK = Path(sysconfig.get_path("scripts"), "shellcheck")
SCRIPTS = sorted(tree().files["scripts"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tree(), tmp_path / "tree")
    command = tmp_path / "bin" / "terraform"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/asked"\n')
    command.chmod(0o755)
    return tmp_path / "tree"


def _run(folder: Path, script: str, *arguments: str) -> tuple[int, str, list[str]]:
    surroundings = os.environ | {"PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    command = (str(folder / "scripts" / script), *arguments)
    done = subprocess.run(command, env=surroundings, cwd="/", capture_output=True, text=True, check=False)
    asked = folder.parent / "asked"
    return done.returncode, done.stderr, asked.read_text().splitlines() if asked.exists() else []


@pytest.mark.parametrize("script", SCRIPTS)
def test_they_can_be_called_and_read(script: str, folder: Path) -> None:
    path = folder / "scripts" / script
    assert os.access(path, os.X_OK)
    assert subprocess.run(("bash", "-n", path), check=False).returncode == 0
    assert subprocess.run((SHELLCHECK, path), check=False).returncode == 0


@pytest.mark.parametrize("script", ["plan.sh", "deploy.sh", "destroy.sh"])
def test_a_wrong_environment_is_refused(script: str, folder: Path) -> None:
    assert _run(folder, script)[0] == 2
    code, said, asked = _run(folder, script, "production")
    assert (code, asked) == (2, [])
    assert "no environment production; there are: dev prod" in said


def test_what_is_planned_is_deployed_exactly_once(folder: Path) -> None:
    code, _, asked = _run(folder, "plan.sh", "prod", "-refresh=false")
    root = "-chdir=environments/prod"
    assert code == 0
    assert asked == [f"{root} init -input=false", f"{root} plan -input=false -out=planned.tfplan -refresh=false"]
    plan = folder / "environments" / "prod" / "planned.tfplan"
    plan.touch()
    assert _run(folder, "deploy.sh", "prod")[2][3:] == [f"{root} apply -input=false planned.tfplan"]
    assert not plan.exists()
    assert _run(folder, "deploy.sh", "prod")[2][-1] == f"{root} apply"


@pytest.mark.parametrize("script", ["plan.sh", "deploy.sh", "destroy.sh"])
def test_a_workspace_of_another_environment_is_refused(
    script: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    selected = folder / "environments" / "prod" / ".terraform" / "environment"
    selected.parent.mkdir()
    selected.write_text("dev")
    code, said, asked = _run(folder, script, "prod")
    assert (code, asked) == (2, [])
    assert "the workspace dev is selected, which is not prod" in said
    monkeypatch.setenv("TF_WORKSPACE", "prod")
    assert _run(folder, script, "prod")[0] == 0


def test_validate_looks_at_every_root(folder: Path) -> None:
    code, _, asked = _run(folder, "validate.sh")
    assert code == 0
    assert [line.split()[0] for line in asked if line.endswith("validate")] == [
        "-chdir=environments/dev",
        "-chdir=environments/prod",
    ]


def test_what_stands_once_for_the_account_is_a_root_as_well() -> None:
    written = scripts.files(["dev"], ["shared"])
    assert "  shared) root=shared ;;" in written["plan.sh"]
    assert "for root in environments/dev shared; do" in written["validate.sh"]
