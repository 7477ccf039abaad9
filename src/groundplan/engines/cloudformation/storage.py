"""Amazon S3 in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Kept, Row, present
from groundplan.resources import Architecture
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy, BucketReplication


def _bucket(bucket: Bucket, _: Architecture) -> dict[str, object]:
    encryption = present(
        SSEAlgorithm=bucket.sse_algorithm, KMSMasterKeyID=bucket.kms_key.arn if bucket.kms_key else None
    )
    rule: dict[str, object] = {"ServerSideEncryptionByDefault": encryption}
    if bucket.sse_algorithm == "aws:kms":
        # One data key for the bucket instead of a KMS call for each object.
        rule["BucketKeyEnabled"] = True
    return present(
        # A bucket that never had versions needs no configuration; one that had them is suspended when it goes.
        VersioningConfiguration={"Status": "Enabled"} if bucket.versioning else None,
        BucketEncryption={"ServerSideEncryptionConfiguration": [rule]},
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": bucket.block_public_acls,
            "BlockPublicPolicy": bucket.block_public_policy,
            "IgnorePublicAcls": bucket.ignore_public_acls,
            "RestrictPublicBuckets": bucket.restrict_public_buckets,
        },
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        LifecycleConfiguration={"Rules": [_lifecycle_rule(rule) for rule in bucket.lifecycle_rules]}
        if bucket.lifecycle_rules
        else None,
        LoggingConfiguration=present(
            DestinationBucketName=bucket.access_log_bucket, LogFilePrefix=bucket.access_log_prefix or None
        )
        if bucket.access_log_bucket
        else None,
        ReplicationConfiguration=_replication(bucket.replication) if bucket.replication else None,
    )


def _replication(replication: BucketReplication) -> dict[str, object]:
    """One rule for every object. A filter, though empty, makes it a rule that may copy delete markers.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
    """
    key = replication.kms_key
    rule = present(
        Id=replication.rule_id,
        Status="Enabled",
        Priority=0,
        Filter={"Prefix": ""},
        DeleteMarkerReplication={"Status": "Enabled"},
        SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Enabled"}} if key else None,
        Destination=present(
            Bucket=replication.destination.arn,
            StorageClass=replication.storage_class,
            EncryptionConfiguration={"ReplicaKmsKeyID": key.arn} if key else None,
        ),
    )
    return {"Role": replication.role.arn, "Rules": [rule]}


def _lifecycle_rule(rule: BucketLifecycleRule) -> dict[str, object]:
    transitions = [{"StorageClass": item.storage_class, "TransitionInDays": item.days} for item in rule.transitions]
    abort, noncurrent = rule.abort_incomplete_multipart_upload_days, rule.noncurrent_expiration_days
    return present(
        Id=rule.id,
        Status="Enabled",
        Prefix=rule.prefix or None,
        Transitions=transitions or None,
        ExpirationInDays=rule.expiration_days,
        NoncurrentVersionExpiration=None if noncurrent is None else {"NoncurrentDays": noncurrent},
        AbortIncompleteMultipartUpload=None if abort is None else {"DaysAfterInitiation": abort},
    )


def _bucket_kept(bucket: Bucket, _: Architecture) -> Kept:
    """A bucket that is not kept goes only when it is empty: AWS refuses otherwise. Replacing never empties one."""
    return Kept("RetainExceptOnCreate" if bucket.keep else "Delete", "Retain")


ROWS = (
    Row(
        Bucket,
        "AWS::S3::Bucket",
        attributes={"id": RETURNED, "arn": "Arn", "regional_domain_name": "RegionalDomainName"},
        write=_bucket,
        written=frozenset(
            {
                "versioning", "sse_algorithm", "kms_key", "block_public_acls", "block_public_policy",
                "ignore_public_acls", "restrict_public_buckets", "lifecycle_rules", "access_log_bucket",
                "access_log_prefix", "replication", "keep",
            }
        ),
        kept=_bucket_kept,
    ),
    Row(
        BucketPolicy,
        "AWS::S3::BucketPolicy",
        attributes={"id": RETURNED},
        rename={"bucket": "Bucket", "policy": "PolicyDocument"},
    ),
)  # fmt: skip
