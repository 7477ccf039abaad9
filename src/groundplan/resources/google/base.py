"""What everything on Google Cloud has in common."""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import Record, dataclass

Presence = Literal["always", "services", "active"]
"""When a resource is there: always; once images and secrets are (``google_services``); after a take-over
(``google_active``)."""


@dataclass(frozen=True, kw_only=True)
class OnGoogleCloud(Record):
    """A resource of a Google Cloud project. Labels are the provider's affair, so that it takes no tags."""

    cloud: ClassVar[Literal["aws", "google"]] = "google"
    taggable: ClassVar[bool] = False
    present: Presence = "always"
