"""GP-VAL-023."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup


class CacheAuthToken(Rule):
    id = "GP-VAL-023"
    title = "A cache with an authentication token encrypts in transit"
    severity = "error"
    why = "ElastiCache refuses a token without encryption in transit: it would travel in clear."
    fix = Fix(
        blueprint="Set caches.<name>.encryption to true.",
        terraform="aws_elasticache_replication_group: transit_encryption_enabled = true",
        cloudformation="AWS::ElastiCache::ReplicationGroup: TransitEncryptionEnabled: true",
    )
    source = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cache in architecture.of(CacheReplicationGroup):
            if cache.auth_token is not None and not cache.transit_encryption_enabled:
                yield self.violation(cache, "has an auth_token and transit_encryption_enabled false; true is right")
