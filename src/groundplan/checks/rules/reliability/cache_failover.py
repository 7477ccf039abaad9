"""GP-REL-010."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup


class CacheFailover(Rule):
    id = "GP-REL-010"
    title = "A cache fails over to a node in another zone"
    severity = "warning"
    why = "When the only node or its zone fails, sessions are lost and every request falls on the database."
    fix = Fix(
        blueprint="Set caches.<name>.nodes to 2 or more.",
        terraform="aws_elasticache_replication_group: automatic_failover_enabled = true and multi_az_enabled = true",
        cloudformation="AWS::ElastiCache::ReplicationGroup: AutomaticFailoverEnabled: true and MultiAZEnabled: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html#elasticache-3"
    references = References(pillar="Reliability", security_hub=("ElastiCache.3",), checkov=("CKV2_AWS_50",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cache in architecture.of(CacheReplicationGroup):
            zones = zones_of(architecture, architecture[cache.subnet_group].subnets)
            if not cache.automatic_failover_enabled:
                yield self.violation(cache, "has automatic_failover_enabled false; true with 2 nodes is right")
            elif cache.nodes_of_a_shard < 2:
                where = " in each shard" if cache.cluster_mode else ""
                yield self.violation(cache, f"has 1 node{where}; a primary and a replica are right")
            elif not cache.multi_az_enabled:
                yield self.violation(cache, "has multi_az_enabled false; true is right")
            elif len(zones) < 2:
                yield self.violation(cache, f"has subnets in {listed(zones)}; two zones are right")
