"""GP-OPS-014."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import WHOLE_ARCHITECTURE, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import Budget


class MonthlyBudget(Rule):
    id = "GP-OPS-014"
    title = "A budget tells somebody before the money is spent"
    severity = "info"
    why = "A loop that writes logs or a forgotten environment shows on the bill at the end of the month."
    fix = Fix(
        blueprint="Set objectives.budget, like 373 USD/month, and alarms.email.",
        terraform="aws_budgets_budget with notification",
        cloudformation="AWS::Budgets::Budget with NotificationsWithSubscribers",
    )
    source = "https://docs.aws.amazon.com/wellarchitected/latest/framework/cost_cloud_financial_management_budget_forecast.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        budgets = architecture.of(Budget)
        if not budgets:
            yield Violation(WHOLE_ARCHITECTURE, "the environment has no budget; one with a notification is right")
        for budget in budgets:
            if not any(notice.emails or notice.topics for notice in budget.notifications):
                yield self.violation(budget, "notifies nobody; an email address or a topic is right")
