"""SoleMate's production: 99.9 %, with one NAT gateway that no request passes."""

from __future__ import annotations

from tests.acceptance.availability import is_told, losses, simulated, verdicts
from tests.acceptance.rows import requirement
from tests.acceptance.system import System

ENVIRONMENT = "production"


@requirement("SM-14", "SM-135")
def test_uptime_is_above_the_objective(system: System, readme: str) -> None:
    """By formula at the bad end of every assumption, and by simulation; what AWS contracts for is less, and told so."""
    paths = simulated(system)
    assert [path["name"] for path in paths] == ["api", "assets"]
    for path in paths:
        assert path["met"] is True
        assert path["interval"][0] > 99.9
        assert path["simulation"]["availability"] > 99.9
        assert path["floor"]["availability"] < 99.9
    assert is_told(readme, paths)


@requirement("SM-14", "SM-59")
def test_what_a_loss_leaves_is_told(system: System, readme: str) -> None:
    assert losses(readme)["nat"] == "answers without it"
    assert verdicts(system, readme)
