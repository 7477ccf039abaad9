"""GP-SEC-005."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.storage import Bucket

SETTINGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


class BucketPublicAccess(Rule):
    id = "GP-SEC-005"
    title = "A bucket blocks public access in all four ways"
    severity = "error"
    why = "Without the block one policy or ACL, set by mistake later, makes every object public."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_s3_bucket_public_access_block: all four arguments true",
        cloudformation="AWS::S3::Bucket: PublicAccessBlockConfiguration, all four properties true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-8"
    references = References(
        pillar="Security",
        security_hub=("S3.8",),
        cis=("2.1.4",),
        checkov=("CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for bucket in architecture.of(Bucket):
            off = [setting for setting in SETTINGS if not getattr(bucket, setting)]
            if off:
                yield self.violation(bucket, f"has {listed(off)} false; true is right")
