"""GP-SEC-026."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import log_buckets
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.storage import Bucket


class BucketCustomerKey(Rule):
    id = "GP-SEC-026"
    title = "A bucket is encrypted with a key of this environment"
    severity = "info"
    why = (
        "With keys of S3 whoever may read the bucket reads the data; with a key of one's own that takes a second right."
    )
    fix = Fix(
        blueprint="Set buckets.<name>.encryption to kms.",
        terraform="aws_s3_bucket_server_side_encryption_configuration: sse_algorithm, kms_master_key_id",
        cloudformation="AWS::S3::Bucket: BucketEncryption, SSEAlgorithm and KMSMasterKeyID",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-17"
    references = References(pillar="Security", security_hub=("S3.17",), checkov=("CKV_AWS_145",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        # Services that write access logs cannot use keys of customers.
        exempt = log_buckets(architecture)
        for bucket in architecture.of(Bucket):
            if bucket.ref not in exempt and (bucket.sse_algorithm != "aws:kms" or bucket.kms_key is None):
                found = bucket.sse_algorithm if bucket.sse_algorithm != "aws:kms" else "aws:kms with a key of AWS"
                yield self.violation(
                    bucket, f"has sse_algorithm {found}; aws:kms with a key of this environment is right"
                )
