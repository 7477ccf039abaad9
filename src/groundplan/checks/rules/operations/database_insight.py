"""GP-OPS-010."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance


class DatabaseInsight(Rule):
    id = "GP-OPS-010"
    title = "A database shows its processes and its slow queries"
    severity = "info"
    why = "When it is slow, nobody can say which query or which process it is."
    fix = Fix(
        blueprint="Set databases.<name>.monitoring (60s) and databases.<name>.performance_insights (7d is free).",
        terraform="aws_db_instance: monitoring_interval and performance_insights_enabled",
        cloudformation="AWS::RDS::DBInstance: MonitoringInterval and EnablePerformanceInsights",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-6"
    references = References(
        pillar="Operational Excellence", security_hub=("RDS.6",), checkov=("CKV_AWS_118", "CKV_AWS_353", "CKV_AWS_354")
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            off = []
            if not database.monitoring_interval:
                off.append("Enhanced Monitoring")
            if not database.performance_insights_enabled:
                off.append("Performance Insights")
            if off:
                yield self.violation(database, f"has {listed(off)} off; on is right")
