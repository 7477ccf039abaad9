"""GP-VAL-007."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseSubnetGroup


class SubnetGroupZones(Rule):
    id = "GP-VAL-007"
    title = "A DB subnet group covers at least two zones"
    severity = "error"
    why = "RDS refuses a subnet group in one zone (DBSubnetGroupDoesNotCoverEnoughAZs), even for one instance."
    fix = Fix(
        blueprint="Name at least two letters in network.zones. A zone in which nothing else runs costs nothing.",
        terraform="aws_db_subnet_group: subnet_ids",
        cloudformation="AWS::RDS::DBSubnetGroup: SubnetIds",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(DatabaseSubnetGroup):
            zones = zones_of(architecture, group.subnets)
            if len(zones) < 2:
                yield self.violation(group, f"has subnets in {listed(zones)}; at least two zones are needed")
