"""GP-OPS-012."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture


class DatabaseLogs(Rule):
    id = "GP-OPS-012"
    title = "A PostgreSQL database sends its log to CloudWatch"
    severity = "warning"
    why = "RDS itself keeps the log for three days, and nothing can search it or raise an alarm on it."
    fix = Fix(
        blueprint="Set databases.<name>.log_exports to [postgresql, upgrade].",
        terraform="aws_db_instance: enabled_cloudwatch_logs_exports",
        cloudformation="AWS::RDS::DBInstance: EnableCloudwatchLogsExports",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-9"
    references = References(pillar="Operational Excellence", security_hub=("RDS.9",), checkov=("CKV_AWS_129",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            exports = database.enabled_cloudwatch_logs_exports
            if database.engine == "postgres" and "postgresql" not in exports:
                found = ", ".join(exports) or "none"
                yield self.violation(database, f"has enabled_cloudwatch_logs_exports {found}; postgresql is right")
