"""GP-OPS-009."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance


class MinorUpgrades(Rule):
    id = "GP-OPS-009"
    title = "Databases and caches take minor upgrades by themselves"
    severity = "warning"
    why = "Security fixes of the engine wait until somebody remembers them."
    fix = Fix(
        blueprint="Set databases.<name>.minor_upgrades to true.",
        terraform="aws_db_instance, aws_elasticache_replication_group: auto_minor_version_upgrade = true",
        cloudformation="AWS::RDS::DBInstance, AWS::ElastiCache::ReplicationGroup: AutoMinorVersionUpgrade: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-13"
    references = References(
        pillar="Operational Excellence",
        security_hub=("RDS.13", "ElastiCache.2"),
        cis=("2.3.2",),
        checkov=("CKV_AWS_226",),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        stores: tuple[DatabaseInstance | CacheReplicationGroup, ...] = (
            *architecture.of(DatabaseInstance),
            *architecture.of(CacheReplicationGroup),
        )
        for store in stores:
            if not store.auto_minor_version_upgrade:
                yield self.violation(store, "has auto_minor_version_upgrade false; true is right")
