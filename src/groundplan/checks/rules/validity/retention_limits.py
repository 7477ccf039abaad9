"""GP-VAL-015."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance

MOST_DAYS = 35


class RetentionLimits(Rule):
    id = "GP-VAL-015"
    title = "Automated backups are kept for 0 to 35 days"
    severity = "error"
    why = "RDS and ElastiCache refuse a longer retention; AWS Backup keeps backups for longer."
    fix = Fix(
        blueprint="Set databases.<name>.backups or caches.<name>.snapshots to at most 35d.",
        terraform="aws_db_instance: backup_retention_period; "
        "aws_elasticache_replication_group: snapshot_retention_limit",
        cloudformation="AWS::RDS::DBInstance: BackupRetentionPeriod; "
        "AWS::ElastiCache::ReplicationGroup: SnapshotRetentionLimit",
    )
    source = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html"
    )
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            days = database.backup_retention_period
            if days is not None and not 0 <= days <= MOST_DAYS:
                yield self.violation(database, f"has backup_retention_period {days}; 0 to {MOST_DAYS} days is right")
        for cache in architecture.of(CacheReplicationGroup):
            days = cache.snapshot_retention_limit
            if not 0 <= days <= MOST_DAYS:
                yield self.violation(cache, f"has snapshot_retention_limit {days}; 0 to {MOST_DAYS} days is right")
