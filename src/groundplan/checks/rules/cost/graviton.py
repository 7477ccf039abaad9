"""GP-COST-004."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import instances
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance

SIBLINGS = {"t3": "t4g", "m5": "m6g", "m6i": "m7g", "r5": "r6g", "r6i": "r7g"}
"""Family of Intel's or AMD's processors to the one of Graviton that costs less."""


class Graviton(Rule):
    id = "GP-COST-004"
    title = "Machines that do not care about it have AWS's own processors"
    severity = "info"
    why = (
        "Databases and caches of the same size cost about a tenth less on Graviton, and nothing in them has to change."
    )
    fix = Fix(
        blueprint=(
            "Choose the class with g behind its generation: db.t4g instead of db.t3, cache.r6g instead of cache.r5."
        ),
        terraform="aws_db_instance: instance_class; aws_elasticache_replication_group: node_type",
        cloudformation="AWS::RDS::DBInstance: DBInstanceClass; AWS::ElastiCache::ReplicationGroup: CacheNodeType",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        managed: list[tuple[Resource, str]] = [
            (item, item.instance_class) for item in architecture.of(DatabaseInstance)
        ]
        managed += [(item, item.node_type) for item in architecture.of(CacheReplicationGroup)]
        for resource, machine in managed:
            family = machine.split(".")[1] if machine.count(".") == 2 else ""
            better = machine.replace(f".{family}.", f".{SIBLINGS[family]}.") if family in SIBLINGS else None
            if better and instances.find(better):
                yield self.violation(resource, f"has {machine}; {better} is as large and costs less")
