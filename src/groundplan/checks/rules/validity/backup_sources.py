"""GP-VAL-058."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import BackupSelection
from groundplan.resources.storage import Bucket


class BackupSources(Rule):
    id = "GP-VAL-058"
    title = "A bucket that AWS Backup backs up keeps versions"
    severity = "error"
    why = "AWS Backup fails for a bucket without versions, each night anew, and nobody is told."
    fix = Fix(
        blueprint="Set buckets.<name>.versioning to true.",
        terraform='aws_s3_bucket_versioning: status = "Enabled"',
        cloudformation="AWS::S3::Bucket: VersioningConfiguration, Status: Enabled",
    )
    source = "https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for selection in architecture.of(BackupSelection):
            selected = dict.fromkeys(ref for ref in selection.references() if ref.kind is Bucket)
            for ref in selected:
                bucket = architecture[ref]
                if isinstance(bucket, Bucket) and not bucket.versioning:
                    yield self.violation(bucket, f"has versioning false and is in {selection.address}; true is needed")
