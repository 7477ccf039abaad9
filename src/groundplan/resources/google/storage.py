"""Cloud Storage, and Storage Transfer Service that fills it from Amazon S3."""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref, Textual

StorageClass = Literal["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"]


@dataclass(frozen=True, kw_only=True)
class GoogleLifecycleRule(Record):
    """What happens to objects as they age.

    Source: https://cloud.google.com/storage/docs/lifecycle
    """

    action: Literal["Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"]
    storage_class: StorageClass | None = None
    prefix: str = ""
    age: int | None = None
    """Days since the object came to be there."""
    days_since_noncurrent_time: int | None = None
    """Days since it was replaced or deleted."""


@dataclass(frozen=True, kw_only=True)
class GoogleBucket(OnGoogleCloud, Resource):
    """A bucket that nobody of the internet can ever read, with rights by IAM alone."""

    title: ClassVar[str] = "Cloud Storage bucket"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "bucket_name"})
    holds_data: ClassVar[bool] = True
    bucket_name: Textual
    location: Textual
    uniform_bucket_level_access: bool = True
    public_access_prevention: Literal["enforced", "inherited"] = "enforced"
    versioning: bool = True
    keep: bool = True
    """Whether its objects keep it from being deleted with the environment."""
    lifecycle_rules: tuple[GoogleLifecycleRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoogleTransferJob(OnGoogleCloud, Resource):
    """Copies what is new or changed in an S3 bucket, every day. What is deleted there stays here.

    Source: https://cloud.google.com/storage-transfer/docs/create-transfers/agentless/s3
    """

    title: ClassVar[str] = "transfer job"
    description: str
    source: Ref[Bucket]
    role: Ref[Role]
    """The AWS role that the transfer agent takes on to read the source."""
    destination: Ref[GoogleBucket]
    hour: int
    """When it begins, UTC."""
    newest: int | None = None
    """Only objects that changed within so many seconds: S3 gives no older ones away without a restore, where they are
    archived by then. None: all."""
