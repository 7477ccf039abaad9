"""Who publishes to which topic."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.resources.anomalies import AnomalySubscription
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.events import EventRule
from groundplan.resources.monitoring import Alarm, Budget, CompositeAlarm, Topic
from groundplan.resources.values import Attribute, Ref

CLOUDWATCH = "cloudwatch.amazonaws.com"


def publishers(architecture: Architecture) -> Iterator[tuple[Resource, Ref[Topic], str]]:
    """Alarms, budgets, rules and anomaly detection: who it is, the topic, and the service that speaks for it."""
    alarms: tuple[Alarm | CompositeAlarm, ...] = (*architecture.of(Alarm), *architecture.of(CompositeAlarm))
    for alarm in alarms:
        for topic in alarm.actions:
            yield alarm, topic, CLOUDWATCH
    for budget in architecture.of(Budget):
        for notification in budget.notifications:
            for topic in notification.topics:
                yield budget, topic, "budgets.amazonaws.com"
    for subscription in architecture.of(AnomalySubscription):
        yield subscription, subscription.topic, "costalerts.amazonaws.com"
    for rule in architecture.of(EventRule):
        for target in rule.targets:
            if isinstance(target.arn, Attribute) and target.arn.ref.kind is Topic and target.role is None:
                yield rule, Ref(Topic, target.arn.ref.name, target.arn.ref.key), "events.amazonaws.com"
