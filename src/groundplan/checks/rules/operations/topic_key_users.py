"""GP-OPS-061."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.publishing import publishers
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.services import allows_service
from groundplan.resources.architecture import Architecture


class TopicKeyUsers(Rule):
    id = "GP-OPS-061"
    title = "Who publishes to an encrypted topic may use its key"
    severity = "error"
    why = "The message cannot be encrypted, and is dropped without a word: alarms go red and nobody hears of it."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_kms_key: policy, kms:GenerateDataKey and kms:Decrypt for the service",
        cloudformation="AWS::KMS::Key: KeyPolicy, kms:GenerateDataKey and kms:Decrypt for the service",
    )
    source = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for speaker, topic, service in publishers(architecture):
            key = architecture[topic].kms_key if topic in architecture else None
            if key is not None and key in architecture:
                policy = architecture[key].policy
                if not all(
                    allows_service(policy, service, action) for action in ("kms:GenerateDataKey", "kms:Decrypt")
                ):
                    yield self.violation(
                        speaker, f"publishes to {topic}, whose {key} does not let {service}; it has to"
                    )
