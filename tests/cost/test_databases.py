"""RDS and ElastiCache: classes, zones, replicas, storage and what comes with them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.cost.book import architecture_of, line, reasons
from tests.engines.samples import sample_architecture

from groundplan.blueprint.models import Usage
from groundplan.cost import Estimate, estimate
from groundplan.resources import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.units import DataSize

MAIN, REPLICA, REPORTS = "database_instance.main", "database_instance.main-replica[1]", "database_instance.reports"
CACHE = "cache_replication_group.sessions"


def _with(address: str, **changes: object) -> Architecture:
    architecture = sample_architecture()
    resource = architecture.at(address)
    assert resource is not None
    return architecture.changed(resource, **changes)


def _estimate(architecture: Architecture, **usage: Any) -> Estimate:
    return estimate(architecture, Usage(**usage), None)


def test_one_zone_costs_half_of_two() -> None:
    found = _estimate(_with(MAIN, multi_az=False))
    instance = line(found, MAIN, "rds.postgres.db_t3_medium.single_az.hour")
    assert (instance.monthly, instance.formula) == (Decimal("77.38"), "1 instance × 730 h × 0.106 USD")
    assert line(found, MAIN, "rds.storage.gp3.single_az.gb_month").monthly == Decimal("13.1")


def test_a_replica_has_the_storage_of_its_primary_and_a_class_of_its_own() -> None:
    bigger = _with(MAIN, allocated_storage=300)
    bigger = bigger.changed(bigger.at(REPLICA) or pytest.fail("no replica"), instance_class="db.t4g.large")
    found = _estimate(bigger)
    assert line(found, REPLICA, "rds.storage.gp3.single_az.gb_month").monthly == Decimal("39.30")  # 300 × 0.131
    assert line(found, REPLICA, "rds.postgres.db_t4g_large.single_az.hour").monthly == Decimal("121.91")  # 730 × 0.167


def test_a_class_without_a_price_is_unpriced_and_its_storage_is_not() -> None:
    found = _estimate(_with(MAIN, instance_class="db.r7g.16xlarge"))
    assert [item.sku for item in found.of(MAIN)] == ["rds.storage.gp3.multi_az.gb_month"]
    assert (
        "1 Multi-AZ instance × 730 h: no price of rds.postgres.db_r7g_16xlarge.multi_az.hour is known in ap-south-1"
        in reasons(found, MAIN)
    )


def test_storage_without_a_type_is_gp2_and_provisioned_storage_has_iops_to_pay() -> None:
    assert any(
        "rds.storage.gp2.multi_az.gb_month" in why for why in reasons(_estimate(_with(MAIN, storage_type=None)), MAIN)
    )
    assert "io1 storage is also charged by IOPS, which are not stated" in reasons(
        _estimate(_with(MAIN, storage_type="io1")), MAIN
    )


def test_storage_without_a_size_is_unpriced() -> None:
    found = _estimate(_with(MAIN, allocated_storage=None))
    assert "its storage has no stated size" in reasons(found, MAIN)
    assert "its storage has no stated size" in reasons(found, REPLICA)


def test_backups_are_free_up_to_the_storage_of_all_instances() -> None:
    _, why = reasons(_estimate(sample_architecture()), "database_instance.*")
    assert "220 GB, is free" in why  # 100, its replica's 100, 20
    none = _with(MAIN, backup_retention_period=0)
    none = none.changed(none.at(REPORTS) or pytest.fail("no reports"), backup_retention_period=0)
    assert not any("backups" in why for why in reasons(_estimate(none), "database_instance.*"))
    # Where nothing is said RDS keeps a day of backups.
    unsaid = none.changed(none.at(REPORTS) or pytest.fail("no reports"), backup_retention_period=None)
    assert any("backups" in why for why in reasons(_estimate(unsaid), REPORTS))


def test_seven_days_of_performance_insights_are_free_and_more_are_not() -> None:
    free = [item.why for item in _estimate(sample_architecture()).free if item.resource == MAIN]
    assert free == ["Performance Insights over 7 days"]
    long = _estimate(_with(MAIN, performance_insights_retention_period=731))
    assert any("Performance Insights over 731 days" in why for why in reasons(long, MAIN))


def test_enhanced_monitoring_is_part_of_the_logs() -> None:
    assert any("Enhanced Monitoring" in why for why in reasons(_estimate(sample_architecture()), MAIN))
    assert not reasons(_estimate(sample_architecture(), logs=DataSize.parse("1 GB")), MAIN)
    assert not any("Enhanced" in why for why in reasons(_estimate(_with(MAIN, monitoring_interval=0)), MAIN))


def test_a_password_that_rds_keeps_is_a_secret_to_pay_for() -> None:
    ohio = replace(sample_architecture(), region="us-east-2")
    assert line(_estimate(ohio), REPORTS, "secretsmanager.secret.month").monthly == Decimal("0.40")


def test_a_public_database_pays_for_its_address() -> None:
    assert line(_estimate(_with(MAIN, publicly_accessible=True)), MAIN, "public_ipv4.hour").monthly == Decimal("3.65")


@pytest.mark.parametrize(
    ("changes", "sku", "monthly"),
    [
        ({"num_cache_clusters": 1}, "elasticache.redis.cache_t3_medium.hour", "62.05"),
        ({"engine": "valkey"}, "elasticache.valkey.cache_t3_medium.hour", "99.28"),  # 2 × 730 × 0.068
        ({"node_type": "cache.t4g.micro"}, "elasticache.redis.cache_t4g_micro.hour", "29.20"),  # 2 × 730 × 0.02
    ],
)
def test_cache_nodes(changes: dict[str, object], sku: str, monthly: str) -> None:
    assert line(_estimate(_with(CACHE, **changes)), CACHE, sku).monthly == Decimal(monthly)


def test_one_snapshot_of_a_cache_is_free() -> None:
    assert "5 snapshots" in reasons(_estimate(sample_architecture()), CACHE)[0]
    assert not reasons(_estimate(_with(CACHE, snapshot_retention_limit=1)), CACHE)


def test_a_table_is_paid_by_its_use() -> None:
    locks, counters = "table.locks", "table.counters"
    found = _estimate(sample_architecture())
    assert not found.of(locks)
    (why,) = reasons(found, locks)
    assert why == (
        "usage does not state its requests and size, paid by: million writes (0.71 USD), million reads (0.1425 USD), "
        "GB a month; an account's first 25 are free (0.285 USD), GB a month that can be brought back"
    )
    assert not any("brought back" in why for why in reasons(found, counters))


def test_backups_are_charged_once_where_they_are_stated_for() -> None:
    """A replica in another region that has backups of its own is not of ``usage.database_backups``."""
    architecture = sample_architecture()
    elsewhere = architecture.at("database_instance.elsewhere") or pytest.fail("no replica elsewhere")
    kept = architecture.changed(elsewhere, backup_retention_period=7)
    found = _estimate(kept, database_backups=DataSize.parse("320 GB"))
    assert sum(item.quantity for item in found.lines if item.sku == "rds.backup.gb_month") == 100
    assert f"usage.database_backups is of {architecture.region} alone" in reasons(found, elsewhere.address)


def test_what_burstable_classes_do_beyond_their_credits_is_said_with_its_price() -> None:
    virginia = replace(sample_architecture(), region="us-east-1")
    (why,) = [why for why in reasons(_estimate(virginia), "database_instance.*") if "CPU" in why]
    assert why.endswith("above the baseline of their class, paid by vCPU-hour, 0.075 USD each")
    steady = _estimate(architecture_of([_instance("db.m5.large")], "us-east-1"))
    assert not any("CPU" in item.why for item in steady.unpriced)
    assert any(
        "CPU" in item.why for item in _estimate(architecture_of([_instance("db.t4g.small")], "us-east-1")).unpriced
    )


def _instance(instance_class: str) -> DatabaseInstance:
    return DatabaseInstance(
        name="main",
        concern="databases",
        identifier="main",
        instance_class=instance_class,
        engine="postgres",
        engine_version="16.10",
        allocated_storage=20,
        storage_type="gp3",
        security_groups=(),
    )
