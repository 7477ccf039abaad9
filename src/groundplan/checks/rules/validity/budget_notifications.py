"""GP-VAL-120."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import Budget

MOST = 10


class BudgetNotifications(Rule):
    id = "GP-VAL-120"
    title = "A budget has an amount, and up to ten notifications for up to ten people each"
    severity = "error"
    why = (
        "AWS Budgets refuses more notifications, more than ten addresses or more than one topic for one of "
        "them, and an amount of 0."
    )
    fix = Fix(
        blueprint="Set objectives.budget to an amount above 0, and alarms.email to one address.",
        terraform="aws_budgets_budget: limit_amount, notification",
        cloudformation="AWS::Budgets::Budget: BudgetLimit, NotificationsWithSubscribers",
    )
    source = "https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for budget in architecture.of(Budget):
            if budget.limit_usd <= 0:
                yield self.violation(budget, f"has limit_usd {budget.limit_usd}; more than 0 is right")
            if len(budget.notifications) > MOST:
                yield self.violation(budget, f"has {len(budget.notifications)} notifications; {MOST} are the most")
            told = Counter((item.notification_type, item.threshold_percent) for item in budget.notifications)
            for (kind, percent), count in told.items():
                if count > 1:
                    yield self.violation(budget, f"tells {count} times of {kind} {percent} percent; once is right")
            for item in budget.notifications:
                if len(item.emails) > MOST or len(item.topics) > 1:
                    yield self.violation(
                        budget,
                        f"tells {len(item.emails)} addresses and {len(item.topics)} topics; "
                        f"{MOST} and one are the most",
                    )
