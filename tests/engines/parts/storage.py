"""Buckets and their policies."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import COPIES_KEY, COPIES_REGION, DATA_KEY

from groundplan.resources import Resource
from groundplan.resources.policies import (
    Condition,
    InlinePolicy,
    PolicyDocument,
    Principal,
    Statement,
    service_trust,
)
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy, BucketReplication, Transition
from groundplan.resources.values import Pseudo, Ref, text


def storage() -> Iterator[Resource]:
    """Buckets and their policies of the sample."""
    logs, backups, uploads = Ref(Bucket, "logs"), Ref(Bucket, "backups"), Ref(Bucket, "uploads")
    yield Bucket(
        name="logs",
        concern="storage",
        bucket_name="sample-production-logs-4f1c2a",
        versioning=False,
        sse_algorithm="AES256",
        lifecycle_rules=(BucketLifecycleRule(id="expire", expiration_days=90),),
        keep=False,
    )
    yield Bucket(
        name="backups",
        concern="storage",
        bucket_name="sample-production-backups-4f1c2a",
        kms_key=DATA_KEY,
        lifecycle_rules=(
            BucketLifecycleRule(
                id="auto-backups", prefix="auto-backups/", expiration_days=30, noncurrent_expiration_days=7
            ),
            BucketLifecycleRule(
                id="manual-backups",
                prefix="manual-backups/",
                transitions=(
                    Transition(days=30, storage_class="STANDARD_IA"),
                    Transition(days=90, storage_class="GLACIER"),
                ),
                abort_incomplete_multipart_upload_days=7,
            ),
        ),
        access_log_bucket=logs,
        access_log_prefix="s3/backups/",
        depends_on=(Ref(BucketPolicy, "logs"),),
    )
    yield from _replica()
    yield Bucket(
        name="uploads",
        concern="storage",
        bucket_name="sample-production-uploads-4f1c2a",
        kms_key=DATA_KEY,
        replication=BucketReplication(
            rule_id="everything",
            role=Ref(Role, "replication"),
            destination=Ref(Bucket, "uploads-replica"),
            storage_class="STANDARD_IA",
            kms_key=COPIES_KEY,
        ),
    )
    for bucket, region in ((backups, None), (uploads, None), (Ref(Bucket, "uploads-replica"), COPIES_REGION)):
        yield BucketPolicy(
            name=bucket.name,
            concern="storage",
            region=region,
            bucket=bucket,
            policy=PolicyDocument(
                (
                    Statement(
                        sid="OnlyTls",
                        effect="Deny",
                        principals=(Principal("*", ("*",)),),
                        actions=("s3:*",),
                        resources=(bucket.arn, text(bucket.arn, "/*")),
                        conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
                    ),
                )
            ),
        )
    yield BucketPolicy(
        name="logs",
        concern="storage",
        bucket=logs,
        policy=PolicyDocument(
            (
                Statement(
                    sid="LoadBalancerLogs",
                    principals=(Principal("Service", ("logdelivery.elasticloadbalancing.amazonaws.com",)),),
                    actions=("s3:PutObject",),
                    resources=(text(logs.arn, "/alb/AWSLogs/", Pseudo.ACCOUNT_ID, "/*"),),
                ),
                Statement(
                    sid="BucketLogs",
                    principals=(Principal("Service", ("logging.s3.amazonaws.com",)),),
                    actions=("s3:PutObject",),
                    resources=(text(logs.arn, "/s3/backups/*"),),
                    conditions=(
                        Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,)),
                    ),
                ),
            )
        ),
    )


def _replica() -> Iterator[Resource]:
    """Where uploads are copied to, and what S3 copies as."""
    replica = Ref(Bucket, "uploads-replica")
    abort = BucketLifecycleRule(id="abort", abort_incomplete_multipart_upload_days=7)
    yield Bucket(
        name="uploads-replica",
        concern="storage",
        region=COPIES_REGION,
        bucket_name="sample-production-uploads-4f1c2a-ap-southeast-1",
        kms_key=COPIES_KEY,
        lifecycle_rules=(abort,),
    )
    source = "arn:aws:s3:::sample-production-uploads-4f1c2a"
    statements = (
        Statement(actions=("s3:GetReplicationConfiguration", "s3:ListBucket"), resources=(source,)),
        Statement(actions=("s3:GetObjectVersionForReplication",), resources=(f"{source}/*",)),
        Statement(actions=("s3:ReplicateObject", "s3:ReplicateDelete"), resources=(text(replica.arn, "/*"),)),
        Statement(actions=("kms:Decrypt",), resources=(DATA_KEY.arn,)),
        Statement(actions=("kms:Encrypt",), resources=(COPIES_KEY.arn,)),
    )
    yield Role(
        name="replication",
        concern="storage",
        role_name="sample-production-replication",
        description="Lets S3 copy the uploads",
        trust=service_trust("s3.amazonaws.com"),
        inline_policies=(InlinePolicy("copy", PolicyDocument(statements)),),
    )
