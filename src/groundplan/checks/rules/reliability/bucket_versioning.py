"""GP-REL-013."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import log_buckets
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.storage import Bucket


class BucketVersioning(Rule):
    id = "GP-REL-013"
    title = "A bucket keeps versions of what is replaced and deleted"
    severity = "warning"
    why = "An object that a program or a person overwrites or deletes by mistake is gone."
    fix = Fix(
        blueprint="Set buckets.<name>.versioning to true.",
        terraform='aws_s3_bucket_versioning: status = "Enabled"',
        cloudformation="AWS::S3::Bucket: VersioningConfiguration, Status: Enabled",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-14"
    references = References(pillar="Reliability", security_hub=("S3.14",), checkov=("CKV_AWS_21",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        # Nobody overwrites access logs: each file is written once.
        exempt = log_buckets(architecture)
        for bucket in architecture.of(Bucket):
            if not bucket.versioning and bucket.ref not in exempt:
                yield self.violation(bucket, "has versioning false; true is right")
