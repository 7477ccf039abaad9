"""Amazon S3."""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import Key, Role
from groundplan.resources.values import Ref


@dataclass(frozen=True, kw_only=True)
class Transition(Record):
    """Moves objects to another storage class after a number of days."""

    days: int
    storage_class: str


@dataclass(frozen=True, kw_only=True)
class BucketLifecycleRule(Record):
    """What happens to objects as they age. All times in days; None: never."""

    id: str
    prefix: str = ""
    expiration_days: int | None = None
    noncurrent_expiration_days: int | None = None
    transitions: tuple[Transition, ...] = ()
    abort_incomplete_multipart_upload_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class BucketReplication(Record):
    """Copies every new object, and every deletion, to a bucket in another region. Both need versioning."""

    rule_id: str
    role: Ref[Role]
    """What S3 copies as."""
    destination: Ref[Bucket]
    storage_class: str
    """Storage class of the copies."""
    kms_key: Ref[Key] | None = None
    """Key that encrypts the copies, in the region of the destination. None: S3's own keys."""


@dataclass(frozen=True, kw_only=True)
class Bucket(Resource):
    """A bucket with all its settings. Public access is always blocked, ACLs are off (bucket owner enforced)."""

    title: ClassVar[str] = "S3 bucket"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "regional_domain_name"})
    holds_data: ClassVar[bool] = True
    bucket_name: str
    versioning: bool = True
    sse_algorithm: Literal["aws:kms", "AES256"] = "aws:kms"
    kms_key: Ref[Key] | None = None
    block_public_acls: bool = True
    block_public_policy: bool = True
    ignore_public_acls: bool = True
    restrict_public_buckets: bool = True
    lifecycle_rules: tuple[BucketLifecycleRule, ...] = ()
    access_log_bucket: Ref[Bucket] | None = None
    access_log_prefix: str = ""
    replication: BucketReplication | None = None
    keep: bool = True
    """Whether the bucket survives the destruction of the environment."""


@dataclass(frozen=True, kw_only=True)
class BucketPolicy(Resource):
    """The resource policy of a bucket."""

    title: ClassVar[str] = "S3 bucket policy"
    taggable: ClassVar[bool] = False
    bucket: Ref[Bucket]
    policy: PolicyDocument
