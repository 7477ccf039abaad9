"""DS-155 to DS-166, DS-07, DS-181: what the specification guesses beside what `groundplan cost` finds (C-23)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.documents import table
from tests.acceptance.reserved import command, publish, years
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import CommandLine
from tests.operations.offer_files import OfferServer

from groundplan.blueprint.loading import load
from groundplan.catalog import instances
from groundplan.cost import Estimate
from groundplan.cost.report import cents
from groundplan.redesign import Bench
from groundplan.resources import Architecture
from groundplan.resources.containers import ClusterCapacityProviders, EcsService
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref
from groundplan.savings.terms import terms

RESERVABLE = {
    "database_instance.main": "rds.postgres.db_t3_medium.multi_az.hour",
    "database_instance.main_replica": "rds.postgres.db_t3_medium.single_az.hour",
    "cache_replication_group.sessions": "elasticache.redis.cache_t3_medium.hour",
}
"""What runs all the time, and its price on demand."""
WATCHING = ("alarm.", "dashboard.", "log_group.", "ecs_cluster.")
# The specification's line, its figure, and the resources that it speaks of.
LINES = [
    proves("DS-155", "ECS Fargate (3 tasks)", 45, ("ecs_service.",)),
    proves("DS-156", "RDS PostgreSQL", 85, ("database_instance.main",)),
    proves("DS-157", "RDS Read Replica", 85, ("database_instance.main_replica",)),
    proves("DS-158", "ElastiCache Redis", 50, ("cache_replication_group.",)),
    proves("DS-159", "NAT Gateway", 90, ("nat_gateway.", "elastic_ip.nat")),
    proves("DS-160", "S3 Storage", 3, ("bucket.",)),
    proves("DS-161", "CloudWatch", 15, WATCHING),
]


@pytest.fixture
def compared(readme: str) -> dict[str, dict[str, str]]:
    """The README's table of both estimates by the specification's line."""
    return {row["line"]: row for row in table(readme, "Cost beside the specification")}


def found(costs: Estimate, resources: Sequence[str]) -> Decimal:
    """The monthly sum of resources by the beginnings of their addresses; a full address stands for itself alone."""
    known = {line.resource for line in costs.lines}
    lines = [
        line.monthly
        for line in costs.lines
        if any(line.resource == part or (part not in known and line.resource.startswith(part)) for part in resources)
    ]
    return cents(sum(lines, Decimal(0)))


@pytest.mark.parametrize(("line", "demanded", "resources"), LINES)
def test_line_stands_beside_the_specification(
    compared: dict[str, dict[str, str]], costs: Estimate, line: str, demanded: int, resources: Sequence[str]
) -> None:
    row = compared[line]
    assert Decimal(row["specification"]) == demanded
    assert Decimal(row["Groundplan"]) == found(costs, resources)
    assert row["why they differ"]


@requirement("DS-162")
def test_the_sum_of_the_specification_and_ours(compared: dict[str, dict[str, str]], costs: Estimate) -> None:
    rows = [row for name, row in compared.items() if name != "Total"]
    assert sum(Decimal(row["specification"]) for row in rows if row["specification"] != "–") == 373
    rounded = sum(Decimal(row["Groundplan"]) for row in rows)
    assert abs(rounded - costs.monthly) < Decimal("0.005") * len(rows)
    assert Decimal(compared["Total"]["specification"]) == 373
    assert Decimal(compared["Total"]["Groundplan"]) == cents(costs.monthly)


@requirement("DS-162")
def test_every_omission_is_named(readme: str, costs: Estimate) -> None:
    """What is in neither sum because nothing states its amount is listed in the README by its resource."""
    listed = {name.strip("` ") for row in table(readme, "Not in either sum") for name in row["resource"].split(",")}
    kinds = {item.resource.split(".")[0] for item in costs.unpriced}
    assert kinds == listed


@requirement("DS-07", "DS-166", "DS-181")
def test_cost_report_is_a_table_and_data(command_line: CommandLine, compared: dict[str, dict[str, str]]) -> None:
    assert "USD/month" in command_line.run("cost")
    report: dict[str, Any] = command_line.json("cost")
    assert Decimal(str(report["monthly"])) == Decimal(compared["Total"]["Groundplan"])
    assert report["budget"] == 373
    for line in report["lines"]:
        assert line["monthly"] == pytest.approx(line["quantity"] * line["unit_price"], abs=0.006)
        assert line["formula"]
        assert line["source"]
        assert line["source_date"]


@requirement("DS-07")
def test_the_floor_is_shared_out(costs: Estimate) -> None:
    """Utilization: most of the money is due whether anybody comes or not, so the README says what each part is for."""
    assert costs.fixed / costs.monthly > Decimal("0.9")
    assert costs.range.least == costs.monthly  # three tasks are the fewest
    assert costs.range.most > costs.monthly


@requirement("DS-163")
def test_what_can_be_reserved(architecture: Architecture, readme: str) -> None:
    """Reserved instances exist for exactly these; how much they save needs AWS's reserved prices."""
    classes = {instance.instance_class for instance in architecture.of(DatabaseInstance)}
    nodes = {group.node_type for group in architecture.of(CacheReplicationGroup)}
    assert classes == {"db.t3.medium"}
    assert classes <= instances.rds_classes().keys()
    assert nodes == {"cache.t3.medium"}
    assert nodes <= instances.cache_node_types().keys()
    assert "Reserved Instances" in readme
    assert "`groundplan prices refresh --service rds --region ap-south-1`" in readme


@requirement("DS-163")
@pytest.mark.parametrize(
    ("left", "percent", "enough"), [("0.70", "30", True), ("0.7001", "29.99", False), ("0.55", "45", True)]
)
def test_a_year_of_reservations_is_worked_out_per_class(
    blueprint: Path, command_line: CommandLine, offers: OfferServer, left: str, percent: str, enough: bool
) -> None:
    """With a price list of this test's own figures, read by the commands that the missing terms name. Whether AWS's
    figures come to 30 % only AWS can say."""
    publish(offers, "ap-south-1", {sku: {1: Decimal(left)} for sku in RESERVABLE.values()})
    before, missing = terms(Bench(load(blueprint), "production").now)
    assert years(before, 1) == {}
    why = {item.resource: item.why for item in missing}
    for arguments in {tuple(command(why[resource])) for resource in RESERVABLE}:
        command_line.run(*arguments, "--from", offers.address, "--yes", file=False)
    now = Bench(load(blueprint), "production").now
    found, _ = terms(now)
    reserved = years(found, 1)
    on_demand = {line.resource: line for line in now.estimate.lines if line.sku in RESERVABLE.values()}
    assert reserved.keys() == on_demand.keys() == RESERVABLE.keys()
    for resource, one in reserved.items():
        line = on_demand[resource]
        assert line.sku == RESERVABLE[resource]
        assert one.monthly == line.quantity * line.unit_price * (1 - Decimal(left))
        assert one.formula == f"{line.formula} × {percent} %"
        assert one.source.startswith(f"AWS price list {offers.address}/offers/v1.0/aws/Amazon")
        assert one.source_date == "2026-11-19"
    assert years(found, 3) == {}
    saved = sum(one.monthly for one in reserved.values())
    assert (saved >= Decimal("0.30") * sum(line.monthly for line in on_demand.values())) is enough


@requirement("DS-164")
def test_spot_is_ready_for_batch_jobs_and_not_used_by_the_api(architecture: Architecture) -> None:
    """C-30"""
    assert "FARGATE_SPOT" in architecture[Ref(ClusterCapacityProviders, "main")].capacity_providers
    service = architecture[Ref(EcsService, "api")]
    assert (service.launch_type, service.capacity_providers) == ("FARGATE", ())


@requirement("DS-165")
def test_objects_move_to_intelligent_tiering(architecture: Architecture) -> None:
    rules = {rule.id: rule for rule in architecture[Ref(Bucket, "backups")].lifecycle_rules}
    rule = rules["optimize-storage-costs"]
    assert [(item.days, item.storage_class) for item in rule.transitions] == [(0, "INTELLIGENT_TIERING")]
    assert rule.prefix == ""


@requirement("DS-166")
def test_right_sizing_is_a_procedure(readme: str) -> None:
    section = readme.split("## Right-sizing review")[1].split("\n## ")[0]
    assert "groundplan cost" in section
    assert section.count("\n1.") + section.count("\n2.") + section.count("\n3.") + section.count("\n4.") == 4
