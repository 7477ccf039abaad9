"""A small shop with a standby, as its people would write it."""

from __future__ import annotations

from typing import Any

from tests.design.blueprints import designed

from groundplan.resources import Architecture

SHOP: dict[str, Any] = {
    "project": "shop",
    "title": "Shop",
    "region": "us-east-1",
    "dns": {"zone": "shop.com"},
    "services": {
        "api": {
            "image": {"repository": "api", "tag": "1"},
            "port": 8000,
            "size": {"cpu": 256, "memory": 512},
            "tasks": {"desired": 3, "min": 3, "max": 6},
            "scaling": {"cpu": "70%"},
            "needs": ["main"],
            "public": {"domain": "api.shop.com"},
        },
    },
    "databases": {
        "main": {"engine": "postgres 16", "class": "db.t4g.micro", "storage": "20 GB", "backups": "7d"},
    },
    "alarms": {"email": "ops@shop.com", "latency": "2s"},
    "backup": {"keep": "35d", "copy_to": "eu-west-1", "lock": True, "test": "cron(0 8 ? * SUN *)"},
    "standby": {
        "region": "us-west-2",
        "overlay": {"network": {"cidr": "10.9.0.0/16"}, "services": {"api": {"tasks": {"desired": 1, "min": 1}}}},
    },
    "objectives": {"recovery_time": "15m"},
}


def merged(base: Any, changes: Any) -> Any:
    """The base with changes inside; None takes an entry away."""
    if not isinstance(base, dict) or not isinstance(changes, dict):
        return changes
    keys = [*base, *(key for key in changes if key not in base)]
    found = {key: merged(base.get(key), changes[key]) if key in changes else base[key] for key in keys}
    return {key: value for key, value in found.items() if value is not None}


def shop(**changes: Any) -> Architecture:
    """The shop with changes."""
    return designed(merged(SHOP, changes))
