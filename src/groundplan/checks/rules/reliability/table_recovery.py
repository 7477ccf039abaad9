"""GP-REL-064."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import Table


class TableRecovery(Rule):
    id = "GP-REL-064"
    title = "A table can be brought back as it was at any second of the last weeks"
    severity = "warning"
    why = "An item that a program deletes or overwrites by mistake is gone."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_dynamodb_table: point_in_time_recovery, enabled = true",
        cloudformation="AWS::DynamoDB::Table: PointInTimeRecoverySpecification: PointInTimeRecoveryEnabled: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html#dynamodb-2"
    references = References(pillar="Reliability", security_hub=("DynamoDB.2",), checkov=("CKV_AWS_28",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for table in architecture.of(Table):
            if not table.point_in_time_recovery:
                yield self.violation(table, "has point_in_time_recovery false; true is right")
