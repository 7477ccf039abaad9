"""GP-SEC-003."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup


class CacheEncryptionAtRest(Rule):
    id = "GP-SEC-003"
    title = "A cache is encrypted at rest"
    severity = "error"
    why = "Swap, synchronisation and snapshots hold the data in clear. It can be chosen only when the cache is created."
    fix = Fix(
        blueprint="Set caches.<name>.encryption to true.",
        terraform="aws_elasticache_replication_group: at_rest_encryption_enabled = true",
        cloudformation="AWS::ElastiCache::ReplicationGroup: AtRestEncryptionEnabled: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html#elasticache-4"
    references = References(pillar="Security", security_hub=("ElastiCache.4",), checkov=("CKV_AWS_29",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cache in architecture.of(CacheReplicationGroup):
            if not cache.at_rest_encryption_enabled:
                yield self.violation(cache, "has at_rest_encryption_enabled false; true is right")
