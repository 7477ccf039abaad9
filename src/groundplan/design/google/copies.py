"""Buckets, and the jobs that copy Amazon S3 into them every day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.blueprint.data import Bucket as BucketSpec
from groundplan.blueprint.data import LifecycleRule
from groundplan.blueprint.validation.secondary import copied
from groundplan.design.access import add_role
from groundplan.design.draft import identifier
from groundplan.design.encryption import bucket_key
from groundplan.design.google.pilot import AT, REGION, Pilot
from groundplan.resources.google.project import GoogleTransferAgent
from groundplan.resources.google.storage import GoogleBucket, GoogleLifecycleRule, GoogleTransferJob, StorageClass
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref, text

AGENT = Ref(GoogleTransferAgent, "storagetransfer")
HOUR = 5
"""When copies begin, UTC: after the dumps of the night."""
CLASSES: Mapping[str, StorageClass] = {
    "STANDARD_IA": "NEARLINE",
    "ONEZONE_IA": "NEARLINE",
    "INTELLIGENT_TIERING": "NEARLINE",
    "GLACIER_IR": "COLDLINE",
    "GLACIER": "ARCHIVE",
    "DEEP_ARCHIVE": "ARCHIVE",
}
"""Storage class of S3 to what comes nearest.
Source: https://cloud.google.com/architecture/migrate-amazon-s3-to-cloud-storage"""
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
"""What S3 gives away only after a restore.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html"""


def google_bucket(name: str) -> Ref[GoogleBucket]:
    """A bucket by its name in the blueprint."""
    return Ref(GoogleBucket, identifier(name))


def add_buckets(pilot: Pilot) -> None:
    """The copies, and empty buckets for what services need besides."""
    blueprint = pilot.draft.blueprint
    copies = copied(blueprint, pilot.spec)
    needed = [need.name for _, need in pilot.needs("buckets")]
    if copies:
        pilot.draft.add(
            GoogleTransferAgent(name=AGENT.name, concern="storage", service="storagetransfer.googleapis.com")
        )
    for name in dict.fromkeys((*copies, *needed)):
        _add_bucket(pilot, name, blueprint.buckets[name])
        if name in copies:
            _add_copy(pilot, name, blueprint.buckets[name])


def bucket_name(pilot: Pilot, name: str, path: str) -> str:
    """Unique over all of Google Cloud, since the project's id is."""
    return pilot.draft.legal(
        "google_storage_bucket", f"{pilot.spec.project}-{pilot.draft.stage}-{name}".replace("_", "-"), path
    )


def _add_bucket(pilot: Pilot, name: str, spec: BucketSpec) -> None:
    pilot.draft.add(
        GoogleBucket(
            name=identifier(name),
            concern="storage",
            bucket_name=bucket_name(pilot, name, f"buckets.{name}"),
            location=REGION,
            versioning=spec.versioning,
            keep=spec.keep,
            lifecycle_rules=tuple(_lifecycle(spec)),
        )
    )


def _lifecycle(spec: BucketSpec) -> Iterator[GoogleLifecycleRule]:
    """The bucket's own rules, as far as both clouds know the same."""
    for rule in spec.lifecycle.values():
        yield from _rules(rule)
    uploads = spec.abort_incomplete_uploads.days
    if uploads:
        yield GoogleLifecycleRule(action="AbortIncompleteMultipartUpload", age=uploads)


def _rules(rule: LifecycleRule) -> Iterator[GoogleLifecycleRule]:
    if rule.archive:
        yield GoogleLifecycleRule(
            action="SetStorageClass",
            storage_class=CLASSES[rule.archive_class],
            prefix=rule.prefix,
            age=rule.archive.days,
        )
    if rule.expire:
        yield GoogleLifecycleRule(action="Delete", prefix=rule.prefix, age=rule.expire.days)
    if rule.expire_noncurrent:
        yield GoogleLifecycleRule(
            action="Delete", prefix=rule.prefix, days_since_noncurrent_time=rule.expire_noncurrent.days
        )


def _add_copy(pilot: Pilot, name: str, spec: BucketSpec) -> None:
    ident, destination = identifier(name), google_bucket(name)
    # What Storage Transfer Service needs of a bucket that it writes to, and of one whose objects it compares with.
    # Source: https://cloud.google.com/storage-transfer/docs/iam-cloud#sink_permissions
    for key, role in (("writer", "roles/storage.legacyBucketWriter"), ("reader", "roles/storage.objectViewer")):
        pilot.allow(f"{ident}_copy", destination, role, AGENT.attribute("member"), key=key, concern="storage")
    archived = [
        rule.archive.seconds for rule in spec.lifecycle.values() if rule.archive and rule.archive_class in ARCHIVES
    ]
    pilot.draft.add(
        GoogleTransferJob(
            name=ident,
            concern="storage",
            description=f"{pilot.draft.title} {pilot.draft.stage}: {name} from Amazon S3",
            source=Ref(Bucket, ident),
            role=_add_role(pilot, name),
            destination=destination,
            hour=HOUR,
            newest=min(archived, default=None),
            depends_on=tuple(item.ref for item in pilot.draft.resources if item.name == f"{ident}_copy"),
        )
    )


def _add_role(pilot: Pilot, name: str) -> Ref[Role]:
    """Who reads the bucket on AWS: only the transfer agent of this project, by its token, and nothing but this bucket.

    Source: https://cloud.google.com/storage-transfer/docs/source-amazon-s3#federated_identity
    """
    draft, ident = pilot.draft, identifier(name)
    bucket, key = Ref(Bucket, ident), bucket_key(draft, name)
    statements = [
        Statement(sid="Bucket", actions=("s3:GetBucketLocation", "s3:ListBucket"), resources=(bucket.arn,)),
        Statement(sid="Objects", actions=("s3:GetObject",), resources=(text(bucket.arn, "/*"),)),
    ]
    if key:
        statements.append(Statement(sid="Key", actions=("kms:Decrypt",), resources=(key.arn,)))
    only_agent = Condition(
        operator="StringEquals", key="accounts.google.com:sub", values=(AGENT.attribute("subject_id"),)
    )
    trust = PolicyDocument(
        (
            Statement(
                actions=("sts:AssumeRoleWithWebIdentity",),
                principals=(Principal("Federated", ("accounts.google.com",)),),
                conditions=(only_agent,),
            ),
        )
    )
    description = f"Lets Storage Transfer Service of Google Cloud copy {name}"
    called = f"{name}-google-copy"
    return add_role(draft, f"{ident}_google_copy", called, description, tuple(statements), trust, concern="storage",
                    path=f"{AT}.copies")  # fmt: skip
