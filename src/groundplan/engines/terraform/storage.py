"""Amazon S3 in Terraform: a bucket and a resource for each of its settings."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Expression, Item
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy, BucketReplication

FILE = "s3.tf"
VERSIONING = "aws_s3_bucket_versioning"
PUBLIC_ACCESS_BLOCK = "aws_s3_bucket_public_access_block"


def _bucket(bucket: Bucket, _: Context) -> dict[str, object]:
    # Objects go with a bucket only where the blueprint says that it need not survive.
    return {"force_destroy": not bucket.keep}


def _settings(bucket: Bucket, context: Context) -> Iterator[Block]:
    def setting(type_: str, *body: Item) -> Block:
        own = Argument("bucket", Expression(f"{context.address(bucket.ref)}.id"))
        return context.resource(type_, label(bucket.ref), own, *body)

    flags = {
        "block_public_acls": bucket.block_public_acls,
        "block_public_policy": bucket.block_public_policy,
        "ignore_public_acls": bucket.ignore_public_acls,
        "restrict_public_buckets": bucket.restrict_public_buckets,
    }
    yield setting(PUBLIC_ACCESS_BLOCK, *context.arguments(flags))
    yield setting(
        "aws_s3_bucket_ownership_controls", context.block("rule", {"object_ownership": "BucketOwnerEnforced"})
    )
    # A bucket that never had versions needs no configuration; one that had them is suspended when it goes.
    if bucket.versioning:
        yield setting(VERSIONING, context.block("versioning_configuration", {"status": "Enabled"}))
    by_kms = bucket.sse_algorithm == "aws:kms"
    encryption = {
        "sse_algorithm": bucket.sse_algorithm,
        "kms_master_key_id": context.refer(bucket.kms_key) if bucket.kms_key else None,
    }
    yield setting(
        "aws_s3_bucket_server_side_encryption_configuration",
        context.block(
            "rule",
            # One data key for the bucket instead of a KMS call for each object.
            {"bucket_key_enabled": True if by_kms else None},
            context.block("apply_server_side_encryption_by_default", encryption),
        ),
    )
    if bucket.lifecycle_rules:
        rules: list[Item] = [_lifecycle_rule(rule, context) for rule in bucket.lifecycle_rules]
        if bucket.versioning:
            after = [Expression(f"{VERSIONING}.{label(bucket.ref)}")]
            rules += [Blank(), Argument("depends_on", after)]
        yield setting("aws_s3_bucket_lifecycle_configuration", *rules)
    if bucket.access_log_bucket:
        yield setting(
            "aws_s3_bucket_logging",
            Argument("target_bucket", context.refer(bucket.access_log_bucket)),
            Argument("target_prefix", bucket.access_log_prefix),
        )
    if bucket.replication:
        yield setting("aws_s3_bucket_replication_configuration", *_replication(bucket, bucket.replication, context))


def _replication(bucket: Bucket, replication: BucketReplication, context: Context) -> Iterator[Item]:
    """One rule for every object. A filter, though empty, makes it a rule that may copy delete markers.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
    """
    key = context.refer(replication.kms_key) if replication.kms_key else None
    yield from context.arguments({"role": context.refer(replication.role)})
    yield context.block(
        "rule",
        {"id": replication.rule_id, "status": "Enabled", "priority": 0},
        context.block("filter", {"prefix": ""}),
        context.block("delete_marker_replication", {"status": "Enabled"}),
        context.block(
            "source_selection_criteria", {}, context.block("sse_kms_encrypted_objects", {"status": "Enabled"})
        )
        if key
        else None,
        context.block(
            "destination",
            {"bucket": replication.destination.arn, "storage_class": replication.storage_class},
            context.block("encryption_configuration", {"replica_kms_key_id": key}) if key else None,
        ),
    )
    versioned = [Expression(f"{VERSIONING}.{label(ref)}") for ref in (bucket.ref, replication.destination)]
    policies = [Expression(address) for address in after_policies((replication.role,), context)]
    yield Blank()
    yield Argument("depends_on", [*versioned, *policies])


def _lifecycle_rule(rule: BucketLifecycleRule, context: Context) -> Block:
    abort, noncurrent = rule.abort_incomplete_multipart_upload_days, rule.noncurrent_expiration_days
    return context.block(
        "rule",
        {"id": rule.id, "status": "Enabled"},
        context.block("filter", {"prefix": rule.prefix}),
        *(
            context.block("transition", {"days": item.days, "storage_class": item.storage_class})
            for item in rule.transitions
        ),
        None if rule.expiration_days is None else context.block("expiration", {"days": rule.expiration_days}),
        None if noncurrent is None else context.block("noncurrent_version_expiration", {"noncurrent_days": noncurrent}),
        None if abort is None else context.block("abort_incomplete_multipart_upload", {"days_after_initiation": abort}),
    )


def _after_access_block(policy: BucketPolicy, _: Context) -> Iterator[str]:
    # S3 refuses two changes of one bucket at the same time.
    yield f"{PUBLIC_ACCESS_BLOCK}.{label(policy.bucket)}"


ROWS = (
    Row(
        Bucket,
        "aws_s3_bucket",
        FILE,
        protects=lambda bucket: bucket.keep,
        attributes={"id": "id", "arn": "arn", "regional_domain_name": "bucket_regional_domain_name"},
        referred=("", "id"),
        rename={"bucket_name": "bucket"},
        arguments=_bucket,
        beside=_settings,
        written=frozenset(
            {
                "versioning", "sse_algorithm", "kms_key", "block_public_acls", "block_public_policy",
                "ignore_public_acls", "restrict_public_buckets", "lifecycle_rules", "access_log_bucket",
                "access_log_prefix", "replication", "keep",
            }
        ),
    ),
    Row(
        BucketPolicy,
        "aws_s3_bucket_policy",
        FILE,
        attributes={"id": "id"},
        waits_for=_after_access_block,
        group=lambda policy: policy.bucket.name,
    ),
)  # fmt: skip
