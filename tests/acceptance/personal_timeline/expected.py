"""What the specification demands of each environment of personal-timeline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from tests.acceptance.system import System

ZONES = ("a", "b", "c")
THIRD = {"public": (1, 2, 3), "private": (11, 12, 13), "database": (21, 22, 23)}
"""The third number of the range of each tier's subnets, by zone."""
ENVIRONMENTS = ("development", "staging", "production")
BUCKETS = ("media", "backups", "logs", "static")


@dataclass(frozen=True)
class Nodes:
    """A node group."""

    instance: str
    min: int
    desired: int
    max: int
    spot: bool = False
    zones: str = "abc"


@dataclass(frozen=True)
class Expected:
    """One environment."""

    token: str
    """What it is called in names (C-37)."""
    network: str
    """The first two numbers of its addresses."""
    gateways: int
    nodes: dict[str, Nodes]
    database: str
    standby: bool
    replicas: int
    backups: int
    """Days."""
    cache: str
    shards: int
    cache_nodes: int
    """Of a shard."""
    pods: tuple[int, int]
    """Fewest and most of the api."""
    budget: int
    domain: str
    """What stands between ``api.`` and the project's domain."""

    @property
    def prefix(self) -> str:
        """How every name begins."""
        return f"personal-timeline-{self.token}-"

    def cidr(self, tier: str, zone: str) -> str:
        """The range of a subnet."""
        return f"{self.network}.{THIRD[tier][ZONES.index(zone)]}.0/24"


_large = partial(Nodes, min=0, desired=1, max=4)
EXPECTED = {
    "development": Expected(
        token="dev", network="10.2", gateways=1,
        nodes={"general": Nodes("t3.small", min=1, desired=2, max=4, spot=True, zones="a")},
        database="db.t3.micro", standby=False, replicas=0, backups=3,
        cache="cache.t3.micro", shards=1, cache_nodes=1, pods=(1, 2), budget=500, domain="dev.",
    ),
    "staging": Expected(
        token="staging", network="10.1", gateways=1,
        nodes={
            "general": Nodes("t3.medium", min=3, desired=3, max=6),
            "memory": _large("r5.large"), "compute": _large("c5.large", spot=True),
        },
        database="db.t3.small", standby=True, replicas=0, backups=7,
        cache="cache.t3.small", shards=1, cache_nodes=2, pods=(2, 6), budget=1500, domain="staging.",
    ),
    "production": Expected(
        token="prod", network="10.0", gateways=3,
        nodes={
            "general": Nodes("t3.large", min=3, desired=6, max=12),
            "memory": _large("r5.large"), "compute": _large("c5.large", spot=True),
        },
        database="db.r5.large", standby=True, replicas=1, backups=7,
        cache="cache.r5.large", shards=2, cache_nodes=2, pods=(3, 12), budget=5000, domain="",
    ),
}  # fmt: skip


def expected(system: System) -> Expected:
    """Of the environment that a test looks at."""
    return EXPECTED[system.environment]
