"""IAM of Google Cloud in Terraform: each kind of resource has a type of its own for its members."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.google.base import count
from groundplan.engines.terraform.hcl import Expression
from groundplan.engines.terraform.rows import Row
from groundplan.resources import Resource
from groundplan.resources.google.access import GoogleAccess
from groundplan.resources.google.messaging import GoogleSubscription, GoogleTopic
from groundplan.resources.google.project import GoogleServiceAccount
from groundplan.resources.google.registry import GoogleRepository
from groundplan.resources.google.run import GoogleRunService
from groundplan.resources.google.secrets import GoogleSecret
from groundplan.resources.google.storage import GoogleBucket

_TYPES: Mapping[type[Resource], tuple[str, str, str]] = {
    GoogleBucket: ("google_storage_bucket_iam_member", "bucket", "bucket_name"),
    GoogleSecret: ("google_secret_manager_secret_iam_member", "secret_id", "secret_id"),
    GoogleRepository: ("google_artifact_registry_repository_iam_member", "repository", "repository_id"),
    GoogleRunService: ("google_cloud_run_v2_service_iam_member", "name", "service_name"),
    GoogleServiceAccount: ("google_service_account_iam_member", "service_account_id", "id"),
    GoogleTopic: ("google_pubsub_topic_iam_member", "topic", "topic_name"),
    GoogleSubscription: ("google_pubsub_subscription_iam_member", "subscription", "subscription_name"),
}
"""Kind to its type, the argument that names one of it, and the attribute that stands there."""


def _type(access: GoogleAccess) -> str:
    return _TYPES[access.target.kind][0]


def _target(access: GoogleAccess, context: Context) -> dict[str, object]:
    _, argument, attribute = _TYPES[access.target.kind]
    found: dict[str, object] = {argument: Expression(context.attribute(access.target, attribute))}
    if access.target.kind in (GoogleRepository, GoogleRunService):
        target = context.architecture[access.target]
        assert isinstance(target, GoogleRepository | GoogleRunService)
        found["location"] = target.location
    return found


ROWS = (
    Row(
        GoogleAccess,
        _type,
        "google_access.tf",
        attributes={"id": "id"},
        first=("bucket", "secret_id", "repository", "name", "service_account_id", "topic", "subscription", "location"),
        arguments=_target,
        written=frozenset({"target", "present"}),
        count=count,
    ),
)
