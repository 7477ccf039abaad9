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
            {"objectives": {"recovery_time": "0s"}},
            "objectives.recovery_time: nothing recovers in no time: even a failover takes seconds; write what is "
            "bearable, like 15m",
        ),
        (
            {"objectives": {"recovery": {"zone": {}}}},
            "objectives.recovery.zone: it demands nothing; write time, point or both, like {time: 15m, point: 5m}",
        ),
        (
            {
                "keys": "aws",
                "standby": {"overlay": {"keys": "customer"}},
                "objectives": {"recovery": {"key": {"time": "1h"}}},
            },
            "objectives.recovery.key: nobody can delete a key of AWS's own (keys: aws); leave it out",
        ),
        (
            {
                "databases": None,
                "services": {"api": {"needs": None}},
                "backup": None,
                "standby": None,
                "objectives": {"recovery": {"database": {"time": "1h"}}},
            },
            "objectives.recovery.database: there is neither a database nor a cache that could be lost; leave it out",
        ),
        (
            {
                "databases": None,
                "services": {"api": {"needs": None}},
                "backup": None,
                "standby": None,
                "objectives": {"recovery": {"table": {"point": "1h"}}},
            },
            "objectives.recovery.table: nothing keeps data: there is no database, bucket or volume; leave it out",
        ),
        (
            {"objectives": {"recovery": {"zones": {"time": "1h"}}}},
            'objectives.recovery.zones: "zones" is not task, node, database, zone, region, table, corruption or key; '
            'did you mean "zone"?',
        ),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in problems(**changes)
