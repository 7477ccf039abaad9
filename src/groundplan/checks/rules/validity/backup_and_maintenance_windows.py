"""GP-VAL-016."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.windows import DAY, daily_window, weekly_window
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance

RDS_MINUTES = 30
CACHE_MINUTES = 60


class BackupAndMaintenanceWindows(Rule):
    id = "GP-VAL-016"
    title = "Backup and maintenance windows are well formed, long enough and do not overlap"
    severity = "error"
    why = "RDS and ElastiCache refuse a window that is too short (30 and 60 minutes), and two that overlap."
    fix = Fix(
        blueprint="Move or lengthen backup_window, snapshot_window or maintenance_window of the database or cache.",
        terraform="aws_db_instance: backup_window and maintenance_window; "
        "aws_elasticache_replication_group: snapshot_window and maintenance_window",
        cloudformation="AWS::RDS::DBInstance: PreferredBackupWindow and PreferredMaintenanceWindow; "
        "AWS::ElastiCache::ReplicationGroup: SnapshotWindow and PreferredMaintenanceWindow",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            for problem in _problems("backup_window", database.backup_window, database.maintenance_window, RDS_MINUTES):
                yield self.violation(database, problem)
        for cache in architecture.of(CacheReplicationGroup):
            for problem in _problems("snapshot_window", cache.snapshot_window, cache.maintenance_window, CACHE_MINUTES):
                yield self.violation(cache, problem)


def _problems(called: str, backup: str | None, maintenance: str | None, least: int) -> Iterator[str]:
    daily = daily_window(backup) if backup else None
    weekly = weekly_window(maintenance) if maintenance else None
    if backup and daily is None:
        yield f"has {called} {backup}; a daily window in UTC like 03:00-04:00 is right"
    if maintenance and weekly is None:
        yield f"has maintenance_window {maintenance}; a weekly window in UTC like sun:04:00-sun:05:00 is right"
    if daily and daily.minutes < least:
        yield f"has {called} {backup} of {daily.minutes} minutes; at least {least} is right"
    if weekly and not least <= weekly.minutes <= DAY:
        yield f"has maintenance_window {maintenance} of {weekly.minutes} minutes; {least} to {DAY} is right"
    if daily and weekly and daily.overlaps(weekly):
        yield f"has {called} {backup} and maintenance_window {maintenance}, which overlap; windows apart are right"
