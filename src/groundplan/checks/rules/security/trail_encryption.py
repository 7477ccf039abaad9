"""GP-SEC-051."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import Trail


class TrailEncryption(Rule):
    id = "GP-SEC-051"
    title = "A trail is encrypted with a key of this environment"
    severity = "info"
    why = "With keys of S3 whoever may read the bucket reads who did what; with a key of one's own that is not enough."
    fix = Fix(
        blueprint="Set keys to customer.",
        terraform="aws_cloudtrail: kms_key_id",
        cloudformation="AWS::CloudTrail::Trail: KMSKeyId",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-2"
    references = References(pillar="Security", security_hub=("CloudTrail.2",), cis=("3.5",), checkov=("CKV_AWS_35",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for trail in architecture.of(Trail):
            if trail.kms_key is None:
                yield self.violation(trail, "has no kms_key; a key of this environment is right")
