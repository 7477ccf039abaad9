"""GP-REL-060."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.connections import clients, connection_limit


class DatabaseConnections(Rule):
    id = "GP-REL-060"
    title = "The connections of all tasks at their peak are no more than the database takes"
    severity = "warning"
    why = (
        "At the peak, when it matters most, new tasks get no connection (too many clients already) and fail "
        "their health checks."
    )
    fix = Fix(
        blueprint=(
            "Raise databases.<name>.class, lower services.<name>.tasks.max, or set a smaller pool by an "
            "environment variable like DB_POOL_SIZE."
        ),
        terraform="aws_db_instance: instance_class; aws_appautoscaling_target: max_capacity",
        cloudformation=(
            "AWS::RDS::DBInstance: DBInstanceClass; AWS::ApplicationAutoScaling::ScalableTarget: MaxCapacity"
        ),
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        users = clients(architecture)
        for database in primaries(architecture):
            limit = connection_limit(architecture, database)
            counted = users.get(database.ref, [])
            total = sum(item.tasks * item.pool for item in counted)
            if limit is not None and total > limit:
                yield self.violation(
                    database,
                    f"takes {limit} connections, and {listed(counted)} open {total} at their peak; "
                    "a larger class, fewer tasks or "
                    "a smaller pool is right",
                )
