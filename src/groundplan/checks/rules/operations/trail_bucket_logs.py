"""GP-OPS-065."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import Trail


class TrailBucketLogs(Rule):
    id = "GP-OPS-065"
    title = "The bucket of a trail writes who reads it"
    severity = "info"
    why = "Whoever looks for what is known about an intrusion, or removes it, leaves no trace."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_s3_bucket_logging of the trail's bucket",
        cloudformation="AWS::S3::Bucket of the trail: LoggingConfiguration",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-7"
    references = References(pillar="Security", security_hub=("CloudTrail.7",), cis=("3.4",), checkov=("CKV_AWS_18",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for trail in architecture.of(Trail):
            bucket = architecture[trail.bucket]
            if bucket.access_log_bucket is None:
                yield self.violation(
                    bucket, f"takes the records of {trail.address} and has no access_log_bucket; one is right"
                )
