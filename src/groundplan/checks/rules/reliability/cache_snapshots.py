"""GP-REL-011."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup


class CacheSnapshots(Rule):
    id = "GP-REL-011"
    title = "A cache has daily snapshots"
    severity = "warning"
    why = "What lives in the cache only (sessions, counters, queues) cannot be brought back."
    fix = Fix(
        blueprint="Set caches.<name>.snapshots to at least 1d. Where the cache holds copies only, accept this finding.",
        terraform="aws_elasticache_replication_group: snapshot_retention_limit",
        cloudformation="AWS::ElastiCache::ReplicationGroup: SnapshotRetentionLimit",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html#elasticache-1"
    references = References(pillar="Reliability", security_hub=("ElastiCache.1",), checkov=("CKV_AWS_134",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cache in architecture.of(CacheReplicationGroup):
            if cache.snapshot_retention_limit == 0:
                yield self.violation(
                    cache, "has snapshot_retention_limit 0, which takes no snapshots; 1 or more is right"
                )
