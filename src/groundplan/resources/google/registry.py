"""Artifact Registry."""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud
from groundplan.resources.values import Textual


@dataclass(frozen=True, kw_only=True)
class GoogleRepository(OnGoogleCloud, Resource):
    """A repository of container images, whose tags never move to another image."""

    title: ClassVar[str] = "Artifact Registry repository"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "uri", "repository_id"})
    """``uri``: ``us-east4-docker.pkg.dev/<project>/<repository>``."""
    holds_data: ClassVar[bool] = True
    repository_id: str
    location: Textual
    description: str
    immutable_tags: bool = True
    keep_images: int | None = None
    """Newest images that stay when older ones are deleted. None: all."""
