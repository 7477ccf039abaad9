"""GP-COST-018."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.thrift import redundant
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance

FREE = 7


class PaidInsights(Rule):
    id = "GP-COST-018"
    title = "Where nothing is there twice, insights are kept as long as they are free"
    severity = "info"
    why = "Seven days of Performance Insights cost nothing; each longer time is paid for every vCPU."
    fix = Fix(
        blueprint="Set databases.<name>.performance_insights to 7d.",
        terraform="aws_db_instance: performance_insights_retention_period",
        cloudformation="AWS::RDS::DBInstance: PerformanceInsightsRetentionPeriod",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.cost.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        if redundant(architecture):
            return
        for database in architecture.of(DatabaseInstance):
            days = database.performance_insights_retention_period
            if database.performance_insights_enabled and days is not None and days > FREE:
                yield self.violation(
                    database, f"has performance_insights_retention_period {days}; {FREE} days are free"
                )
