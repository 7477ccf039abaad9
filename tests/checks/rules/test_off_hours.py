"""Off-hours and cluster mode: for each rule a fault that it finds and a neighbour that it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks.planting import Bad, Good, Planting, change, identify, less_rights, more_rights, remove, together
from tests.engines.parts.names import PRIMARY
from tests.engines.parts.off_hours import REPORTS

from groundplan.blueprint.calendar import WEEKDAYS, Calendar
from groundplan.resources import Architecture
from groundplan.resources.databases import CacheParameterGroup, CacheReplicationGroup
from groundplan.resources.governance import BackupPlan
from groundplan.resources.off_hours import OffHours
from groundplan.resources.schedules import Schedule
from groundplan.resources.values import Ref
from groundplan.resources.workloads import JobWorkload

CATALOGUE = "cache_replication_group.catalogue"
WEEK = WEEKDAYS[:5]


def asleep(start: str = "07:00", stop: str = "20:00", *, profile: str = "development", zone: str = "UTC") -> Planting:
    """The environment is stopped outside of these hours."""

    def planted(architecture: Architecture) -> Architecture:
        calendar = Calendar.of(start, stop, WEEK, zone)
        return replace(architecture, off_hours=OffHours(calendar, profile, {REPORTS: calendar.minutes_on()}))

    return together(backed_up("cron(0 12 ? * * *)"), planted)


def runs(expression: str, zone: str = "UTC") -> Planting:
    """One schedule of tasks is left, at that time."""
    return together(
        remove(Schedule, "report"),
        change(Schedule, "nightly", schedule_expression=expression, schedule_expression_timezone=zone),
    )


def job(schedule: str, *, enabled: bool = True) -> Planting:
    """A job in the cluster, and no other."""

    def planted(architecture: Architecture) -> Architecture:
        (pod, *_) = architecture.workloads if architecture.workloads else (None,)
        assert pod is None
        return replace(architecture, workloads=(kubernetes_job(schedule, enabled=enabled),))

    return together(remove(Schedule, "report"), remove(Schedule, "nightly"), planted)


def kubernetes_job(schedule: str, *, enabled: bool) -> JobWorkload:
    from tests.design.blueprints import designed

    found = designed("""
        project: shop
        region: eu-west-1
        platform: eks
        kubernetes: {nodes: {general: {instances: [t3.large]}}}
        jobs: {clean: {image: {repository: clean, tag: '1'}, schedule: cron(0 3 * * ? *)}}
        """)
    (known,) = (item for item in found.workloads if isinstance(item, JobWorkload))
    return replace(known, schedule=schedule, enabled=enabled)


def backed_up(expression: str) -> Planting:
    """The plan does its work at that time."""

    def planted(architecture: Architecture) -> Architecture:
        plan = architecture[Ref(BackupPlan, "main")]
        rules = tuple(replace(rule, schedule_expression=expression) for rule in plan.rules)
        return architecture.changed(plan, rules=rules)

    return planted


def cluster(**fields: object) -> Planting:
    return change(CacheReplicationGroup, "catalogue", **fields)


BAD = (
    Bad(
        "GP-VAL-090",
        less_rights("off-hours", "rds:StopDBInstance"),
        "api_schedule.stop-reports",
        ("role.off-hours", "rds:StopDBInstance on {database_instance.reports.arn}"),
    ),
    Bad(
        "GP-VAL-090",
        together(
            less_rights("off-hours", "rds:StartDBInstance"),
            more_rights("off-hours", "rds:StartDBInstance", on=REPORTS.arn),
        ),
        "api_schedule.start-main",
        ("rds:StartDBInstance on {database_instance.main.arn}",),
    ),
    Bad(
        "GP-VAL-090",
        less_rights("off-hours", "sqs:SendMessage"),
        "api_schedule.stop-reports",
        ("sqs:SendMessage to queue.jobs-not-started",),
    ),
    Bad(
        "GP-REL-050",
        together(asleep(profile="production"), runs("cron(0 12 ? * MON *)")),
        "architecture",
        ("65 of 168",),
    ),
    Bad(
        "GP-OPS-050",
        together(asleep(), runs("cron(0 3 * * ? *)")),
        "schedule.nightly",
        ("Monday at 03:00 (UTC)",),
    ),
    Bad(
        "GP-OPS-050",
        together(asleep(zone="America/New_York"), runs("cron(0/30 9-17 ? * 2-6 *)", "Europe/Berlin")),
        "schedule.nightly",
        ("Monday at 03:00 (America/New_York)",),
    ),
    Bad(
        "GP-OPS-050",
        together(asleep(), runs("cron(0 12 ? * SAT,MON *)")),
        "schedule.nightly",
        ("Saturday at 12:00",),
    ),
    Bad("GP-OPS-050", together(asleep(), runs("rate(6 hours)")), "schedule.nightly", ("when the environment is",)),
    Bad("GP-OPS-050", together(asleep(), runs("cron(0 12 ? * 6#3 *)")), "schedule.nightly", ("Saturday at 12:00",)),
    Bad(
        "GP-OPS-050",
        together(asleep(), job("0 21 * * 1-5")),
        "kubernetes_cluster.pods",
        ("has the job clean, which starts on Monday at 21:00 (UTC), when there are no nodes",),
    ),
    Bad(
        "GP-REL-051",
        together(asleep(), runs("cron(0 12 ? * MON *)"), backed_up("cron(0 5 ? * * *)")),
        "backup_plan.main",
        ("cron(0 5 ? * * *) (UTC), when the databases are always stopped",),
    ),
    Bad("GP-VAL-024", cluster(automatic_failover_enabled=False), CATALOGUE, ("true is right",), also=("GP-REL-010",)),
    Bad("GP-VAL-024", cluster(replicas_per_node_group=6), CATALOGUE, ("7 nodes in each shard; 1 to 6",)),
    Bad("GP-VAL-024", cluster(num_node_groups=None), CATALOGUE, ("num_node_groups is right",)),
    Bad("GP-VAL-024", cluster(num_cache_clusters=2), CATALOGUE, ("no num_cache_clusters",)),
    Bad("GP-VAL-024", cluster(replicas_per_node_group=0), CATALOGUE, ("1 node in each shard",), also=("GP-REL-010",)),
    Bad(
        "GP-VAL-024",
        change(CacheParameterGroup, "catalogue", parameters={}),
        CATALOGUE,
        ("a parameter group with cluster-enabled yes",),
    ),
    Bad(
        "GP-REL-010",
        cluster(replicas_per_node_group=0, multi_az_enabled=False),
        CATALOGUE,
        ("1 node in each shard; a primary and a replica are right",),
    ),
    Bad("GP-REL-018", cluster(num_node_groups=46), CATALOGUE, ("92 nodes per cluster", "90 is the default quota")),
)

GOOD = (
    Good("GP-VAL-090", more_rights("off-hours", "rds:RebootDBInstance", on=PRIMARY.arn)),
    Good("GP-REL-050", asleep()),
    Good("GP-OPS-050", together(asleep(), runs("cron(0 7 ? * MON-FRI *)"))),
    Good("GP-OPS-050", together(asleep(), runs("at(2027-01-01T03:00:00)"))),
    Good("GP-OPS-050", together(asleep(), runs("cron(0 3 * * ? *)"), change(Schedule, "nightly", state="DISABLED"))),
    Good("GP-OPS-050", runs("cron(0 3 * * ? *)")),
    Good("GP-OPS-050", together(asleep(), job("0 9 * * 1-5"))),
    Good("GP-OPS-050", together(asleep(), job("0 21 * * 1-5", enabled=False))),
    Good("GP-REL-051", together(asleep(), backed_up("cron(0 12 ? * * *)"))),
    Good("GP-REL-051", backed_up("cron(0 5 ? * * *)")),
    Good("GP-VAL-024", cluster(num_node_groups=1)),
    Good("GP-REL-018", cluster(num_node_groups=45)),
    Good("GP-REL-010", cluster(replicas_per_node_group=5)),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
