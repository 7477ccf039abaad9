"""GP-SEC-028."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.monitoring import Topic


class TopicEncryption(Rule):
    id = "GP-SEC-028"
    title = "A topic is encrypted with a key that alarms may use"
    severity = "info"
    why = "Messages name systems and their weaknesses while they wait for delivery."
    fix = Fix(
        blueprint="Set keys to customer.",
        terraform="aws_sns_topic: kms_master_key_id",
        cloudformation="AWS::SNS::Topic: KmsMasterKeyId",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/sns-controls.html#sns-1"
    references = References(pillar="Security", security_hub=("SNS.1",), checkov=("CKV_AWS_26",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for topic in architecture.of(Topic):
            if topic.kms_key is None:
                yield self.violation(topic, "has no kms_key; a key of this environment is right")
