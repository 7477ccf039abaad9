"""Secret Manager."""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
class GoogleSecret(OnGoogleCloud, Resource):
    """A secret without a value: a person fills it, or Terraform with an argument that it keeps nowhere."""

    title: ClassVar[str] = "Secret Manager secret"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "secret_id"})
    holds_data: ClassVar[bool] = True
    secret_id: str
    location: Textual
    """The region that keeps it."""


@dataclass(frozen=True, kw_only=True)
class GoogleSecretVersion(OnGoogleCloud, Resource):
    """A value that Terraform puts together and forgets."""

    title: ClassVar[str] = "Secret Manager secret version"
    secret: Ref[GoogleSecret]
    value: Textual
