"""``--set`` is understood by every command that reads a blueprint."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
import typer
from tests.cli.commands import Command, Write

from groundplan.cli.main import app
from groundplan.errors import ExitCode

SHOP = """
    project: shop
    region: eu-central-1
    profile: poc
    services: {web: {image: {repository: web}}}
    """
WRONG = ("--set", "services.web.image.tag=latest")


def commands_with_a_blueprint() -> list[str]:
    """Every command that has ``--file``, with the names of the groups it stands in."""
    found: list[str] = []

    def walk(group: typer.Typer, path: str) -> None:
        for command in group.registered_commands:
            assert command.callback
            name = f"{path}{command.name or command.callback.__name__.replace('_', '-')}"
            if "file" in inspect.signature(command.callback).parameters and name != "init":  # which writes one
                found.append(name)
        for inner in group.registered_groups:
            assert inner.typer_instance
            walk(inner.typer_instance, f"{path}{inner.name} ")

    walk(app(), "")
    return found


def test_the_commands_are_found() -> None:
    assert {
        "validate",
        "explain",
        "resources",
        "check",
        "cost",
        "render",
        "plan",
        "deploy",
        "status",
        "destroy",
    } <= set(commands_with_a_blueprint())


@pytest.mark.parametrize("command", commands_with_a_blueprint())
def test_every_command_reads_settings(command: str, groundplan: Command, write: Write, tmp_path: Path) -> None:
    write(SHOP)
    out = tmp_path / "out"
    needed: dict[str, tuple[str | Path, ...]] = {
        "kubernetes switch": ("web",), "reach": ("--all",), "release": ("web", "1.2"), "drill": ("task",),
        "restore": ("database.main",), "promote": ("--from", "production", "--to", "other"), "backup export": (out,),
    } | dict.fromkeys(("render", "kubernetes fill", "pipelines", "containers"), ("--out", out))  # fmt: skip
    result = groundplan(*command.split(), *needed.get(command, ()), *WRONG)
    assert result.code == ExitCode.BAD_INPUT
    assert result.err.startswith('error: option --set: services.web.image.tag: "latest" names another image')
    assert result.out == ""


def test_settings_reach_what_is_rendered(groundplan: Command, write: Write, tmp_path: Path) -> None:
    write(SHOP)
    out = tmp_path / "out"
    result = groundplan("render", "--out", out, "--set", "owner_id=jane", "--set", "state.backend=s3", "--set",
                        "services.web.image.tag=1.2")  # fmt: skip
    assert result.code == ExitCode.FINE, result.err
    backend = (out / "backend.tf").read_text()
    assert '"shop-production-jane-terraform-state"' in backend
    assert '"shop/production-jane/terraform.tfstate"' in backend
    assert 'default     = "1.2"' in (out / "variables.tf").read_text()


def test_explain_names_the_option(groundplan: Command, write: Write) -> None:
    write(SHOP)
    rows = groundplan("explain", "--set", "owner_id=jane", "--format", "json").json["values"]
    assert {"path": "owner_id", "value": "jane", "origin": "option --set"} in rows


def test_what_is_no_setting(groundplan: Command, write: Write) -> None:
    write(SHOP)
    result = groundplan("validate", "--set", "owner_id", "--set", "=x")
    assert result.code == ExitCode.BAD_INPUT
    assert result.err.count("error: option --set: ") + result.err.count("\noption --set: ") == 2
