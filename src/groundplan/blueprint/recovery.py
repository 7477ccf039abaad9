"""Where the application goes on when its region is gone: a standby in another region, a pilot light elsewhere."""

from ipaddress import IPv4Network

from pydantic import Field

from groundplan.blueprint.base import Cidr, Name, Part
from groundplan.units import Duration


class Standby(Part):
    """The same environment once more in another region, smaller, with copies of its data: a warm standby.

    Databases become replicas of the primary's across regions; secrets are copied, and so are images and objects of
    buckets with versions that are written from then on. Caches, queues and shared volumes begin empty (``backup:`` with
    ``copy_to`` has copies of volumes), jobs rest, and nothing is copied back. Public domains lead there by themselves
    while the primary does not answer; the database is promoted by an automation document, which says each step and its
    time. Costs what is running there. A registry copies images by one configuration for each account and region: of the
    environments in one account and region, only one can have a standby.
    """

    region: str
    """AWS region, like ``us-west-2``."""
    overlay: dict[str, object] = Field(default={})
    """What differs there from the environment, written as under ``environments:``; the network's range above all."""
    health: Duration = Duration(30)
    """Interval in which Route 53 asks the primary for each public domain's health: 30 seconds, or 10 for 1 USD more a
    month. A check by HTTPS costs 1 USD a month."""
    failures: int = Field(default=3, ge=1, le=10)
    """Bad answers in a row until the domain leads to the standby."""
    promote: bool = True
    """Whether the standby promotes its databases by itself: when requests have come to arrive there *and* no database
    has got anything from its primary for five minutes. Otherwise a person starts the document."""
    after: Duration = Duration(180)
    """How long requests have to arrive there, in each of so many minutes."""


class Google(Part):
    """A pilot light on Google Cloud: copies of the data and everything that is needed to take over, switched off.

    Terraform only; AWS CloudFormation cannot make it. The network, the copy of the buckets, the image repositories, the
    secrets and services scaled to zero are there; database, cache and load balancer are made when ``active`` is set,
    and a person imports the latest dump. Services talk to Google's APIs there: see the document on the secondary cloud.
    """

    project: str = Field(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")
    """Id of the Google Cloud project."""
    region: str = "us-east4"
    """Google Cloud region, like ``us-east4``."""
    active: bool = False
    """Whether it has taken over: creates the Cloud SQL instances, the caches and the load balancer, and lets the
    services scale from one instance on. At a take-over ``terraform apply -var google_active=true`` says the same."""
    cidr: Cidr = IPv4Network("10.200.0.0/22")
    """Range of the subnet that services get their addresses from."""
    database_tier: str = Field(default="db-custom-2-7680", pattern=r"^db-(f1-micro|g1-small|custom-\d+-\d+)$")
    """Machine type of the Cloud SQL instances: ``db-custom-<CPUs>-<MB>``."""
    copies: list[Name] = Field(default=[])
    """Buckets of the blueprint that are copied every day. Empty: all that have ``keep``."""
    dumps: Name = "backups"
    """Bucket of the blueprint that a job of yours writes a dump of each database to (``pg_dump``), every night before
    05:00 UTC, when the copies begin: what a Cloud SQL instance is filled from."""
    pipeline: str | None = Field(
        default=None, pattern=r"^([A-Za-z0-9-]+/[A-Za-z0-9._-]+|arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9_+=,.@-]+)$"
    )
    """Who pushes images to Google Cloud, without a key: a GitHub repository, ``owner/name``, or the ARN of an AWS role
    without a path. ``null``: people alone."""
    without: list[Name] = Field(default=[])
    """Services, jobs, databases, caches and queues that are not there after a take-over."""


class Secondary(Part):
    """Another cloud that can take over."""

    google: Google
    """Google Cloud."""
