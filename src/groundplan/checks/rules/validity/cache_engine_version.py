"""GP-VAL-005."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import engines
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup


class CacheEngineVersion(Rule):
    id = "GP-VAL-005"
    title = "A cache has an engine version that ElastiCache creates"
    severity = "error"
    why = "ElastiCache refuses a version that it does not have."
    fix = Fix(
        blueprint="Set caches.<name>.engine to a version that exists, like redis 7.1 or valkey 8.0.",
        terraform="aws_elasticache_replication_group: engine and engine_version",
        cloudformation="AWS::ElastiCache::ReplicationGroup: Engine and EngineVersion",
    )
    source = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cache in architecture.of(CacheReplicationGroup):
            engine = engines.valkey if cache.engine == "valkey" else engines.redis
            problem = engine.find(cache.engine_version).problem()
            if problem:
                yield self.violation(cache, f"has engine_version {cache.engine_version}: {problem}")
