"""GP-OPS-008."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import Alarm, Topic, TopicSubscription


class TopicSubscribers(Rule):
    id = "GP-OPS-008"
    title = "A topic that alarms publish to has a subscriber"
    severity = "warning"
    why = "The alarms go out, and nobody receives them."
    fix = Fix(
        blueprint="Set alarms.email to an address that is read.",
        terraform="aws_sns_topic_subscription",
        cloudformation="AWS::SNS::Subscription",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        heard = {subscription.topic for subscription in architecture.of(TopicSubscription)}
        used = {topic for alarm in architecture.of(Alarm) for topic in alarm.actions}
        for topic in architecture.of(Topic):
            if topic.ref in used and topic.ref not in heard:
                yield self.violation(topic, "has no subscription; at least one is right")
