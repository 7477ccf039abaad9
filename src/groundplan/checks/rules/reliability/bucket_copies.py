"""GP-REL-080."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import log_buckets
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import DeliveryChannel, Trail
from groundplan.resources.storage import Bucket


class BucketCopies(Rule):
    id = "GP-REL-080"
    title = "A bucket that outlives its environment has a copy in another region"
    severity = "info"
    why = "While the region is down nobody reads the objects, and what an administrator empties is nowhere else."
    fix = Fix(
        blueprint="Set buckets.<name>.replicate to a region; the copy's storage and the way there are paid.",
        terraform="aws_s3_bucket_replication_configuration",
        cloudformation="AWS::S3::Bucket: ReplicationConfiguration",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-7"
    references = References(pillar="Reliability", security_hub=("S3.7",), checkov=("CKV_AWS_144",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        buckets = architecture.of(Bucket)
        copies = {bucket.replication.destination for bucket in buckets if bucket.replication}
        # Records about the environment say nothing without it.
        records = {trail.bucket for trail in architecture.of(Trail)}
        records |= {channel.bucket for channel in architecture.of(DeliveryChannel)}
        passed_over = copies | records | log_buckets(architecture)
        for bucket in buckets:
            if bucket.keep and bucket.replication is None and bucket.ref not in passed_over:
                yield self.violation(bucket, "has no replication; a copy in another region is right")
