"""GP-VAL-056."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.storage import Bucket


class Replication(Rule):
    id = "GP-VAL-056"
    title = "A bucket that is copied, and its copy, keep versions; the copy has a key of its region"
    severity = "error"
    why = "S3 refuses replication between buckets without versions, and leaves out what it has no key for over there."
    fix = Fix(
        blueprint="Set buckets.<name>.versioning to true.",
        terraform="aws_s3_bucket_versioning for both; aws_s3_bucket_replication_configuration: replica_kms_key_id",
        cloudformation="AWS::S3::Bucket: VersioningConfiguration for both; ReplicaKmsKeyID",
    )
    source = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html"
    references = References(pillar="Reliability", security_hub=("S3.7",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for bucket in architecture.of(Bucket):
            if bucket.replication is None:
                continue
            copy, key = architecture[bucket.replication.destination], bucket.replication.kms_key
            for each in (bucket, copy):
                if not each.versioning:
                    yield self.violation(each, "takes part in replication with versioning false; true is needed")
            if bucket.kms_key and key is None:
                yield self.violation(
                    bucket, f"is encrypted with {bucket.kms_key}, and its replication names no key for the copies"
                )
            elif key and region_of(architecture, architecture[key]) != region_of(architecture, copy):
                there = region_of(architecture, copy)
                yield self.violation(bucket, f"has its copies encrypted with {key}, which is not in {there}")
