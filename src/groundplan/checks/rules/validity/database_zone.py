"""GP-VAL-135."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance


class DatabaseZone(Rule):
    id = "GP-VAL-135"
    title = "A database with a standby names no zone, one without names a zone of its subnets"
    severity = "error"
    why = "RDS refuses a zone together with a standby, and a zone that its subnet group does not have."
    fix = Fix(
        blueprint="Leave databases.<name>.zone out, or set standby: false and name a zone of network.zones.",
        terraform="aws_db_instance: availability_zone, multi_az",
        cloudformation="AWS::RDS::DBInstance: AvailabilityZone, MultiAZ",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            zone = database.availability_zone
            if zone is None:
                continue
            if database.multi_az:
                yield self.violation(
                    database, f"has availability_zone {zone} and multi_az true; one of the two is right"
                )
            elif database.subnet_group:
                zones = zones_of(architecture, architecture[database.subnet_group].subnets)
                if zone not in zones:
                    yield self.violation(
                        database, f"has availability_zone {zone}, and its subnets are in {listed(zones)}"
                    )
