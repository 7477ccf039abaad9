"""Cloud Storage, Storage Transfer Service, Artifact Registry and Secret Manager in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.google.base import row
from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.security import after_policies
from groundplan.resources.google.registry import GoogleRepository
from groundplan.resources.google.secrets import GoogleSecret, GoogleSecretVersion
from groundplan.resources.google.storage import GoogleBucket, GoogleTransferJob

FILE = "google_storage.tf"
_FIRST_DAY = {"year": 2026, "month": 1, "day": 1}
"""A day that is over: the job begins on the next one, and then runs every day."""


def _bucket(bucket: GoogleBucket, _: Context) -> dict[str, object]:
    return {"force_destroy": not bucket.keep}


def _bucket_blocks(bucket: GoogleBucket, context: Context) -> Iterator[Block]:
    yield context.block("versioning", {"enabled": bucket.versioning})
    for rule in bucket.lifecycle_rules:
        condition = {
            "age": rule.age,
            "days_since_noncurrent_time": rule.days_since_noncurrent_time,
            "matches_prefix": [rule.prefix] if rule.prefix else None,
        }
        action = {"type": rule.action, "storage_class": rule.storage_class}
        yield context.block(
            "lifecycle_rule", {}, context.block("action", action), context.block("condition", condition)
        )


def _job_blocks(job: GoogleTransferJob, context: Context) -> Iterator[Block]:
    newest = (
        context.block("object_conditions", {"max_time_elapsed_since_last_modification": f"{job.newest}s"})
        if job.newest
        else None
    )
    source = {"bucket_name": job.source.attribute("id"), "role_arn": job.role.arn}
    yield context.block(
        "transfer_spec",
        {},
        newest,
        context.block("transfer_options", {"overwrite_when": "DIFFERENT"}),
        context.block("aws_s3_data_source", source),
        context.block("gcs_data_sink", {"bucket_name": job.destination.attribute("bucket_name")}),
    )
    yield context.block(
        "schedule",
        {"repeat_interval": "86400s"},
        context.block("schedule_start_date", _FIRST_DAY),
        context.block("start_time_of_day", {"hours": job.hour, "minutes": 0, "seconds": 0, "nanos": 0}),
    )


def _before_job(job: GoogleTransferJob, context: Context) -> Iterator[str]:
    yield from after_policies((job.role,), context)


def _repository(_: GoogleRepository, __: Context) -> dict[str, object]:
    return {"format": "DOCKER", "mode": "STANDARD_REPOSITORY"}


def _repository_blocks(repository: GoogleRepository, context: Context) -> Iterator[Block]:
    yield context.block("docker_config", {"immutable_tags": repository.immutable_tags})
    if repository.keep_images:
        newest = context.block("most_recent_versions", {"keep_count": repository.keep_images})
        yield context.block("cleanup_policies", {"id": "keep-newest", "action": "KEEP"}, newest)
        anything = context.block("condition", {"tag_state": "ANY"})
        yield context.block("cleanup_policies", {"id": "delete-others", "action": "DELETE"}, anything)


def _secret_blocks(secret: GoogleSecret, context: Context) -> Iterator[Block]:
    replica = context.block("replicas", {"location": secret.location})
    yield context.block("replication", {}, context.block("user_managed", {}, replica))


def _version(version: GoogleSecretVersion, context: Context) -> dict[str, object]:
    return {"secret_data_wo": context.write_only(version.value), "secret_data_wo_version": 1}


ROWS = (
    row(
        GoogleBucket,
        "google_storage_bucket",
        FILE,
        attributes={"bucket_name": "name"},
        rename={"bucket_name": "name"},
        arguments=_bucket,
        blocks=_bucket_blocks,
        written=frozenset({"versioning", "keep", "lifecycle_rules"}),
    ),
    row(
        GoogleTransferJob,
        "google_storage_transfer_job",
        FILE,
        blocks=_job_blocks,
        written=frozenset({"source", "role", "destination", "hour", "newest"}),
        waits_for=_before_job,
        section=1,
    ),
    row(
        GoogleRepository,
        "google_artifact_registry_repository",
        "google_registry.tf",
        attributes={"uri": "registry_uri", "repository_id": "repository_id"},
        arguments=_repository,
        blocks=_repository_blocks,
        written=frozenset({"immutable_tags", "keep_images"}),
    ),
    row(
        GoogleSecret,
        "google_secret_manager_secret",
        "google_secrets.tf",
        attributes={"secret_id": "secret_id"},
        blocks=_secret_blocks,
        written=frozenset({"location"}),
    ),
    row(
        GoogleSecretVersion,
        "google_secret_manager_secret_version",
        "google_secrets.tf",
        arguments=_version,
        written=frozenset({"value"}),
        section=1,
    ),
)
