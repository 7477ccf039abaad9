"""GP-VAL-027."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance

INTERVALS = (0, 1, 5, 10, 15, 30, 60)
"""Seconds; 0: off."""
FREE_DAYS, LONGEST_DAYS, MONTH = 7, 731, 31


class DatabaseMonitoring(Rule):
    id = "GP-VAL-027"
    title = "Enhanced Monitoring and Performance Insights have values that RDS takes"
    severity = "error"
    why = "RDS refuses other intervals and retentions, and Enhanced Monitoring without a role that may write it."
    fix = Fix(
        blueprint="Set databases.<name>.monitoring to 1s, 5s, 10s, 15s, 30s or 60s, and performance_insights to 7d, "
        "a multiple of 31d, or 731d.",
        terraform="aws_db_instance: monitoring_interval, monitoring_role_arn, performance_insights_retention_period",
        cloudformation="AWS::RDS::DBInstance: MonitoringInterval, MonitoringRoleArn, "
        "PerformanceInsightsRetentionPeriod",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            interval = database.monitoring_interval
            if interval not in INTERVALS:
                known = ", ".join(map(str, INTERVALS))
                yield self.violation(database, f"has monitoring_interval {interval}; {known} seconds are right")
            elif interval and database.monitoring_role is None:
                yield self.violation(
                    database, f"has monitoring_interval {interval} without monitoring_role; one is needed"
                )
            days = database.performance_insights_retention_period
            if database.performance_insights_enabled and days is not None and not _is_retention(days):
                yield self.violation(
                    database,
                    f"has performance_insights_retention_period {days}; {FREE_DAYS}, a multiple of {MONTH} up to "
                    f"{23 * MONTH}, or {LONGEST_DAYS} days is right",
                )
            if days is not None and not database.performance_insights_enabled:
                yield self.violation(
                    database,
                    f"has performance_insights_retention_period {days} without Performance Insights; none is right",
                )


def _is_retention(days: int) -> bool:
    return days in (FREE_DAYS, LONGEST_DAYS) or (days % MONTH == 0 and 1 <= days // MONTH <= 23)
