"""Copies of buckets in other regions, made by S3 object by object.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
"""

from __future__ import annotations

from groundplan.blueprint.data import Bucket as BucketSpec
from groundplan.blueprint.data import Replica
from groundplan.design.access_logs import takes_access_logs
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import add_key, bucket_key, bucket_key_name
from groundplan.design.regions import check_other_region, in_standby
from groundplan.record import replace
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketReplication
from groundplan.resources.values import Pseudo, Ref, Textual, text

COLDER = ("STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
"""Storage classes in the order in which objects may move.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
"""


def replica_of(name: str) -> Ref[Bucket]:
    """The copy of a bucket, by the bucket's name in the blueprint."""
    return Ref(Bucket, f"{identifier(name)}_replica")


def add_replica(
    draft: Draft, name: str, spec: BucketSpec, asked: Replica, full_name: str, rules: tuple[BucketLifecycleRule, ...]
) -> BucketReplication:
    """The bucket that copies go to, its key, and the role that S3 copies as; and how the source is to say so.

    ``full_name`` and ``rules`` are the name and the lifecycle of the source. What expires there expires in the copy by
    the same rules: S3 copies no deletion that a lifecycle rule made.
    """
    path = f"buckets.{name}.replicate"
    check_other_region(draft, path, asked.region)
    source_key = bucket_key(draft, name)
    key = None
    if source_key:
        key_name = f"{bucket_key_name(identifier(name))}_replica"
        purpose = f"{draft.title} bucket {name} in {asked.region}"
        key = add_key(draft, key_name, purpose, region=asked.region, because=path)
    replica = draft.add(
        Bucket(
            name=replica_of(name).name,
            concern="storage",
            region=asked.region,
            bucket_name=draft.legal("s3_bucket", f"{full_name}-{asked.region}", path),
            sse_algorithm="aws:kms" if key else "AES256",
            kms_key=key,
            lifecycle_rules=tuple(_in_copy(rule, asked.storage_class) for rule in rules if _says_more(rule, asked)),
            keep=spec.keep,
            tags=draft.name_tag(f"{name}-replica"),
        )
    )
    return BucketReplication(
        rule_id="everything",
        role=_add_role(draft, name, full_name, replica, source_key, key, asked.region),
        destination=replica,
        storage_class=asked.storage_class,
        kms_key=key,
    )


def goes_to_standby(draft: Draft, name: str) -> bool:
    """Whether a bucket is copied into the standby's bucket of its name: all with versions, but not access logs, which
    each region has of its own."""
    if draft.standby is None or takes_access_logs(draft.blueprint, name):
        return False
    there = draft.standby.blueprint.buckets.get(name)
    return draft.blueprint.buckets[name].versioning and there is not None and there.versioning


def replicate_to_standby(draft: Draft, name: str, spec: BucketSpec, full_name: str) -> BucketReplication:
    """The copy is the standby's own bucket: whatever runs there reads and writes it by its own name.

    Nothing comes back by itself: what is written there after a failover has to be copied by a person (``aws s3 sync``).
    """
    assert draft.standby is not None
    region = draft.standby.blueprint.region
    replica, there = in_standby(Ref(Bucket, identifier(name))), bucket_key(draft.standby, name)
    key = in_standby(there) if there else None
    return BucketReplication(
        rule_id="everything",
        role=_add_role(draft, name, full_name, replica, bucket_key(draft, name), key, region),
        destination=replica,
        storage_class=spec.replicate.storage_class if spec.replicate else "STANDARD",
        kms_key=key,
    )


def _in_copy(rule: BucketLifecycleRule, storage_class: str) -> BucketLifecycleRule:
    """The rule without moves to a class that the copies are in already, or that is warmer than theirs."""
    begins = COLDER.index(storage_class)
    return replace(
        rule,
        transitions=tuple(item for item in rule.transitions if COLDER.index(item.storage_class) > begins),
    )


def _says_more(rule: BucketLifecycleRule, asked: Replica) -> bool:
    """Whether anything is left of a rule in the copy: S3 refuses one that does nothing."""
    left = _in_copy(rule, asked.storage_class)
    ages = left.expiration_days, left.noncurrent_expiration_days, left.abort_incomplete_multipart_upload_days
    return bool(left.transitions) or any(age is not None for age in ages)


def replication_rights(
    source: Textual,
    replica: Ref[Bucket],
    home: str,
    region: str,
    source_key: Ref[Key] | None,
    key: Ref[Key] | None,
) -> tuple[Statement, ...]:
    """What S3 may do that copies from ``source``, an ARN, in ``home`` to ``replica`` in ``region``, and nothing else.

    Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    """
    statements = [
        Statement(
            sid="ReadSource",
            actions=("s3:GetReplicationConfiguration", "s3:ListBucket"),
            resources=(source,),
        ),
        Statement(
            sid="ReadVersions",
            actions=(
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
            ),
            resources=(text(source, "/*"),),
        ),
        Statement(
            sid="WriteCopies",
            actions=("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"),
            resources=(text(replica.arn, "/*"),),
        ),
    ]
    if source_key and key:
        statements += [
            _key_statement("DecryptSource", "kms:Decrypt", source_key, home),
            _key_statement("EncryptCopies", "kms:Encrypt", key, region),
        ]
    return tuple(statements)


def _add_role(
    draft: Draft,
    name: str,
    full_name: str,
    replica: Ref[Bucket],
    source_key: Ref[Key] | None,
    key: Ref[Key] | None,
    region: str,
) -> Ref[Role]:
    """What S3 copies as."""
    # As text: the bucket names the role, so the role has to know the bucket before it exists.
    source = text("arn:", Pseudo.PARTITION, f":s3:::{full_name}")
    statements = replication_rights(source, replica, draft.blueprint.region, region, source_key, key)
    called = f"{name}-replication"
    policy_name = draft.called("iam_policy", f"{called}-policy", f"buckets.{name}.replicate")
    return draft.add(
        Role(
            name=f"{identifier(name)}_replication",
            concern="storage",
            role_name=draft.called("iam_role", f"{called}-role", f"buckets.{name}.replicate"),
            description=f"Lets S3 copy the objects of {name} to {region}",
            trust=service_trust("s3.amazonaws.com"),
            inline_policies=(InlinePolicy(policy_name, PolicyDocument(statements)),),
        ),
        because=f"buckets.{name}.replicate",
    )


def _key_statement(sid: str, action: str, key: Ref[Key], region: str) -> Statement:
    """The right to a key, through S3 alone."""
    through = Condition(operator="StringEquals", key="kms:ViaService", values=(f"s3.{region}.amazonaws.com",))
    return Statement(sid=sid, actions=(action,), resources=(key.arn,), conditions=(through,))
