"""Heavy libraries are imported only by what uses them: a command that only reads must not wait for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from groundplan.cli.main import COMMANDS, GROUPS, app

HEAVY = {"boto3", "botocore", "moto", "cfnlint", "matplotlib", "numpy", "rich", "typer", "jsonschema"}


@pytest.mark.parametrize(
    "module",
    [
        "groundplan.api.files",
        "groundplan.blueprint.loading",
        "groundplan.access",
        "groundplan.catalog.prices",
        "groundplan.checks",
        "groundplan.cost",
        "groundplan.design",
        "groundplan.engines.cloudformation",
        "groundplan.engines.terraform",
        "groundplan.objectives.availability",
        "groundplan.operations.deploy",
        "groundplan.targets.local",
    ],
)
def test_nothing_heavy_is_imported(module: str) -> None:
    program = f"import {module}, sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert HEAVY & set(loaded) == set()


EXAMPLE = Path(__file__).parents[1] / "examples/duskspendr/groundplan.yaml"
BY_TOUCH = ("groundplan.operations", "groundplan.targets", "groundplan.documents", "groundplan.simulation")
"""Rooms of what acts, writes or forecasts."""
WITH_TABLES = {"explain", "cost", "check"}
"""Commands that draw tables, with rich."""


@pytest.mark.parametrize(
    ("arguments", "unused"),
    [
        (["--version"], {"pydantic", "yaml", "groundplan.blueprint"}),
        (["--help"], {"pydantic", "yaml", "groundplan.blueprint"}),
        (["schema"], {"yaml", "groundplan.design", "groundplan.resources", "groundplan.catalog"}),
        (["explain", "-f", str(EXAMPLE)], {"groundplan.design", "groundplan.resources", "groundplan.catalog"}),
        (["validate", "-f", str(EXAMPLE)], {"groundplan.engines", "groundplan.checks", "groundplan.cost"}),
        (["cost", "-f", str(EXAMPLE)], {"groundplan.engines", "groundplan.checks", "groundplan.objectives"}),
        (["check", "-f", str(EXAMPLE)], {"groundplan.engines", "groundplan.savings"}),
        (["render", "-f", str(EXAMPLE), "--engine", "terraform"], {"groundplan.checks", "groundplan.cost"}),
        (["render", "-f", str(EXAMPLE), "--engine", "cloudformation"], {"groundplan.checks", "groundplan.cost"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_imports_what_it_uses(arguments: list[str], unused: set[str], tmp_path: Path) -> None:
    if arguments[0] == "render":
        arguments = [*arguments, "--out", str(tmp_path)]
    program = (
        "import sys; from groundplan.cli.main import run\n"
        "code = run(sys.argv[1:]); print(code, *sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True)
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    rooms = {name for module in modules for name in (module.split(".")[0], ".".join(module.split(".")[:2]))}
    heavy = HEAVY - {"typer"} - ({"rich"} if arguments[0] in WITH_TABLES else set())
    assert (heavy | unused | set(BY_TOUCH)) & rooms == set()
    others = {f"groundplan.cli.{name}" for name in (*COMMANDS, *GROUPS)}
    if arguments[0] != "--help":
        # Its own, and at most two whose tables or options it shares.
        assert len(others & set(modules)) <= 3


@pytest.mark.parametrize("command", [*(name for brought in COMMANDS.values() for name in brought), *GROUPS])
def test_every_command_is_found_by_its_name_alone(command: str) -> None:
    """The table of the commands says what their modules bring: nothing is in one and not in the other."""
    alone = app(command)
    assert len(alone.registered_commands) + len(alone.registered_groups) == 1
    everything = app()
    assert len(everything.registered_commands) == sum(map(len, COMMANDS.values()))
    assert [group.name for group in everything.registered_groups] == list(GROUPS)
