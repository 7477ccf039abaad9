"""A small shop, as its people would write it, and its paths."""

from __future__ import annotations

from typing import Any

from tests.design.blueprints import loaded

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design import design
from groundplan.simulation.availability.paths import RequestPath, paths
from groundplan.simulation.availability.rates import Case, Rates

SHOP: dict[str, Any] = {
    "project": "shop",
    "region": "us-east-1",
    "network": {"zones": ["a", "b"]},
    "services": {
        "api": {
            "image": {"repository": "api", "tag": "1"},
            "port": 8000,
            "tasks": {"desired": 3, "min": 3, "max": 6},
            "needs": ["main", "sessions", {"files": "read"}],
            "public": {"domain": "api.shop.com"},
        },
    },
    "databases": {"main": {"engine": "postgres 16", "class": "db.t4g.micro", "storage": "20 GB", "backups": "7d"}},
    "caches": {"sessions": {"engine": "redis 7.1", "class": "cache.t4g.micro", "nodes": 2}},
    "buckets": {"files": {}},
    "alarms": {"email": "ops@shop.com"},
}
STANDBY: dict[str, Any] = {
    "dns": {"zone": "shop.com"},
    "standby": {
        "region": "us-west-2",
        "overlay": {"network": {"cidr": "10.9.0.0/16"}, "services": {"api": {"tasks": {"desired": 1, "min": 1}}}},
    },
}


def merged(base: Any, changes: Any) -> Any:
    """The base with changes inside."""
    if not isinstance(base, dict) or not isinstance(changes, dict):
        return changes
    return {key: merged(base.get(key), changes[key]) if key in changes else base[key] for key in {**base, **changes}}


def shop(*changes: dict[str, Any]) -> LoadedEnvironment:
    """The shop with changes."""
    written: Any = SHOP
    for change in changes:
        written = merged(written, change)
    return loaded(written)


def path(*changes: dict[str, Any], case: Case = "expected", name: str = "api") -> RequestPath:
    """The path to the shop's service."""
    found = shop(*changes)
    rates = Rates(case, found.blueprint.reliability, found.blueprint.objectives.measured)
    return next(item for item in paths(design(found), rates) if item.name == name)


def api(**changes: Any) -> dict[str, Any]:
    """A change of the service."""
    return {"services": {"api": changes}}


def network(**changes: Any) -> dict[str, Any]:
    """A change of the network."""
    return {"network": changes}
