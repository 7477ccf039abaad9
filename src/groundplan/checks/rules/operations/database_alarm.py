"""GP-OPS-004."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.watched import watched
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance


class DatabaseAlarm(Rule):
    id = "GP-OPS-004"
    title = "An alarm watches each database and each cache"
    severity = "warning"
    why = "A full disk, exhausted connections or a starved CPU show first in the users' complaints."
    fix = Fix(
        blueprint="Remove alarms: null from the blueprint; alarms for databases and caches are there by default.",
        terraform="aws_cloudwatch_metric_alarm with namespace AWS/RDS or AWS/ElastiCache",
        cloudformation="AWS::CloudWatch::Alarm with Namespace AWS/RDS or AWS/ElastiCache",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        databases = watched(architecture, "AWS/RDS")
        for database in architecture.of(DatabaseInstance):
            if database.ref not in databases:
                yield self.violation(database, "has no alarm on a metric of AWS/RDS; at least one is right")
        caches = watched(architecture, "AWS/ElastiCache")
        for cache in architecture.of(CacheReplicationGroup):
            if cache.ref not in caches:
                yield self.violation(cache, "has no alarm on a metric of AWS/ElastiCache; at least one is right")
