"""Amazon RDS, Amazon ElastiCache and Amazon DynamoDB.

Sources: https://aws.amazon.com/rds/postgresql/pricing/, https://aws.amazon.com/elasticache/pricing/,
https://aws.amazon.com/dynamodb/pricing/on-demand/
"""

from __future__ import annotations

from decimal import Decimal

from groundplan.catalog import engines
from groundplan.catalog import instances as instance_classes
from groundplan.catalog.engines import Support
from groundplan.cost.bill import Bill, pricer
from groundplan.cost.instances import charge_credits
from groundplan.cost.network import charge_between_regions, charge_public_addresses
from groundplan.cost.quantities import MONTH, Quantity, amount, count, gigabytes, number
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance, Table

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
        bill.charge(instance, f"rds.{engine}.{class_name}.{zones}.hour", count(1, noun) * bill.hours(instance))
        _charge_storage(bill, instance, zones)
        _charge_extras(bill, instance)
        _charge_extended_support(bill, instance)
        if bill.region(_primary(bill, instance)) != bill.region(instance):
            why = "all that is written to the primary is transferred to the replica"
            charge_between_regions(bill, instance, _primary(bill, instance), why)
    charge_credits(bill, ((instance, instance.instance_class) for instance in instances))
    # What is free is reckoned region by region.
    for region in dict.fromkeys(bill.region(instance) for instance in instances):
        here = tuple(instance for instance in instances if bill.region(instance) == region)
        backed_up = tuple(instance for instance in here if _has_backups(instance))
        if not backed_up:
            continue
        _charge_backups(bill, region, backed_up, sum(_storage(bill, instance) or 0 for instance in here))


def _charge_backups(bill: Bill, region: str, instances: tuple[DatabaseInstance, ...], free: int) -> None:
    """Backups and snapshots, beyond what a region's instances have storage."""
    if region != bill.architecture.region:
        bill.add_unpriced(instances, f"usage.database_backups is of {bill.architecture.region} alone")
    elif bill.usage.database_backups is None:
        why = f"as much as all instances have storage, {free} GB, is free"
        bill.add_unpriced(
            instances, f"usage.database_backups is not stated: backups and snapshots are charged by size; {why}"
        )
    else:
        kept = gigabytes(bill.usage.database_backups)
        paid = kept.less(min(kept.value, Decimal(free)), f"of {free} GB free, the storage of all instances")
        bill.charge(instances, "rds.backup.gb_month", paid, "usage")


def _charge_extended_support(bill: Bill, instance: DatabaseInstance) -> None:
    """Each vCPU of an engine that is past standard support, on both sides of Multi-AZ.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html
    """
    primary = _primary(bill, instance)
    engine = {"postgres": engines.postgres, "mysql": engines.mysql}.get(primary.engine or "")
    version = engine.find(primary.engine_version) if engine and primary.engine_version else None
    if version is None or version.support(version.source.date) is not Support.EXTENDED:
        return
    known = instance_classes.rds_classes().get(instance.instance_class)
    what = f"{primary.engine} {primary.engine_version} is in extended support"
    if known is None or known.vcpu is None:
        bill.add_unpriced(instance, f"{what}, which is paid by vCPU, and {instance.instance_class} is not known")
        return
    ended = version.standard_support_ends
    if ended is not None and (version.source.date - ended).days > 2 * 365:
        bill.add_unpriced(instance, f"{what} in its third year, of which no price is known", lacks_price=True)
        return
    quantity = amount(known.vcpu, "vCPU") * count(2 if instance.multi_az else 1, "side") * bill.hours(instance)
    bill.charge(instance, "rds.extended_support_y1.vcpu_hour", quantity, note=what)


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
    several = []
    for group in groups:
        sku = f"elasticache.{group.engine}.{group.node_type.replace('.', '_')}.hour"
        bill.charge(group, sku, _nodes(group) * MONTH)
        if group.snapshot_retention_limit > FREE_CACHE_SNAPSHOTS:
            several.append(group)
    if not several:
        return
    if bill.usage.cache_snapshots is not None:
        bill.charge(tuple(several), "elasticache.backup.gb_month", gigabytes(bill.usage.cache_snapshots), "usage")
        return
    for group in several:
        bill.add_unpriced(
            group,
            f"usage.cache_snapshots is not stated: of {group.snapshot_retention_limit} snapshots the first is free",
        )


def _nodes(group: CacheReplicationGroup) -> Quantity:
    if group.cluster_mode is None:
        return count(group.nodes, "node")
    return count(group.num_node_groups or 0, "shard") * count(group.nodes_of_a_shard, "node")


_TABLE_USE = (
    ("million writes", "dynamodb.on_demand.write_per_1m"),
    ("million reads", "dynamodb.on_demand.read_per_1m"),
    ("GB a month; an account's first 25 are free", "dynamodb.storage.gb_month"),
)
_TABLE_RECOVERY = ("GB a month that can be brought back", "dynamodb.pitr.gb_month")


def _tables(bill: Bill, tables: tuple[Table, ...]) -> None:
    """On demand a table that nobody asks costs nothing but what it holds."""
    for table in tables:
        use = (*_TABLE_USE, _TABLE_RECOVERY) if table.point_in_time_recovery else _TABLE_USE
        prices = ((what, bill.price(sku, table)) for what, sku in use)
        each = ", ".join(
            what if isinstance(price, str) else f"{what} ({number(price.usd)} USD)" for what, price in prices
        )
        bill.add_unpriced(table, f"usage does not state its requests and size, paid by: {each}")


PRICERS = (pricer(DatabaseInstance, _instances), pricer(CacheReplicationGroup, _caches), pricer(Table, _tables))
