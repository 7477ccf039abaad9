"""What stopping at night saves, and what a cache in cluster mode costs: reckoned by hand from us-east-1's prices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.cost.book import line, reasons
from tests.design.blueprints import loaded

from groundplan.cost import Estimate, estimate, to_json
from groundplan.design import design

START = """
    project: shop
    region: us-east-1
    profile: development
    off_hours: {timezone: America/New_York}
    services: {web: {image: {repository: web, tag: '1'}, size: {cpu: 256, memory: 512}, tasks: {desired: 1}}}
    databases: {main: {engine: postgres 16, class: db.t3.micro, storage: 20 GB, backup_window: "21:00-21:30"}}
"""
EKS = "    platform: eks\n    kubernetes: {nodes: {general: {instances: [t3.small], desired: 2}}}\n"
ON, DATABASE_ON = Decimal(65) / 168, Decimal("67.5") / 168
NODES, DATABASE = "node_group.general", "database_instance.main"


def costs(written: str) -> Estimate:
    found = loaded(written)
    return estimate(design(found), found.blueprint.usage, None)


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"))


def test_nodes_and_their_disks_are_paid_while_they_run() -> None:
    found = costs(START + EKS)
    nodes = line(found, NODES, "ec2.t3_small.hour")
    assert cents(nodes.monthly) == cents(2 * 730 * ON * Decimal("0.0208"))
    assert nodes.formula == "2 t3.small nodes × 730 h × 65 / 168 h a week × 0.0208 USD"
    disks = line(found, NODES, "ebs.gp3.gb_month")
    assert cents(disks.monthly) == cents(2 * 50 * ON * Decimal("0.08"))
    assert disks.formula == "2 gp3 volumes × 50 GB × 65 / 168 h a week × 0.08 USD"


def test_a_stopped_database_pays_for_its_storage_all_the_time() -> None:
    found = costs(START)
    instance = line(found, DATABASE, "rds.postgres.db_t3_micro.single_az.hour")
    assert cents(instance.monthly) == cents(730 * DATABASE_ON * Decimal("0.018"))
    assert "730 h × 67.5 / 168 h a week" in instance.formula
    assert line(found, DATABASE, "rds.storage.gp3.single_az.gb_month").quantity == 20


def test_tasks_are_paid_while_they_run() -> None:
    found = costs(START)
    assert cents(line(found, "ecs_service.web", "fargate.vcpu_hour").quantity) == cents(Decimal("0.25") * 730 * ON)


def test_what_cannot_be_stopped_is_paid_in_full_and_listed() -> None:
    found = costs(START + EKS)
    assert line(found, "kubernetes_cluster.main", "eks.cluster.hour").monthly == 73
    hours = found.off_hours
    assert hours is not None
    assert hours.hours_per_week == 65
    assert set(hours.stopped) == {NODES, DATABASE}
    assert hours.always_on == ("kubernetes_cluster.main", "nat_gateway.main[a]", "elastic_ip.nat[a]")


@pytest.mark.parametrize("platform", ["", EKS])
def test_the_saving_is_the_difference_to_the_same_that_never_stops(platform: str) -> None:
    found, awake = costs(START + platform), costs((START + platform).replace("off_hours: {timezone", "about: {version"))
    assert found.off_hours is not None
    assert awake.off_hours is None
    lost = sum(item.monthly for item in found.lines if item.sku == "cloudwatch.alarm.month") - sum(
        item.monthly for item in awake.lines if item.sku == "cloudwatch.alarm.month"
    )
    assert found.off_hours.saved > 5
    assert cents(awake.monthly - found.monthly) == cents(found.off_hours.saved - lost)


def test_json_carries_it() -> None:
    found = costs(START + EKS)
    data = to_json(found, "production")
    assert data["off_hours"]["hours_per_week"] == 65.0
    assert data["off_hours"]["saved"] == float(round(found.off_hours.saved, 2)) if found.off_hours else False
    assert "kubernetes_cluster.main" in data["off_hours"]["always_on"]
    assert "off_hours" not in to_json(costs(START.replace("off_hours: {timezone", "about: {version")), "production")


def test_every_node_of_every_shard_is_paid() -> None:
    cache = "    caches: {sessions: {engine: redis 7.0, class: cache.t3.micro, shards: 3, nodes: 2}}\n"
    charged = line(costs(START + cache), "cache_replication_group.sessions", "elasticache.redis.cache_t3_micro.hour")
    assert charged.monthly == 3 * 2 * 730 * Decimal("0.017")
    assert charged.formula == "3 shards × 2 nodes × 730 h × 0.017 USD"
    assert not reasons(costs(START + cache), "cache_replication_group.sessions")


def test_a_job_that_is_paid_while_it_runs_is_nothing_that_could_be_stopped() -> None:
    job = "    jobs: {report: {image: {repository: report}, schedule: rate(1 day)}}\n"
    job += "    usage: {job_hours: {report: 15h}}\n"
    found = costs(START + job)
    assert line(found, "schedule.report", "fargate.vcpu_hour").kind == "usage"
    assert found.off_hours is not None
    assert "schedule.report" not in found.off_hours.always_on
    assert found.off_hours.always_on == ("nat_gateway.main[a]", "elastic_ip.nat[a]")


def test_the_words_of_a_formula_give_its_amount() -> None:
    """Half an hour of a week is a decimal fraction of 168; twenty minutes are none, and stand as minutes."""
    for times, words in (("", " × 65 / 168 h a week "), ("start: '07:20', ", " × 3,800 / 10,080 min a week ")):
        found = costs((START + EKS).replace("{timezone", f"{{{times}timezone"))
        nodes = line(found, NODES, "ec2.t3_small.hour")
        assert words in nodes.formula
        share = words.replace(",", "").split()
        assert nodes.monthly == 2 * 730 * (Decimal(share[1]) / Decimal(share[3])) * Decimal("0.0208")
