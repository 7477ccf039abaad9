"""Buckets and their policies."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import DATA_KEY

from groundplan.resources import Resource
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy, Transition
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
    yield Bucket(name="uploads", concern="storage", bucket_name="sample-production-uploads-4f1c2a", kms_key=DATA_KEY)
    for bucket in (backups, uploads):
        yield BucketPolicy(
            name=bucket.name,
            concern="storage",
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
