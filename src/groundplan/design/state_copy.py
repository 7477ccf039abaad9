"""A copy of every state in another region, for the day on which the region of the bucket is out of reach.

S3 copies each new version within minutes, as a rule; deletions of versions it never copies, so that nobody who can
write the states can take the copies away with them.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
"""

from __future__ import annotations

from collections.abc import Iterable

from groundplan.catalog import regions
from groundplan.design.buckets import tls_only
from groundplan.design.draft import Draft
from groundplan.design.encryption import account_statement
from groundplan.design.replicas import replication_rights
from groundplan.errors import InputError, Problem, suggestion
from groundplan.resources.base import Resource
from groundplan.resources.policies import InlinePolicy, PolicyDocument, service_trust
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy, BucketReplication
from groundplan.resources.values import Pseudo, Ref, text

COPY = Ref(Bucket, "state_copy")
COPY_KEY = Ref(Key, "state_copy")
COPIER = Ref(Role, "state_copy")


def check_copy_region(home: str, region: str) -> None:
    """Raise InputError where a copy in a region is none, or cannot be."""
    known, here = regions.find(region), regions.find(home)
    if known is None:
        raise InputError(
            [Problem(f"--copy-to {region}: there is no such region{suggestion(region, regions.all_regions())}")]
        )
    if region == home:
        raise InputError([Problem(f"--copy-to {region}: the states are there already; choose another region")])
    if here and here.partition != known.partition:
        raise InputError(
            [Problem(f"--copy-to {region}: it is of another partition of AWS than {home}, and S3 copies into none")]
        )


def replication() -> BucketReplication:
    """What the bucket of the states says of its copy."""
    return BucketReplication(
        rule_id="copy-states", role=COPIER, destination=COPY, storage_class="STANDARD", kms_key=COPY_KEY
    )


def copied_to(
    draft: Draft, source: str, source_key: Ref[Key], home: str, region: str, kept_days: int
) -> Iterable[Resource]:
    """The bucket in ``region``, its key, and the role that S3 copies as. ``source``: name of the bucket of the
    states."""
    name = draft.legal("s3_bucket", f"{source}-{region}", "state.bucket")
    yield Key(
        name=COPY_KEY.name,
        concern="encryption",
        region=region,
        description=f"{draft.title} copies of the states of Terraform in {source}",
        alias=name.replace(".", "-"),
        policy=PolicyDocument((account_statement(),)),
        tags={"Name": name},
    )
    yield Bucket(
        name=COPY.name,
        concern="storage",
        region=region,
        bucket_name=name,
        kms_key=COPY_KEY,
        lifecycle_rules=(
            BucketLifecycleRule(
                id="expire-old-states",
                noncurrent_expiration_days=kept_days,
                abort_incomplete_multipart_upload_days=7,
            ),
        ),
        tags={"Name": name},
    )
    yield BucketPolicy(
        name=COPY.name, concern="storage", region=region, bucket=COPY, policy=PolicyDocument((tls_only(COPY),))
    )
    # As text: the bucket names the role, so the role has to know the bucket before it exists.
    arn = text("arn:", Pseudo.PARTITION, f":s3:::{source}")
    rights = replication_rights(arn, COPY, home, region, source_key, COPY_KEY)
    yield Role(
        name=COPIER.name,
        concern="storage",
        role_name=draft.called("iam_role", "terraform-state-copy", "project", lengthened=True),
        description=f"Lets S3 copy the states in {source} to {region}",
        trust=service_trust("s3.amazonaws.com"),
        inline_policies=(InlinePolicy("copy", PolicyDocument(rights)),),
        tags=draft.name_tag("terraform-state-copy"),
    )
