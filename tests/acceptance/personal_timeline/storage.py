"""Buckets, shared files and the content delivery network of an environment."""

from __future__ import annotations

import json
from typing import Any

from tests.acceptance.personal_timeline.expected import BUCKETS, expected
from tests.acceptance.policies import allows
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System, at

from groundplan.resources import Architecture
from groundplan.resources.storage import Bucket

ARCHIVED_AFTER = {"media": 90, "backups": 30, "logs": 90}
"""Days; static files are in use as long as they are there, and only their old versions go."""


def distribution_of(aws: Aws, system: System) -> dict[str, Any]:
    """The environment's distribution."""
    domain = f"www.{expected(system).domain}personal-timeline.com"
    items = aws.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    (summary,) = (item for item in items if item["Aliases"].get("Items") == [domain])
    found: dict[str, Any] = aws.client("cloudfront").get_distribution(Id=summary["Id"])["Distribution"]
    return found


class Storage:
    """What keeps objects and files."""

    @requirement("PT-20", "PT-138", "PT-139", "PT-140", "PT-141", "PT-168")
    def test_buckets(self, aws: Aws, system: System) -> None:
        s3 = aws.client("s3")
        for name in BUCKETS:
            s3.head_bucket(Bucket=f"{expected(system).prefix}{name}")

    @requirement("PT-142", "PT-146", "PT-173")
    def test_buckets_are_versioned_and_private(self, aws: Aws, system: System) -> None:
        s3 = aws.client("s3")
        for name in (f"{expected(system).prefix}{name}" for name in BUCKETS):
            assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
            blocked = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
            assert set(blocked.values()) == {True}
            policy = _policy(s3.get_bucket_policy(Bucket=name)["Policy"])
            (refused,) = (item for item in policy["Statement"] if item["Effect"] == "Deny")
            assert refused["Condition"]["Bool"] == {"aws:SecureTransport": "false"}
            assert not allows([policy], "s3:GetObject", f"arn:aws:s3:::{name}/any")

    @requirement("PT-143", "PT-215")
    def test_buckets_are_encrypted(self, aws: Aws, system: System) -> None:
        """C-36: with a key of the environment, which is AES-256 too. Load balancers write their logs to no such
        bucket."""
        s3 = aws.client("s3")
        for name in BUCKETS:
            found = s3.get_bucket_encryption(Bucket=f"{expected(system).prefix}{name}")
            (rule,) = found["ServerSideEncryptionConfiguration"]["Rules"]
            algorithm = rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
            assert algorithm == ("AES256" if name == "logs" else "aws:kms")
            assert rule.get("BucketKeyEnabled", False) == (name != "logs")

    @requirement("PT-24", "PT-144", "PT-173", "PT-224")
    def test_lifecycles(self, aws: Aws, system: System) -> None:
        s3 = aws.client("s3")
        for name in BUCKETS:
            rules = s3.get_bucket_lifecycle_configuration(Bucket=f"{expected(system).prefix}{name}")["Rules"]
            moves = [(move["Days"], move["StorageClass"]) for rule in rules for move in rule.get("Transitions", ())]
            assert moves == ([(ARCHIVED_AFTER[name], "GLACIER")] if name in ARCHIVED_AFTER else [])
            assert any("NoncurrentVersionExpiration" in rule or "Expiration" in rule for rule in rules)

    @requirement("PT-22", "PT-215")
    def test_shared_files(self, aws: Aws, system: System) -> None:
        name = f"{expected(system).prefix}processor-imports"
        systems = aws.client("efs").describe_file_systems()["FileSystems"]
        (found,) = (item for item in systems if item.get("Name") == name)
        assert (found["Encrypted"], found["NumberOfMountTargets"]) == (True, 3)
        assert found["KmsKeyId"]

    @requirement("PT-23", "PT-42", "PT-169", "PT-174")
    def test_distribution(self, aws: Aws, system: System) -> None:
        configuration = distribution_of(aws, system)["DistributionConfig"]
        (origin,) = configuration["Origins"]["Items"]
        assert origin["DomainName"].startswith(f"{expected(system).prefix}static.s3.")
        assert origin["OriginAccessControlId"]
        behaviour = configuration["DefaultCacheBehavior"]
        assert (behaviour["Compress"], behaviour["ViewerProtocolPolicy"]) == (True, "redirect-to-https")
        assert behaviour["CachePolicyId"]
        assert configuration["Enabled"] is True

    @requirement("PT-216")
    def test_distribution_speaks_new_tls_only(self, aws: Aws, system: System) -> None:
        """C-39: CloudFront's strictest policies still let 1.2 in where a viewer knows no 1.3."""
        minimum = at(distribution_of(aws, system), "DistributionConfig.ViewerCertificate.MinimumProtocolVersion")
        assert minimum in ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")

    @requirement("PT-146", "PT-173")
    def test_all_designed_buckets_are_private(self, architecture: Architecture) -> None:
        for bucket in architecture.of(Bucket):
            assert bucket.block_public_acls
            assert bucket.block_public_policy
            assert bucket.ignore_public_acls
            assert bucket.restrict_public_buckets


def _policy(text: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(str(text))
    return found
