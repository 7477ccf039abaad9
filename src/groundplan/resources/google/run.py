"""Cloud Run: services that answer requests, and worker pools that fetch their work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud, Presence
from groundplan.resources.google.network import GoogleNetwork, GoogleSubnetwork
from groundplan.resources.google.project import GoogleServiceAccount
from groundplan.resources.google.secrets import GoogleSecret
from groundplan.resources.google.storage import GoogleBucket
from groundplan.resources.values import Ref, Textual

Ingress = Literal[
    "INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GoogleMount(Record):
    """A bucket that a container sees as a folder (Cloud Storage FUSE).

    Source: https://cloud.google.com/run/docs/configuring/services/cloud-storage-volume-mounts
    """

    name: str
    path: str
    bucket: Ref[GoogleBucket]


@dataclass(frozen=True, kw_only=True)
class GoogleContainer(Record):
    """What a service or worker pool runs."""

    image: Textual
    arguments: tuple[str, ...] = ()
    """Instead of the image's command."""
    cpu: int
    """CPUs: 1, 2, 4, 6 or 8."""
    memory: int
    """MiB."""
    environment: Mapping[str, Textual] = field(default_factory=dict)
    environment_when_active: Mapping[str, Textual] = field(default_factory=dict)
    """Variables that there is something to say in only after a take-over."""
    secrets: Mapping[str, Ref[GoogleSecret]] = field(default_factory=dict)
    """Variable to the secret whose latest version it holds."""
    secrets_when_active: Mapping[str, Ref[GoogleSecret]] = field(default_factory=dict)
    """The same, of secrets that have a value only after a take-over."""
    mounts: tuple[GoogleMount, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoogleProbe(Record):
    """A request that tells whether a container works."""

    path: str
    period_seconds: int
    timeout_seconds: int
    failure_threshold: int


@dataclass(frozen=True, kw_only=True)
class GoogleRunService(OnGoogleCloud, Resource):
    """A service without instances while the pilot light is only that.

    Source: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
    """

    title: ClassVar[str] = "Cloud Run service"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "uri", "service_name"})
    present: Presence = "services"
    service_name: str
    location: Textual
    ingress: Ingress
    service_account: Ref[GoogleServiceAccount]
    container: GoogleContainer
    port: int
    cpu_idle: bool = True
    """Whether an instance has its CPU only while it answers a request: of no use to one that fetches work besides."""
    startup: GoogleProbe
    liveness: GoogleProbe
    network: Ref[GoogleNetwork]
    subnetwork: Ref[GoogleSubnetwork]
    egress: Literal["PRIVATE_RANGES_ONLY", "ALL_TRAFFIC"] = "PRIVATE_RANGES_ONLY"
    min_instances: int
    """After a take-over; before it none."""
    max_instances: int


@dataclass(frozen=True, kw_only=True)
class GoogleWorkerPool(OnGoogleCloud, Resource):
    """Instances that nobody sends requests to. None before a take-over.

    Source: https://cloud.google.com/run/docs/deploy-worker-pools
    """

    title: ClassVar[str] = "Cloud Run worker pool"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "pool_name"})
    present: Presence = "services"
    pool_name: str
    location: Textual
    service_account: Ref[GoogleServiceAccount]
    container: GoogleContainer
    network: Ref[GoogleNetwork]
    subnetwork: Ref[GoogleSubnetwork]
    egress: Literal["PRIVATE_RANGES_ONLY", "ALL_TRAFFIC"] = "PRIVATE_RANGES_ONLY"
    instances: int
    """After a take-over; before it none."""
