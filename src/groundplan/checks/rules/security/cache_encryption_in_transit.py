"""GP-SEC-004."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup


class CacheEncryptionInTransit(Rule):
    id = "GP-SEC-004"
    title = "A cache is reached through TLS only, and asks for a token"
    severity = "error"
    why = "Sessions and whatever else is cached cross the network in clear, and whoever reaches the port reads them."
    fix = Fix(
        blueprint="Set caches.<name>.encryption to true.",
        terraform="aws_elasticache_replication_group: transit_encryption_enabled = true and auth_token",
        cloudformation="AWS::ElastiCache::ReplicationGroup: TransitEncryptionEnabled: true and AuthToken",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html#elasticache-5"
    references = References(
        pillar="Security", security_hub=("ElastiCache.5", "ElastiCache.6"), checkov=("CKV_AWS_30", "CKV_AWS_31")
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cache in architecture.of(CacheReplicationGroup):
            if not cache.transit_encryption_enabled:
                yield self.violation(cache, "has transit_encryption_enabled false; true is right")
            elif cache.auth_token is None:
                yield self.violation(cache, "has no auth_token; one out of Secrets Manager is right")
