"""GP-SEC-021."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import public_subnets
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import CacheSubnetGroup, DatabaseSubnetGroup


class DataInPublicSubnets(Rule):
    id = "GP-SEC-021"
    title = "Databases and caches stand in subnets without a way to the internet"
    severity = "error"
    why = "Where a route leads out, a route leads in: one setting is then left between the data and the world."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_db_subnet_group, aws_elasticache_subnet_group: subnet_ids",
        cloudformation="AWS::RDS::DBSubnetGroup, AWS::ElastiCache::SubnetGroup: SubnetIds",
    )
    source = "https://docs.aws.amazon.com/config/latest/developerguide/rds-instance-subnet-igw-check.html"
    references = References(pillar="Security", security_hub=("RDS.46",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        public = public_subnets(architecture)
        groups: tuple[DatabaseSubnetGroup | CacheSubnetGroup, ...] = (
            *architecture.of(DatabaseSubnetGroup),
            *architecture.of(CacheSubnetGroup),
        )
        for group in groups:
            found = [subnet.address for subnet in group.subnets if subnet in public]
            if found:
                yield self.violation(
                    group, f"has {listed(found)}, with a route to an internet gateway; subnets without one are right"
                )
