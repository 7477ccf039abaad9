"""The global external Application Load Balancer: the address that a domain can be led to."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud, Presence
from groundplan.resources.google.network import GoogleAddress
from groundplan.resources.google.run import GoogleRunService
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
class GoogleDnsAuthorization(OnGoogleCloud, Resource):
    """Shows that a domain is ours by a record in its zone, long before the domain leads here.

    Source: https://cloud.google.com/certificate-manager/docs/domain-authorization
    """

    title: ClassVar[str] = "DNS authorization"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "record_name", "record_value"})
    authorization_name: str
    domain: str


@dataclass(frozen=True, kw_only=True)
class GoogleCertificate(OnGoogleCloud, Resource):
    """A certificate that Google makes and renews."""

    title: ClassVar[str] = "managed certificate"
    certificate_name: str
    domains: tuple[str, ...]
    authorizations: tuple[Ref[GoogleDnsAuthorization], ...]


@dataclass(frozen=True, kw_only=True)
class GoogleCertificateMap(OnGoogleCloud, Resource):
    """The certificates of a load balancer."""

    title: ClassVar[str] = "certificate map"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "map_name"})
    map_name: str


@dataclass(frozen=True, kw_only=True)
class GoogleCertificateMapEntry(OnGoogleCloud, Resource):
    """Which certificate a host name has."""

    title: ClassVar[str] = "certificate map entry"
    entry_name: str
    map: Ref[GoogleCertificateMap]
    hostname: str
    certificate: Ref[GoogleCertificate]


@dataclass(frozen=True, kw_only=True)
class GoogleSslPolicy(OnGoogleCloud, Resource):
    """The oldest TLS that is spoken."""

    title: ClassVar[str] = "SSL policy"
    policy_name: str
    profile: Literal["MODERN", "RESTRICTED"] = "RESTRICTED"
    min_tls_version: Literal["TLS_1_2"] = "TLS_1_2"


@dataclass(frozen=True, kw_only=True)
class GoogleEndpointGroup(OnGoogleCloud, Resource):
    """A serverless network endpoint group: a Cloud Run service as a load balancer's backend."""

    title: ClassVar[str] = "serverless network endpoint group"
    present: Presence = "services"
    group_name: str
    location: Textual
    service: Ref[GoogleRunService]


@dataclass(frozen=True, kw_only=True)
class GoogleSecurityPolicy(OnGoogleCloud, Resource):
    """Cloud Armor in front of a backend: known attacks first, then who may come, and how often.

    Source: https://cloud.google.com/armor/docs/security-policy-overview
    """

    title: ClassVar[str] = "Cloud Armor policy"
    present: Presence = "active"
    policy_name: str
    waf_rules: tuple[str, ...] = ()
    """Rule sets that Google keeps, like ``sqli-v33-stable``, with the fewest false alarms (sensitivity 1).
    Source: https://cloud.google.com/armor/docs/waf-rules"""
    preview: bool = False
    """Whether matches of rule sets and rate are only logged."""
    allowed: tuple[IPv4Network, ...] = ()
    """The only addresses that are let in. Empty: everyone."""
    rate: int | None = None
    """Requests in five minutes from one address; more get status 429."""


@dataclass(frozen=True, kw_only=True)
class GoogleBackendService(OnGoogleCloud, Resource):
    """What a load balancer sends requests to."""

    title: ClassVar[str] = "backend service"
    present: Presence = "services"
    backend_name: str
    group: Ref[GoogleEndpointGroup]
    security_policy: Ref[GoogleSecurityPolicy] | None = None
    log_requests: bool = True


@dataclass(frozen=True, kw_only=True)
class GooglePathRule(Record):
    """Paths of a host that go to a backend of their own."""

    paths: tuple[str, ...]
    backend: Ref[GoogleBackendService]


@dataclass(frozen=True, kw_only=True)
class GoogleHost(Record):
    """A host name and where its requests go."""

    hostname: str
    backend: Ref[GoogleBackendService]
    """For every path that no rule has."""
    rules: tuple[GooglePathRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoogleUrlMap(OnGoogleCloud, Resource):
    """Which host goes where; one without hosts redirects everything to HTTPS."""

    title: ClassVar[str] = "URL map"
    present: Presence = "services"
    map_name: str
    default: Ref[GoogleBackendService] | None = None
    """For a host that is none of ours."""
    hosts: tuple[GoogleHost, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoogleHttpsProxy(OnGoogleCloud, Resource):
    """Where TLS ends."""

    title: ClassVar[str] = "HTTPS proxy"
    present: Presence = "services"
    proxy_name: str
    url_map: Ref[GoogleUrlMap]
    certificate_map: Ref[GoogleCertificateMap]
    ssl_policy: Ref[GoogleSslPolicy]


@dataclass(frozen=True, kw_only=True)
class GoogleHttpProxy(OnGoogleCloud, Resource):
    """Answers plain HTTP with a redirect."""

    title: ClassVar[str] = "HTTP proxy"
    present: Presence = "services"
    proxy_name: str
    url_map: Ref[GoogleUrlMap]


@dataclass(frozen=True, kw_only=True)
class GoogleForwardingRule(OnGoogleCloud, Resource):
    """Opens a port of the address. It is what a load balancer costs by the hour, so that it comes with a take-over."""

    title: ClassVar[str] = "forwarding rule"
    present: Presence = "active"
    rule_name: str
    ip_address: Ref[GoogleAddress]
    port: int
    """80 or 443."""
    target: Ref[GoogleHttpsProxy] | Ref[GoogleHttpProxy]
