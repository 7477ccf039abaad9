"""GP-COST-003."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.machines import machines
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture

PREVIOUS = frozenset({"t1", "t2", "m1", "m2", "m3", "m4", "c1", "c3", "c4", "r3", "r4", "x1", "i2", "d2"})


class PreviousGeneration(Rule):
    id = "GP-COST-003"
    title = "Machines are not of a previous generation"
    severity = "info"
    why = "They cost more for less, and AWS takes them out of its regions one after the other."
    fix = Fix(
        blueprint="Choose a class of a current family, like db.t4g.medium or cache.t4g.small.",
        terraform="aws_db_instance: instance_class; aws_elasticache_replication_group: node_type",
        cloudformation="AWS::RDS::DBInstance: DBInstanceClass; AWS::ElastiCache::ReplicationGroup: CacheNodeType",
    )
    source = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for resource, machine in machines(architecture):
            family = machine.removeprefix("db.").removeprefix("cache.").partition(".")[0]
            if family in PREVIOUS:
                yield self.violation(resource, f"has {machine} of a previous generation; a current family is right")
