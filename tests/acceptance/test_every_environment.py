"""No environment of an example is left out of what holds for all of them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from tests.acceptance.conftest import SYSTEMS
from tests.acceptance.everywhere import EveryRoot

from groundplan.blueprint.loading import load_all

EXAMPLES = Path(__file__).parents[2] / "examples"


def environments_tested(system: str) -> set[str]:
    """The environments whose Terraform goes through the real core and the check against the providers' schemas."""
    found = set()
    for file in Path(__file__).parent.glob(f"test_{system.replace('-', '_')}*.py"):
        module = importlib.import_module(f"tests.acceptance.{file.stem}")
        for item in vars(module).values():
            if isinstance(item, type) and issubclass(item, EveryRoot) and item.__module__ == module.__name__:
                marks = [mark.args[0] for mark in getattr(item, "pytestmark", ()) if mark.name == "environment"]
                found.add(marks[0] if marks else getattr(module, "ENVIRONMENT", "production"))
    return found


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_environment_is_tested(system: str) -> None:
    assert environments_tested(system) == {item.name for item in load_all(EXAMPLES / system / "groundplan.yaml")}


def test_every_example_is_tested() -> None:
    assert {file.parent.name for file in EXAMPLES.glob("*/groundplan.yaml")} == set(SYSTEMS)
