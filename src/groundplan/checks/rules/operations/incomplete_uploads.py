"""GP-OPS-016."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.storage import Bucket


class IncompleteUploads(Rule):
    id = "GP-OPS-016"
    title = "A bucket deletes uploads that were never completed"
    severity = "info"
    why = "Parts of broken uploads are in no listing, and are paid for each month."
    fix = Fix(
        blueprint="Set buckets.<name>.abort_incomplete_uploads, like 7d.",
        terraform="aws_s3_bucket_lifecycle_configuration: abort_incomplete_multipart_upload",
        cloudformation="AWS::S3::Bucket: LifecycleConfiguration, AbortIncompleteMultipartUpload",
    )
    source = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html"
    references = References(pillar="Cost Optimization", checkov=("CKV_AWS_300",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for bucket in architecture.of(Bucket):
            days = [rule.abort_incomplete_multipart_upload_days for rule in bucket.lifecycle_rules]
            if not any(days):
                yield self.violation(bucket, "has no lifecycle rule that aborts incomplete uploads; 7 days are right")
