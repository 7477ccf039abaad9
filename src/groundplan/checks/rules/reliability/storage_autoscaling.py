"""GP-REL-015."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture


class StorageAutoscaling(Rule):
    id = "GP-REL-015"
    title = "A database's storage grows by itself"
    severity = "info"
    why = "A full disk stops the database until someone enlarges it."
    fix = Fix(
        blueprint="Set databases.<name>.storage to a range, like 100..500 GB gp3.",
        terraform="aws_db_instance: max_allocated_storage",
        cloudformation="AWS::RDS::DBInstance: MaxAllocatedStorage",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            if database.max_allocated_storage is None:
                yield self.violation(database, "has no max_allocated_storage; a limit above allocated_storage is right")
