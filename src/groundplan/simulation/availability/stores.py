"""What a service needs to answer: databases, caches, buckets, queues, shared files."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.resources import Need
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.network import NatGateway, Subnet
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref
from groundplan.simulation.availability.assembly import NAT_GATEWAY, Assembly

HARD = ("databases", "buckets", "services")
"""Without these a request fails, unless the need says otherwise."""
WITHOUT = {
    "caches": "a cache: without it answers take longer",
    "queues": "messages wait, or are sent later",
    "databases": "the blueprint says that requests are answered without it",
    "buckets": "the blueprint says that requests are answered without it",
    "services": "the blueprint says that requests are answered without it",
}


def is_hard(need: Need) -> bool:
    """Whether a request fails without what is needed."""
    return need.family in HARD if need.required is None else need.required


def add_database(links: Assembly, name: str) -> None:
    """A database: its instance, the standby in another zone where it has one, and its maintenance."""
    instance = links.architecture.find(DatabaseInstance, name)
    assert instance is not None, name
    failover = links.rates.seconds("multi_az_failover")
    recovery = links.rates.seconds("instance_recovery")
    links.series(f"engine of {name}", links.element(f"upgrade of {name}", "database_upgrade"))
    zones = _database_zones(links, instance)
    if instance.multi_az and len(zones) > 1:
        primary = links.element(f"primary of {name}", "database", recovery)
        second = links.element(f"standby of {name}", "database", recovery)
        here, there = links.zone(zones[0]), links.zone(zones[1])
        links.any_of(f"database {name}", ((primary, here), (second, there)))
        links.gap(primary, 1.0, failover, f"{name} fails over")
        links.gap(here, 1.0, failover, f"{name} fails over to {zones[1]}")
        links.series(f"patches of {name}", links.element(f"patch of {name}", "database_patch", failover))
        links.term(f"database {name}", "rds_multi_az")
    else:
        only = links.element(f"instance of {name}", "database", recovery)
        links.any_of(f"database {name}", ((only, links.zone(zones[0])),))
        links.series(f"patches of {name}", links.element(f"patch of {name}", "database_patch"))
        links.term(f"database {name}", "rds_single_az")
    replicas = [item for item in links.architecture.of(DatabaseInstance) if item.source == instance.ref]
    if any(item.region == instance.region for item in replicas):
        links.leave_out(f"read replicas of {name}", "nothing is led to them by itself when the primary is gone")


def add_cache(links: Assembly, name: str) -> None:
    """A cache: every shard needs a node."""
    group = links.architecture.find(CacheReplicationGroup, name)
    assert group is not None, name
    zones = links.places.zones(links.architecture[group.subnet_group].subnets)
    failover, replaced = links.rates.seconds("cache_failover"), links.rates.seconds("cache_replaced")
    nodes = group.nodes_of_a_shard
    spread = zones if group.multi_az_enabled else zones[:1]
    takes_over = nodes > 1 and group.automatic_failover_enabled
    for shard in range((group.num_node_groups or 1) if group.cluster_mode else 1):
        which = f"{name} {shard + 1}" if group.cluster_mode else name
        parts = []
        for number in range(nodes if takes_over else 1):
            node = links.element(f"node {number + 1} of cache {which}", "cache", replaced)
            zone = links.zone(spread[(shard + number) % len(spread)])
            parts.append((node, zone))
            if takes_over and number == 0:
                links.gap(node, 1.0, failover, f"cache {which} fails over")
                if len(spread) > 1:
                    links.gap(zone, 1.0, failover, f"cache {which} fails over")
        links.any_of(f"cache {which}", parts)
    several = takes_over and len(spread) > 1
    links.term(f"cache {name}", "elasticache_multi_az" if several else "elasticache_single_az")


def add_bucket(links: Assembly, name: str, subnets: Sequence[Ref[Subnet]], zones: Sequence[str]) -> None:
    """A bucket, its key, and the way to both from where the service stands."""
    links.managed("S3", "s3_standard")
    bucket = links.architecture.find(Bucket, name)
    if bucket is not None and bucket.kms_key is not None:
        links.managed("KMS", "kms")
    add_way_out(links, "s3", subnets, zones)


def add_queue(links: Assembly, subnets: Sequence[Ref[Subnet]], zones: Sequence[str]) -> None:
    """A queue that requests are not answered without."""
    links.managed("SQS", "sqs")
    add_way_out(links, "sqs", subnets, zones)


def add_way_out(links: Assembly, service: str, subnets: Sequence[Ref[Subnet]], zones: Sequence[str]) -> None:
    """The NAT gateways by which tasks reach a service of AWS, where it has no endpoint in the network."""
    by_zone: dict[str, NatGateway] = {}
    for subnet in subnets:
        gateway = None if links.places.has_endpoint(service, subnet) else links.places.gateway(subnet)
        if gateway is not None:
            by_zone[links.architecture[subnet].availability_zone] = gateway
    gateways = {gateway.address: gateway for gateway in by_zone.values()}
    if len(gateways) == 1:
        (gateway,) = gateways.values()
        zone = links.places.gateway_zone(gateway)
        links.series(f"way out by {zone}", links.element(f"NAT gateway {zone}", "nat"), links.zone(zone))
        links.term(NAT_GATEWAY, None)
        return
    for zone, gateway in by_zone.items():
        share = sum(other == zone for other in zones) / max(len(zones), 1)
        if share:
            nat = links.element(f"NAT gateway {links.places.gateway_zone(gateway)}", "nat")
            links.spare(nat)
            links.gap(nat, share, None, f"tasks in {zone} do not reach {service}")
            links.term(NAT_GATEWAY, None)


def _database_zones(links: Assembly, instance: DatabaseInstance) -> tuple[str, ...]:
    if instance.availability_zone is not None and not instance.multi_az:
        return (instance.availability_zone,)
    group = instance.subnet_group
    if group is None and instance.source is not None:
        group = links.architecture[instance.source].subnet_group
    assert group is not None, instance.address
    return links.places.zones(links.architecture[group].subnets)
