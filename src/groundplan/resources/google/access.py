"""IAM of Google Cloud: who may do what with one thing, never with the whole project."""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud
from groundplan.resources.google.messaging import GoogleSubscription, GoogleTopic
from groundplan.resources.google.project import GoogleServiceAccount
from groundplan.resources.google.registry import GoogleRepository
from groundplan.resources.google.run import GoogleRunService
from groundplan.resources.google.secrets import GoogleSecret
from groundplan.resources.google.storage import GoogleBucket
from groundplan.resources.values import Ref, Textual

Target = (
    Ref[GoogleBucket] | Ref[GoogleSecret] | Ref[GoogleRepository] | Ref[GoogleRunService] | Ref[GoogleServiceAccount]
    | Ref[GoogleTopic] | Ref[GoogleSubscription]
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GoogleAccess(OnGoogleCloud, Resource):
    """A member has a role on one resource.

    Source: https://cloud.google.com/iam/docs/overview
    """

    title: ClassVar[str] = "IAM member"
    target: Target
    role: str
    """``roles/storage.objectViewer``."""
    member: Textual
    """``serviceAccount:…``, ``principalSet://…`` or ``allUsers``."""
