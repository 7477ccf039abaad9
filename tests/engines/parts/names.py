"""What the parts of the sample call each other by."""

from __future__ import annotations

from groundplan.resources.containers import EcsCluster, EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import LoadBalancer, TargetGroup
from groundplan.resources.monitoring import Topic
from groundplan.resources.network import InternetGateway, Subnet, Tier, Vpc
from groundplan.resources.security import Key
from groundplan.resources.values import Ref

REGION = "ap-south-1"
ZONES = ("a", "b")
COPIES_REGION = "ap-southeast-1"
TIERS: tuple[Tier, ...] = ("public", "private", "database")

VPC = Ref(Vpc, "main")
GATEWAY = Ref(InternetGateway, "main")
DATA_KEY = Ref(Key, "data")
LOGS_KEY = Ref(Key, "logs")
COPIES_KEY = Ref(Key, "copies")
BALANCER = Ref(LoadBalancer, "main")
API_TARGETS = Ref(TargetGroup, "api")
CLUSTER = Ref(EcsCluster, "main")
API = Ref(EcsService, "api")
PRIMARY = Ref(DatabaseInstance, "main")
ALERTS = Ref(Topic, "alerts")


def subnets(tier: Tier) -> tuple[Ref[Subnet], ...]:
    """The subnets of a tier, one in each zone."""
    return tuple(Ref(Subnet, tier, zone) for zone in ZONES)
