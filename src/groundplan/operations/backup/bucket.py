"""Objects as they were at a time, out of the versions that S3 keeps.

Nothing is lost by it: what is overwritten becomes a former version itself, what is deleted gets a delete marker.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/RestoringPreviousVersions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from groundplan.errors import DeploymentError, InputError
from groundplan.operations.backup.stores import Store
from groundplan.operations.events import Report
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CopySourceTypeDef

Action = Literal["bring back", "overwrite", "delete", "cannot"]
ONE_COPY = 5 * 2**30
"""Bytes that S3 copies in one call. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""
PART = 2**30
_FROZEN = ("GLACIER", "DEEP_ARCHIVE")
"""Storage classes whose objects have to be thawed before they can be copied."""
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one object."""

    action: Action
    key: str
    version: str = ""
    """The version that comes back."""
    size: int = 0
    """Its bytes."""
    markers: tuple[str, ...] = ()
    """Delete markers that stand above it: the object is back once they are gone."""
    storage_class: str = "STANDARD"
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    version: str
    modified: datetime
    latest: bool
    marker: bool
    size: int = 0
    storage_class: str = "STANDARD"
    etag: str = ""


def prepare(
    connection: Connection, store: Store, to: datetime, prefix: str = "", *, delete_newer: bool = False
) -> tuple[Change, ...]:
    """What differs from that time. ``delete_newer``: objects that did not exist then are deleted, else they stay.

    Raises InputError where the bucket keeps no versions, or not for that long.
    """
    client = connection.s3(store.region)
    _check_window(client, store, to)
    with explained(f"Listing the versions in {store.name}"):
        entries = list(_entries(client, store.id, prefix))
    found = []
    for _, several in groupby(entries, lambda entry: entry.key):
        change = _change(list(several), to, delete_newer=delete_newer)
        if change:
            found.append(change)
    return tuple(found)


def _check_window(client: S3Client, store: Store, to: datetime) -> None:
    from botocore.exceptions import ClientError

    with explained(f"Reading the versions of {store.name}"):
        try:
            status = client.get_bucket_versioning(Bucket=store.id).get("Status")
            rules = client.get_bucket_lifecycle_configuration(Bucket=store.id)["Rules"]
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "NoSuchBucket":
                raise InputError(f"{store.name} ({store.id}) is not deployed") from error
            if code != "NoSuchLifecycleConfiguration":
                raise
            rules = []
    if not status:
        raise InputError(f"{store.name} keeps no versions: write versioning: true, which helps from then on")
    days = [
        rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for rule in rules
        if rule["Status"] == "Enabled" and "NoncurrentDays" in rule.get("NoncurrentVersionExpiration", {})
    ]
    if not days:
        return
    earliest = datetime.now(UTC) - timedelta(days=min(days))
    if to < earliest:
        raise InputError(
            f"{store.name} keeps replaced and deleted objects for {min(days)} days: --to can be any second from "
            f"{earliest:%Y-%m-%d %H:%M:%S} UTC to now"
        )


def _entries(client: S3Client, bucket: str, prefix: str) -> Iterator[_Entry]:
    """Versions and delete markers by key, of each key the newest first."""
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        entries = [
            _Entry(
                item["Key"],
                item["VersionId"],
                item["LastModified"],
                item["IsLatest"],
                marker=False,
                size=item.get("Size", 0),
                storage_class=item.get("StorageClass", "STANDARD"),
                etag=item.get("ETag", ""),
            )
            for item in page.get("Versions", [])
        ]
        entries += [
            _Entry(item["Key"], item["VersionId"], item["LastModified"], item["IsLatest"], marker=True)
            for item in page.get("DeleteMarkers", [])
        ]
        entries.sort(key=lambda entry: (entry.key, not entry.latest, -entry.modified.timestamp()))
        yield from entries


def _change(entries: Sequence[_Entry], to: datetime, *, delete_newer: bool) -> Change | None:
    """``entries`` are of one object, the newest first."""
    now = entries[0]
    then = next((entry for entry in entries if entry.modified <= to), None)
    key = now.key
    if then is None or then.marker:
        if now.marker or not delete_newer:
            return None
        return Change("delete", key, why="it did not exist then")
    # Brought back before: the same content. S3 tells so where KMS does not encrypt it; else it is copied once more.
    if then is now or (not now.marker and now.etag and (now.etag, now.size) == (then.etag, then.size)):
        return None
    above = entries[: entries.index(then)]
    if all(entry.marker for entry in above):
        return Change("bring back", key, then.version, then.size, tuple(entry.version for entry in above),
                      why=f"deleted {above[-1].modified:%Y-%m-%d %H:%M:%S}")  # fmt: skip
    if then.storage_class in _FROZEN:
        why = f"its version of then is in {then.storage_class}: thaw it first (aws s3api restore-object)"
        return Change("cannot", key, then.version, then.size, storage_class=then.storage_class, why=why)
    action: Action = "bring back" if now.marker else "overwrite"
    return Change(action, key, then.version, then.size, storage_class=then.storage_class,
                  why=f"changed {above[-1].modified:%Y-%m-%d %H:%M:%S}")  # fmt: skip


def restore(connection: Connection, store: Store, changes: Sequence[Change], report: Report) -> int:
    """Carry the changes out, several at a time. Returns how many. What is done already is not done twice: a second
    run finds what is left.

    Raises DeploymentError with the first objects that failed.
    """
    client = connection.s3(store.region)
    possible = [change for change in changes if change.action != "cannot"]
    failures: list[str] = []

    def carry_out(change: Change) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            _carry_out(client, store.id, change)
        except (ClientError, BotoCoreError) as error:
            failures.append(f"{change.key}: {error}")

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for number, _ in enumerate(pool.map(carry_out, possible), start=1):
            report(f"{store.name}: {number} of {len(possible)} objects", passing=True)
    if failures:
        first = "; ".join(sorted(failures)[:3])
        raise DeploymentError(
            f"{store.name}: {len(failures)} of {len(possible)} objects could not be restored: {first}. "
            "Run the same command again: it goes on with what is left"
        )
    return len(possible)


def _carry_out(client: S3Client, bucket: str, change: Change) -> None:
    if change.action == "delete":
        client.delete_object(Bucket=bucket, Key=change.key)
    elif change.markers:
        for marker in change.markers:
            client.delete_object(Bucket=bucket, Key=change.key, VersionId=marker)
    else:
        _copy(client, bucket, change)


def _copy(client: S3Client, bucket: str, change: Change) -> None:
    """Make a former version the newest, with its metadata and tags."""
    source: CopySourceTypeDef = {"Bucket": bucket, "Key": change.key, "VersionId": change.version}
    storage: dict[str, str] = {"StorageClass": change.storage_class}
    if change.size <= ONE_COPY:
        client.copy_object(Bucket=bucket, Key=change.key, CopySource=source, **storage)  # type: ignore[arg-type]  # what S3 has told itself
        return
    head = client.head_object(Bucket=bucket, Key=change.key, VersionId=change.version)
    begun = client.create_multipart_upload(
        Bucket=bucket,
        Key=change.key,
        Metadata=head["Metadata"],
        ContentType=head["ContentType"],
        **storage,  # type: ignore[arg-type]  # what S3 has told itself
    )["UploadId"]
    try:
        parts = [
            (
                number,
                client.upload_part_copy(
                    Bucket=bucket,
                    Key=change.key,
                    CopySource=source,
                    CopySourceRange=f"bytes={start}-{min(start + PART, change.size) - 1}",
                    PartNumber=number,
                    UploadId=begun,
                )["CopyPartResult"].get("ETag", ""),
            )
            for number, start in enumerate(range(0, change.size, PART), start=1)
        ]
        done = [{"PartNumber": number, "ETag": tag} for number, tag in parts]
        client.complete_multipart_upload(
            Bucket=bucket,
            Key=change.key,
            UploadId=begun,
            MultipartUpload={"Parts": done},  # type: ignore[typeddict-item]  # plain dicts
        )
    except Exception:
        client.abort_multipart_upload(Bucket=bucket, Key=change.key, UploadId=begun)
        raise
