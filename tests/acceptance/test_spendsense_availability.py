"""SpendSense's prod: what its README tells of availability."""

from __future__ import annotations

from tests.acceptance.availability import is_told, simulated, verdicts
from tests.acceptance.system import System

ENVIRONMENT = "prod"


def test_what_the_readme_tells_is_what_is_computed(system: System, readme: str) -> None:
    assert is_told(readme, simulated(system))
    assert verdicts(system, readme)
