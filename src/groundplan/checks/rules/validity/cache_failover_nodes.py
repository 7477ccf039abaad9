"""GP-VAL-024."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup

MOST_NODES = 6
"""A primary and five replicas."""


class CacheFailoverNodes(Rule):
    id = "GP-VAL-024"
    title = "A cache that fails over has a node to fail over to"
    severity = "error"
    why = (
        "ElastiCache refuses failover with one node, Multi-AZ without failover, and more than five replicas; in "
        "cluster mode it refuses to go without failover, and takes only a parameter group with cluster-enabled."
    )
    fix = Fix(
        blueprint="Set caches.<name>.nodes to 2 or more: failover follows from it.",
        terraform="aws_elasticache_replication_group: num_cache_clusters, automatic_failover_enabled, multi_az_enabled",
        cloudformation="AWS::ElastiCache::ReplicationGroup: NumCacheClusters, AutomaticFailoverEnabled, MultiAZEnabled",
    )
    source = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cache in architecture.of(CacheReplicationGroup):
            if cache.cluster_mode:
                yield from self._check_cluster(architecture, cache)
                continue
            nodes = cache.num_cache_clusters
            if nodes is None or not 1 <= nodes <= MOST_NODES:
                yield self.violation(cache, f"has num_cache_clusters {nodes}; 1 to {MOST_NODES} is right")
            elif cache.automatic_failover_enabled and nodes < 2:
                yield self.violation(cache, f"has automatic_failover_enabled and {nodes} node; 2 or more are needed")
            elif cache.multi_az_enabled and not cache.automatic_failover_enabled:
                yield self.violation(cache, "has multi_az_enabled without automatic_failover_enabled; both are right")

    def _check_cluster(self, architecture: Architecture, cache: CacheReplicationGroup) -> Iterator[Violation]:
        if cache.num_cache_clusters is not None or not cache.num_node_groups:
            yield self.violation(cache, "is in cluster mode; num_node_groups is right, and no num_cache_clusters")
        elif not 1 <= cache.nodes_of_a_shard <= MOST_NODES:
            yield self.violation(
                cache, f"has {cache.nodes_of_a_shard} nodes in each shard; 1 to {MOST_NODES} are right"
            )
        elif not cache.automatic_failover_enabled:
            yield self.violation(cache, "is in cluster mode without automatic_failover_enabled; true is right")
        elif cache.multi_az_enabled and cache.nodes_of_a_shard < 2:
            yield self.violation(cache, "has multi_az_enabled and 1 node in each shard; 2 or more are needed")
        elif architecture[cache.parameter_group].parameters.get("cluster-enabled") != "yes":
            yield self.violation(cache, "is in cluster mode; a parameter group with cluster-enabled yes is right")
