"""GP-OPS-060."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.publishing import CLOUDWATCH, publishers
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.services import allows_service
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import TopicPolicy


class TopicPublishers(Rule):
    id = "GP-OPS-060"
    title = "Who publishes to a topic may do so"
    severity = "error"
    why = (
        "Budgets, EventBridge and anomaly detection drop what they may not say: the message that counts never arrives."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_sns_topic_policy: sns:Publish for the service",
        cloudformation="AWS::SNS::TopicPolicy: sns:Publish for the service",
    )
    source = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        policies = {item.topic: item.policy for item in architecture.of(TopicPolicy)}
        for speaker, topic, service in publishers(architecture):
            if service == CLOUDWATCH and topic not in policies:
                continue  # the policy of a new topic lets the alarms of its account speak
            policy = policies.get(topic)
            if topic in architecture and (policy is None or not allows_service(policy, service, "sns:Publish")):
                yield self.violation(speaker, f"publishes to {topic}, whose policy does not let {service}; it has to")
