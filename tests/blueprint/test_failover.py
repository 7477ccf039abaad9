"""What a blueprint may say of the way to its standby."""

from __future__ import annotations

from typing import Any

import pytest
from tests.design.blueprints import loaded
from tests.recovery.shop import SHOP, merged

from groundplan.errors import InputError


def problems(**changes: Any) -> list[str]:
    """Path and message of everything that is wrong with the shop with changes."""
    try:
        loaded(merged(SHOP, changes))
    except InputError as error:
        return [f"{problem.path}: {problem.message}" for problem in error.problems]
    return []


def test_the_shop_is_fine() -> None:
    assert problems() == []
    assert problems(standby={"health": "10s", "after": "60m"}) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"standby": {"health": "20s"}}, "standby.health: Route 53 asks every 30s or every 10s, not every 20s"),
        ({"standby": {"after": "90s"}}, "standby.after: an alarm counts whole minutes, 1m to 60m, and this is 90s"),
        ({"standby": {"after": "61m"}}, "standby.after: an alarm counts whole minutes, 1m to 60m, and this is 61m"),
        (
            {"services": {"api": {"public": {"allow": ["10.0.0.0/8"]}}}},
            "services.api.public.allow: Route 53 could not ask for the health of the domain: it does so from addresses "
            "all over the world, which change; with a standby, protect the service by firewall: instead",
        ),
        (
            {"databases": None, "services": {"api": {"needs": None}}, "backup": None, "standby": {"promote": True}},
            "standby.promote: there is no database that could be promoted; leave it out",
        ),
        (
            {"standby": None},
            "objectives.recovery_time: nothing takes over from a region that is gone: write standby: too",
        ),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in problems(**changes)
