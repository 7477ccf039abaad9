"""The project: its APIs, who acts in it, and who may act as them without a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
class GoogleApi(OnGoogleCloud, Resource):
    """An API that is enabled in the project. It stays enabled when the environment goes: others may use it."""

    title: ClassVar[str] = "Google Cloud API"
    service: str
    """``run.googleapis.com``."""


@dataclass(frozen=True, kw_only=True)
class GoogleTransferAgent(OnGoogleCloud, Resource):
    """The API of Storage Transfer Service, and the service account that it copies with.

    Source: https://cloud.google.com/storage-transfer/docs/source-amazon-s3#federated_identity
    """

    title: ClassVar[str] = "Storage Transfer Service"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "member", "subject_id"})
    """``member``: how IAM of Google Cloud calls the service account; ``subject_id``: how a token of it does."""
    service: str = "storagetransfer.googleapis.com"


@dataclass(frozen=True, kw_only=True)
class GoogleServiceAccount(OnGoogleCloud, Resource):
    """Who a service or a pipeline is. It has no key: Cloud Run, or workload identity federation, acts as it."""

    title: ClassVar[str] = "Google Cloud service account"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "email", "member"})
    account_id: str
    display_name: str


@dataclass(frozen=True, kw_only=True)
class GoogleIdentityPool(OnGoogleCloud, Resource):
    """A workload identity pool: identities of others that may act in the project.

    Source: https://cloud.google.com/iam/docs/workload-identity-federation
    """

    title: ClassVar[str] = "workload identity pool"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "name"})
    """``name``: ``projects/<number>/locations/global/workloadIdentityPools/<pool>``."""
    pool_id: str
    description: str


@dataclass(frozen=True, kw_only=True)
class GoogleIdentityProvider(OnGoogleCloud, Resource):
    """Whose tokens a pool takes: those of an OpenID Connect issuer, or of an AWS account."""

    title: ClassVar[str] = "workload identity provider"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "name"})
    provider_id: str
    pool: Ref[GoogleIdentityPool]
    attribute_mapping: Mapping[str, str] = field(default_factory=dict)
    """What a token says, as attributes that conditions and members can name."""
    attribute_condition: str
    """Which tokens are taken; an issuer like GitHub's writes them for everybody."""
    issuer_uri: str | None = None
    """The OpenID Connect issuer."""
    aws_account: Textual | None = None
    """The AWS account."""
