"""Spontime: everything once, so that whatever goes takes all down."""

from __future__ import annotations

from tests.acceptance.availability import is_told, simulated, verdicts, without
from tests.acceptance.system import System

ENVIRONMENT = "poc"


def test_what_the_readme_tells_is_what_is_computed(system: System, readme: str) -> None:
    paths = simulated(system)
    assert is_told(readme, paths)
    assert {cause["element"] for cause in paths[0]["causes"] if cause["single_point_of_failure"]} >= {
        "task api 1",
        "instance of main",
        "zone us-east-1a",
    }
    assert verdicts(system, readme)
    assert without(system, "zone-a", expect=1)[0]["works"] is False
