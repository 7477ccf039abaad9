"""S3 buckets and what may reach them."""

from __future__ import annotations

from groundplan.blueprint.data import Bucket as BucketSpec
from groundplan.design.access_logs import NAME, keeps_access_logs, keeps_cdn_logs, takes_access_logs
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import bucket_key, same_account
from groundplan.design.replicas import add_replica, goes_to_standby, replicate_to_standby
from groundplan.resources.delivery import GLOBAL_REGION
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy, BucketReplication, Transition
from groundplan.resources.values import Pseudo, Ref, text

LOGS = Ref(Bucket, NAME)
LOGS_POLICY = Ref(BucketPolicy, NAME)
LOAD_BALANCER_PREFIX = "load-balancer"
EXPIRE_LOGS = BucketLifecycleRule(
    id="expire-logs",
    expiration_days=90,
    noncurrent_expiration_days=7,
    abort_incomplete_multipart_upload_days=7,
)
"""How long access logs are kept where the blueprint says nothing."""


def add_buckets(draft: Draft) -> None:
    """Every bucket of the blueprint, and the bucket for access logs where something writes them."""
    if keeps_access_logs(draft.blueprint):
        _add_log_bucket(draft)
    for name, spec in draft.blueprint.buckets.items():
        if not takes_access_logs(draft.blueprint, name):
            _add_bucket(draft, name, spec)


def tls_only(bucket: Ref[Bucket]) -> Statement:
    """Refuses plain HTTP.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit
    """
    return Statement(
        sid="TlsOnly",
        effect="Deny",
        actions=("s3:*",),
        resources=(bucket.arn, text(bucket.arn, "/*")),
        principals=(Principal("*", ("*",)),),
        conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
    )


def _lifecycle(spec: BucketSpec) -> tuple[BucketLifecycleRule, ...]:
    rules = [
        BucketLifecycleRule(
            id=rule_id,
            prefix=rule.prefix,
            expiration_days=rule.expire.days if rule.expire else None,
            noncurrent_expiration_days=rule.expire_noncurrent.days if rule.expire_noncurrent else None,
            transitions=(Transition(days=rule.archive.days, storage_class=rule.archive_class),) if rule.archive else (),
        )
        for rule_id, rule in spec.lifecycle.items()
    ]
    rules.append(
        BucketLifecycleRule(
            id="abort-incomplete-uploads", abort_incomplete_multipart_upload_days=spec.abort_incomplete_uploads.days
        )
    )
    return tuple(rules)


def _add_bucket(draft: Draft, name: str, spec: BucketSpec) -> None:
    full_name = draft.written(spec.name, name) if spec.name else f"{draft.blueprint.project}-{name}-{draft.stage}"
    logged = keeps_access_logs(draft.blueprint)
    bucket_name, rules = draft.legal("s3_bucket", full_name, f"buckets.{name}.name"), _lifecycle(spec)
    replication = _replication(draft, name, spec, bucket_name, rules)
    bucket = draft.add(
        Bucket(
            name=identifier(name),
            concern="storage",
            bucket_name=bucket_name,
            versioning=spec.versioning,
            sse_algorithm="aws:kms" if bucket_key(draft, name) else "AES256",
            kms_key=bucket_key(draft, name),
            lifecycle_rules=rules,
            access_log_bucket=LOGS if logged else None,
            access_log_prefix=f"s3/{name}/" if logged else "",
            replication=replication,
            keep=spec.keep,
            # S3 refuses a bucket for access logs that its log delivery may not write to yet.
            depends_on=(LOGS_POLICY,) if logged else (),
            tags=draft.name_tag(name),
        )
    )
    if spec.cdn is None:  # else the policy speaks of the distribution, and stands with it
        policy = PolicyDocument((tls_only(bucket),))
        told = BucketPolicy(name=identifier(name), concern="storage", bucket=bucket, policy=policy)
        draft.add(told, because=f"buckets.{name}")
    draft.output(f"{identifier(name)}_bucket", f"Name of the bucket {name}", bucket.attribute("id"))


def _replication(
    draft: Draft, name: str, spec: BucketSpec, bucket_name: str, rules: tuple[BucketLifecycleRule, ...]
) -> BucketReplication | None:
    """The copy in another region with its policy, where the blueprint wants one."""
    if goes_to_standby(draft, name):
        return replicate_to_standby(draft, name, spec, bucket_name)
    if spec.replicate is None:
        return None
    replication = add_replica(draft, name, spec, spec.replicate, bucket_name, rules)
    copy = replication.destination
    policy = PolicyDocument((tls_only(copy),))
    region = spec.replicate.region
    there = BucketPolicy(name=copy.name, concern="storage", region=region, bucket=copy, policy=policy)
    draft.add(there, because=f"buckets.{name}.replicate")
    return replication


def _add_log_bucket(draft: Draft) -> None:
    """Where load balancer and buckets write access logs, as ``buckets.logs`` says, if it says anything. Log delivery
    supports SSE-S3, not customer managed keys.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    spec = draft.blueprint.buckets.get(NAME)
    if spec is not None:
        _check_log_bucket(draft, spec)
    full_name = f"{draft.blueprint.project}-{NAME}-{draft.stage}"
    path = "project"
    if spec is not None and spec.name:
        full_name, path = draft.written(spec.name, NAME), f"buckets.{NAME}.name"
    bucket_name, rules = draft.legal("s3_bucket", full_name, path), _lifecycle(spec) if spec else (EXPIRE_LOGS,)
    bucket = draft.add(
        Bucket(
            name=NAME,
            concern="storage",
            bucket_name=bucket_name,
            versioning=spec.versioning if spec else True,
            sse_algorithm="AES256",
            lifecycle_rules=rules,
            replication=_replication(draft, NAME, spec, bucket_name, rules) if spec else None,
            keep=spec.keep if spec else any(other.keep for other in draft.blueprint.buckets.values()),
            tags=draft.name_tag(NAME),
        )
    )
    draft.add(
        BucketPolicy(
            name="logs",
            concern="storage",
            bucket=bucket,
            policy=PolicyDocument(
                (
                    tls_only(bucket),
                    Statement(
                        sid="LoadBalancerLogs",
                        actions=("s3:PutObject",),
                        resources=(text(bucket.arn, f"/{LOAD_BALANCER_PREFIX}/AWSLogs/", Pseudo.ACCOUNT_ID, "/*"),),
                        principals=(Principal("Service", ("logdelivery.elasticloadbalancing.amazonaws.com",)),),
                    ),
                    Statement(
                        sid="BucketLogs",
                        actions=("s3:PutObject",),
                        resources=(text(bucket.arn, "/s3/*"),),
                        principals=(Principal("Service", ("logging.s3.amazonaws.com",)),),
                        conditions=(same_account(),),
                    ),
                    *_cdn_logs(draft, bucket),
                )
            ),
        ),
        because=f"buckets.{NAME}" if spec else "network.flow_logs",
    )


def _check_log_bucket(draft: Draft, spec: BucketSpec) -> None:
    """Report what a bucket for access logs cannot be."""
    if spec.encryption == "kms" and "encryption" in spec.model_fields_set:
        draft.problem(
            f"buckets.{NAME}.encryption",
            "access logs go to this bucket, and their delivery supports no KMS key; write s3 or leave it out",
        )
    if spec.cdn is not None:
        draft.problem(f"buckets.{NAME}.cdn", "access logs go to this bucket, and nobody outside may read them")


def _cdn_logs(draft: Draft, bucket: Ref[Bucket]) -> tuple[Statement, ...]:
    """CloudWatch Logs delivers what CloudFront logs.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    if not any(spec.cdn and keeps_cdn_logs(draft.blueprint, spec.cdn) for spec in draft.blueprint.buckets.values()):
        return ()
    sources = text("arn:", Pseudo.PARTITION, f":logs:{GLOBAL_REGION}:", Pseudo.ACCOUNT_ID, ":delivery-source:*")
    return (
        Statement(
            sid="CdnLogs",
            actions=("s3:PutObject",),
            resources=(text(bucket.arn, "/AWSLogs/", Pseudo.ACCOUNT_ID, "/CloudFront/*"),),
            principals=(Principal("Service", ("delivery.logs.amazonaws.com",)),),
            conditions=(
                same_account(),
                Condition(operator="StringEquals", key="s3:x-amz-acl", values=("bucket-owner-full-control",)),
                Condition(operator="ArnLike", key="aws:SourceArn", values=(sources,)),
            ),
        ),
    )
