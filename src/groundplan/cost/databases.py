"""Amazon RDS and Amazon ElastiCache.

Sources: https://aws.amazon.com/rds/postgresql/pricing/, https://aws.amazon.com/elasticache/pricing/
"""

from __future__ import annotations

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.network import charge_public_addresses
from groundplan.cost.quantities import MONTH, amount, count
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance

FREE_INSIGHTS_DAYS = 7
"""Performance Insights keeps this much history without a charge."""
FREE_CACHE_SNAPSHOTS = 1
"""Stored snapshots of each cache that have no charge."""


def _instances(bill: Bill, instances: tuple[DatabaseInstance, ...]) -> None:
    for instance in instances:
        zones = "multi_az" if instance.multi_az else "single_az"
        noun = "Multi-AZ instance" if instance.multi_az else "instance"
        engine = _primary(bill, instance).engine
        class_name = instance.instance_class.replace(".", "_")
        bill.charge(instance, f"rds.{engine}.{class_name}.{zones}.hour", count(1, noun) * MONTH)
        _charge_storage(bill, instance, zones)
        _charge_extras(bill, instance)
    backed_up = tuple(instance for instance in instances if _has_backups(instance))
    if backed_up:
        free = sum(_storage(bill, instance) or 0 for instance in instances)
        bill.add_unpriced(
            backed_up,
            "usage does not state how much backups and snapshots take; "
            f"as much as all instances have storage, {free} GB, is free",
        )


def _primary(bill: Bill, instance: DatabaseInstance) -> DatabaseInstance:
    while instance.source is not None:
        instance = bill.architecture[instance.source]
    return instance


def _storage(bill: Bill, instance: DatabaseInstance) -> int | None:
    """GB of storage. A replica has what its primary has."""
    return instance.allocated_storage or _primary(bill, instance).allocated_storage


def _has_backups(instance: DatabaseInstance) -> bool:
    # RDS keeps a primary's backups for a day where nothing is said, a replica's not at all.
    # Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    days = instance.backup_retention_period
    return days > 0 if days is not None else instance.source is None


def _charge_storage(bill: Bill, instance: DatabaseInstance, zones: str) -> None:
    # Where no type is said, RDS makes gp2 volumes: see the page above.
    volume = instance.storage_type or _primary(bill, instance).storage_type or "gp2"
    size = _storage(bill, instance)
    if size is None:
        bill.add_unpriced(instance, "its storage has no stated size")
        return
    note = "Multi-AZ: on both sides" if instance.multi_az else ""
    bill.charge(instance, f"rds.storage.{volume}.{zones}.gb_month", amount(size, f"GB {volume}"), note=note)
    if volume in ("io1", "io2"):
        bill.add_unpriced(instance, f"{volume} storage is also charged by IOPS, which are not stated")


def _charge_extras(bill: Bill, instance: DatabaseInstance) -> None:
    if instance.publicly_accessible:
        charge_public_addresses(bill, instance, count(1, "instance"))
    if instance.manage_master_user_password:
        bill.charge(instance, "secretsmanager.secret.month", count(1, "secret that RDS keeps"))
    if instance.performance_insights_enabled:
        days = instance.performance_insights_retention_period or FREE_INSIGHTS_DAYS
        if days <= FREE_INSIGHTS_DAYS:
            bill.add_free(
                instance,
                f"Performance Insights over {days} days",
                "https://aws.amazon.com/rds/performance-insights/pricing/",
            )
        else:
            bill.add_unpriced(instance, f"no price of Performance Insights over {days} days is known")
    if instance.monitoring_interval and bill.usage.logs is None:
        bill.add_unpriced(instance, "Enhanced Monitoring writes logs, and usage.logs is not stated")


def _caches(bill: Bill, groups: tuple[CacheReplicationGroup, ...]) -> None:
    for group in groups:
        sku = f"elasticache.{group.engine}.{group.node_type.replace('.', '_')}.hour"
        bill.charge(group, sku, count(group.num_cache_clusters, "node") * MONTH)
        if group.snapshot_retention_limit > FREE_CACHE_SNAPSHOTS:
            bill.add_unpriced(
                group,
                f"usage does not state how much {group.snapshot_retention_limit} snapshots take; the first is free",
            )


PRICERS = (pricer(DatabaseInstance, _instances), pricer(CacheReplicationGroup, _caches))
