"""GP-COST-019."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.storage import Bucket


class VersionsForEver(Rule):
    id = "GP-COST-019"
    title = "A bucket deletes versions that were replaced long ago"
    severity = "info"
    why = "Each version of each object is paid like the object itself, until somebody deletes it."
    fix = Fix(
        blueprint="Write buckets.<name>.lifecycle with expire_noncurrent: 90d.",
        terraform="aws_s3_bucket_lifecycle_configuration: rule, noncurrent_version_expiration",
        cloudformation="AWS::S3::Bucket: LifecycleConfiguration: Rules: NoncurrentVersionExpiration",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-10"
    references = References(pillar="Cost Optimization", security_hub=("S3.10",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for bucket in architecture.of(Bucket):
            expires = any(rule.noncurrent_expiration_days for rule in bucket.lifecycle_rules)
            if bucket.versioning and bucket.lifecycle_rules and not expires and _moves(bucket):
                yield self.violation(
                    bucket, "has rules for objects and none with noncurrent_expiration_days; one is right"
                )


def _moves(bucket: Bucket) -> bool:
    """Whether somebody thought of what becomes of its objects: they expire, and their versions stay for ever."""
    return any(rule.expiration_days for rule in bucket.lifecycle_rules)
