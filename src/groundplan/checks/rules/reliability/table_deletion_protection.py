"""GP-REL-065."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import Table


class TableDeletionProtection(Rule):
    id = "GP-REL-065"
    title = "A table is protected from deletion"
    severity = "warning"
    why = "One wrong command deletes the table and all that is in it."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_dynamodb_table: deletion_protection_enabled = true",
        cloudformation="AWS::DynamoDB::Table: DeletionProtectionEnabled: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html#dynamodb-6"
    references = References(pillar="Reliability", security_hub=("DynamoDB.6",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for table in architecture.of(Table):
            if not table.deletion_protection:
                yield self.violation(table, "has deletion_protection false; true is right")
