"""S3 buckets and what may reach them."""

from __future__ import annotations

from groundplan.blueprint.data import Bucket as BucketSpec
from groundplan.blueprint.delivery import Cdn
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import bucket_key, same_account
from groundplan.design.replicas import add_replica
from groundplan.resources.delivery import GLOBAL_REGION
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy, Transition
from groundplan.resources.values import Pseudo, Ref, text

LOGS = Ref(Bucket, "logs")
LOGS_POLICY = Ref(BucketPolicy, "logs")
LOAD_BALANCER_PREFIX = "load-balancer"


def add_buckets(draft: Draft) -> None:
    """Every bucket of the blueprint, and the bucket for access logs where something writes them."""
    if needs_log_bucket(draft):
        _add_log_bucket(draft)
    for name, spec in draft.blueprint.buckets.items():
        _add_bucket(draft, name, spec)


def needs_log_bucket(draft: Draft) -> bool:
    """Access logs are kept where the posture keeps flow logs, and where a CDN is told to."""
    blueprint = draft.blueprint
    public = any(service.public for service in blueprint.services.values())
    return (blueprint.network.flow_logs is not None and public) or any(
        bucket.cdn and keeps_cdn_logs(draft, bucket.cdn) for bucket in blueprint.buckets.values()
    )


def keeps_cdn_logs(draft: Draft, cdn: Cdn) -> bool:
    """Whether requests to a CDN are logged: as it says, or where flow logs are kept."""
    return draft.blueprint.network.flow_logs is not None if cdn.logs is None else cdn.logs


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
    full_name = draft.owned(spec.name) if spec.name else f"{draft.blueprint.project}-{name}-{draft.stage}"
    logged = needs_log_bucket(draft)
    bucket_name, rules = draft.legal("s3_bucket", full_name, f"buckets.{name}.name"), _lifecycle(spec)
    replication = None
    if spec.replicate:
        replication = add_replica(draft, name, spec, spec.replicate, bucket_name, rules)
        copy = replication.destination
        policy = PolicyDocument((tls_only(copy),))
        draft.add(
            BucketPolicy(name=copy.name, concern="storage", region=spec.replicate.region, bucket=copy, policy=policy)
        )
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
        draft.add(BucketPolicy(name=identifier(name), concern="storage", bucket=bucket, policy=policy))
    draft.output(f"{identifier(name)}_bucket", f"Name of the bucket {name}", bucket.attribute("id"))


def _add_log_bucket(draft: Draft) -> None:
    """Where load balancer and buckets write access logs. Log delivery supports SSE-S3, not customer managed keys.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    if "logs" in draft.blueprint.buckets:
        draft.problem("buckets.logs", "the name logs is taken by the bucket for access logs; choose another")
        return
    full_name = f"{draft.blueprint.project}-logs-{draft.stage}"
    bucket = draft.add(
        Bucket(
            name="logs",
            concern="storage",
            bucket_name=draft.legal("s3_bucket", full_name, "project"),
            sse_algorithm="AES256",
            lifecycle_rules=(
                BucketLifecycleRule(
                    id="expire-logs",
                    expiration_days=90,
                    noncurrent_expiration_days=7,
                    abort_incomplete_multipart_upload_days=7,
                ),
            ),
            keep=any(spec.keep for spec in draft.blueprint.buckets.values()),
            tags=draft.name_tag("logs"),
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
        )
    )


def _cdn_logs(draft: Draft, bucket: Ref[Bucket]) -> tuple[Statement, ...]:
    """CloudWatch Logs delivers what CloudFront logs.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    if not any(spec.cdn and keeps_cdn_logs(draft, spec.cdn) for spec in draft.blueprint.buckets.values()):
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
