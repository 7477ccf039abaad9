"""GP-VAL-004."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import instances
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup


class CacheNodeType(Rule):
    id = "GP-VAL-004"
    title = "A cache has a node type that exists"
    severity = "error"
    why = "ElastiCache refuses a node type that it does not have."
    fix = Fix(
        blueprint="Set caches.<name>.class to a node type that exists, like cache.t4g.small.",
        terraform="aws_elasticache_replication_group: node_type",
        cloudformation="AWS::ElastiCache::ReplicationGroup: CacheNodeType",
    )
    source = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html"
    references = References(pillar="Performance Efficiency")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cache in architecture.of(CacheReplicationGroup):
            name = cache.node_type
            if name not in instances.cache_node_types():
                right = '; names of node types start with "cache.", like cache.t4g.small'
                instead = instances.suggest(name) if name.startswith("cache.") else right
                yield self.violation(cache, f"has node_type {name}, which ElastiCache does not have{instead}")
