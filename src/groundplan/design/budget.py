"""The budget of the environment, and whom it tells."""

from __future__ import annotations

from groundplan.design.draft import Draft
from groundplan.resources.monitoring import Budget, BudgetNotification, Topic
from groundplan.resources.values import Ref


def add_budget(draft: Draft, topic: Ref[Topic]) -> None:
    """Speaks at 80 % and 100 % of what is spent, and when the forecast passes the budget.

    Only what carries the environment's tags is counted. AWS counts by a tag from the day on that somebody activates it
    in the account as a cost allocation tag, once.
    Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """
    budget = draft.blueprint.objectives.budget
    if budget is None:
        return
    draft.add(
        Budget(
            name="monthly",
            concern="monitoring",
            budget_name=draft.called("budget", "monthly", "objectives.budget"),
            limit_usd=budget.usd,
            cost_filter_tags=draft.marks,
            notifications=(
                BudgetNotification(notification_type="ACTUAL", threshold_percent=80, topics=(topic,)),
                BudgetNotification(notification_type="ACTUAL", threshold_percent=100, topics=(topic,)),
                BudgetNotification(notification_type="FORECASTED", threshold_percent=100, topics=(topic,)),
            ),
            tags=draft.name_tag("monthly"),
        )
    )
