"""Buckets and backup plans."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.targets.local.types.refusals.wish import Refused, Wish, refuses


@refuses("AWS::S3::Bucket")
def taken_name(wish: Wish) -> Iterator[Refused]:
    """In us-east-1 the API itself answers "200 OK" to the owner of a bucket; CloudFormation does not take it over.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html, BucketAlreadyOwnedByYou
    """
    name = wish.get("BucketName")
    if wish.old is None and name and wish.ask("s3", "head_bucket", Bucket=name) is not None:
        yield Refused(f"{name} already exists", "S3", "AlreadyExists")


@refuses("AWS::S3::Bucket")
def versions_for_replication(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html"""
    versioned = (wish.get("VersioningConfiguration") or {}).get("Status") == "Enabled"
    if wish.get("ReplicationConfiguration") and not versioned:
        yield Refused("Versioning must be 'Enabled' on the bucket to apply a replication configuration", "S3")
    if wish.get("ObjectLockConfiguration") and str(wish.get("ObjectLockEnabled")).lower() != "true":
        yield Refused(
            "Object Lock configuration cannot be enabled on existing buckets: ObjectLockEnabled is needed", "S3"
        )


@refuses("AWS::S3::Bucket")
def lists_of_access(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"""
    rules = (wish.get("OwnershipControls") or {}).get("Rules") or ()
    enforced = not rules or rules[0].get("ObjectOwnership") == "BucketOwnerEnforced"
    if wish.get("AccessControl") not in (None, "Private") and enforced:
        yield Refused("Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting", "S3")


@refuses("AWS::Backup::BackupPlan")
def days_of_a_plan(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html"""
    for rule in (wish.get("BackupPlan") or {}).get("BackupPlanRule") or ():
        cycle = rule.get("Lifecycle") or {}
        cold, gone = cycle.get("MoveToColdStorageAfterDays"), cycle.get("DeleteAfterDays")
        if cold is not None and gone is not None and int(gone) < int(cold) + 90:
            yield Refused(
                f"Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays "
                f"(rule {rule.get('RuleName')}: {cold} and {gone})", "Backup", "InvalidParameterValueException",
            )  # fmt: skip
