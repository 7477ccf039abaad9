"""Where the application goes on when its region is gone: a standby in another region, a pilot light elsewhere."""

from __future__ import annotations

from pydantic import Field

from groundplan.blueprint.base import Part
from groundplan.units import Duration


class Standby(Part):
    """The same environment once more in another region, smaller, with copies of all data: a warm standby.

    Databases become replicas of the primary's across regions, secrets and new images are copied, and so are the objects
    of every bucket that has versions; caches begin empty. Public domains lead there by themselves while the primary
    does not answer; the database is promoted by an automation document, which says each step and its time. Costs what
    is running there.
    """

    region: str
    """AWS region, like ``us-west-2``."""
    overlay: dict[str, object] = Field(default={})
    """What differs there from the environment, written as under ``environments:``; the network's range above all."""
    health: Duration = Duration(30)
    """Interval in which Route 53 asks the primary for each public domain's health: 30 seconds, or 10 for 1 USD more a
    month."""
    failures: int = Field(default=3, ge=1, le=10)
    """Bad answers in a row until the domain leads to the standby."""
    promote: bool = True
    """Whether the standby promotes its databases by itself: when requests have come to arrive there *and* the copy no
    longer follows the primary, both for ``after``. Otherwise a person starts the document."""
    after: Duration = Duration(180)
    """How long both have to last."""


class Google(Part):
    """A pilot light on Google Cloud: copies of the data and everything that is needed to take over, switched off.

    Terraform only; AWS CloudFormation cannot make it. The network, the copy of the buckets, the image repositories, the
    secrets and services scaled to zero are there; the database is made from the latest dump when ``active`` is set.
    """

    project: str = Field(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")
    """Id of the Google Cloud project."""
    region: str = "us-east4"
    """Google Cloud region, like ``us-east4``."""
    active: bool = False
    """Whether it has taken over: creates the Cloud SQL instance and lets the services scale from one instance on."""
    database_tier: str = "db-custom-2-7680"
    """Machine type of the Cloud SQL instance."""
    copies: list[str] = Field(default=[])
    """Buckets of the blueprint that are copied every day. Empty: all that have ``keep``."""


class Secondary(Part):
    """Another cloud that can take over."""

    google: Google
    """Google Cloud."""
