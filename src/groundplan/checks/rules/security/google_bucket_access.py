"""GP-SEC-080."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.google.storage import GoogleBucket


class GoogleBucketAccess(Rule):
    id = "GP-SEC-080"
    title = "A bucket on Google Cloud is closed to the public, and IAM alone gives rights to it"
    severity = "error"
    why = (
        "Without the prevention one member, allUsers, makes all copies public; ACLs give rights that IAM does not show."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="google_storage_bucket: public_access_prevention = enforced, uniform_bucket_level_access = true",
        cloudformation="nothing: CloudFormation makes nothing on Google Cloud",
    )
    source = "https://cloud.google.com/storage/docs/public-access-prevention"
    references = References(pillar="Security", checkov=("CKV_GCP_29", "CKV_GCP_114"))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for bucket in architecture.of(GoogleBucket):
            if bucket.public_access_prevention != "enforced":
                found = bucket.public_access_prevention
                yield self.violation(bucket, f"has public_access_prevention {found}; enforced is right")
            if not bucket.uniform_bucket_level_access:
                yield self.violation(bucket, "has uniform_bucket_level_access false; true is right")
