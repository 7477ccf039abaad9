"""Amazon CloudWatch, Amazon SNS, AWS Budgets.

Sources: https://aws.amazon.com/cloudwatch/pricing/, https://aws.amazon.com/sns/pricing/,
https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.quantities import amount, count, gigabytes
from groundplan.resources.monitoring import (
    Alarm,
    Budget,
    CompositeAlarm,
    Dashboard,
    LogGroup,
    MetricExpression,
    Topic,
    TopicSubscription,
)

COMPRESSION = Decimal("0.15")
"""Stored logs are charged compressed; AWS's calculator takes this share of what was written.

Source: https://calculator.aws/#/createCalculator/CloudWatch
"""
DAYS_PER_MONTH = Decimal(30)
STANDARD_PERIOD = 60
"""Seconds; alarms with a shorter period are charged as high-resolution alarms."""


def _alarms(bill: Bill, alarms: tuple[Alarm, ...]) -> None:
    for alarm in alarms:
        metrics = len(alarm.metric.metrics) if isinstance(alarm.metric, MetricExpression) else 1
        sku = "cloudwatch.alarm.month" if alarm.period >= STANDARD_PERIOD else "cloudwatch.alarm_hires.month"
        bill.charge(alarm, sku, count(metrics, "alarm metric"))


def _composite_alarms(bill: Bill, alarms: tuple[CompositeAlarm, ...]) -> None:
    for alarm in alarms:
        bill.charge(alarm, "cloudwatch.alarm_composite.month", count(1, "composite alarm"))


def _dashboards(bill: Bill, dashboards: tuple[Dashboard, ...]) -> None:
    for dashboard in dashboards:
        bill.charge(dashboard, "cloudwatch.dashboard.month", count(1, "dashboard"))


def _log_groups(bill: Bill, groups: tuple[LogGroup, ...]) -> None:
    if bill.usage.logs is None:
        bill.add_unpriced(groups, "usage.logs is not stated: ingestion and storage depend on it")
        return
    written = gigabytes(bill.usage.logs)
    bill.charge(groups, "cloudwatch.logs_ingest.gb", written, "usage", note="all logs of the environment")
    # usage.logs is one figure for all groups: the longest retention is the most that storage can cost.
    days = max(group.retention_in_days for group in groups)
    kept = written * amount(days, "days kept") / amount(DAYS_PER_MONTH, "days")
    bill.charge(
        groups,
        "cloudwatch.logs_storage.gb_month",
        kept * amount(COMPRESSION, "compressed"),
        "usage",
        note=f"once {days} days of logs have gathered",
    )


def _topics(bill: Bill, topics: tuple[Topic, ...]) -> None:
    """Each notification is one publish, and a delivery to each e-mail address and each webhook that listens."""
    if bill.usage.notifications is None:
        bill.add_unpriced(
            topics,
            "usage.notifications is not stated; the first million publishes and 1,000 e-mails of an account are free",
        )
        return
    said = amount(bill.usage.notifications, "notifications")
    bill.charge(topics, "sns.publish.per_1m", said / amount(1_000_000, "publishes a price"), "usage")
    listeners = {
        protocol: Counter(one.topic for one in bill.architecture.of(TopicSubscription) if one.protocol == protocol)
        for protocol in ("email", "https")
    }
    if mails := listeners["email"]:
        sent = said * count(max(mails.values()), "address", "addresses") / amount(100_000, "e-mails a price")
        bill.charge(topics, "sns.email.per_100k", sent, "usage")
    if hooks := listeners["https"]:
        sent = said * count(max(hooks.values()), "webhook") / amount(100_000, "deliveries a price")
        bill.charge(topics, "sns.http.per_100k", sent, "usage")


def _budgets(bill: Bill, budgets: tuple[Budget, ...]) -> None:
    for budget in budgets:
        bill.charge(budget, "budgets.budget.month", count(1, "budget without actions", "budgets without actions"))


PRICERS = (
    pricer(LogGroup, _log_groups),
    pricer(Alarm, _alarms),
    pricer(CompositeAlarm, _composite_alarms),
    pricer(Dashboard, _dashboards),
    pricer(Topic, _topics),
    pricer(Budget, _budgets),
)
