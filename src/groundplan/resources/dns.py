"""Amazon Route 53: zones and what they answer."""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.delivery import Distribution
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
class HostedZone(Resource):
    """A public zone. It answers nobody until the registrar, or the parent zone, points to its name servers."""

    title: ClassVar[str] = "Route 53 hosted zone"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "name_servers"})
    """``name_servers``: the four of them as one text, with commas."""
    zone_name: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class HealthCheck(Resource):
    """Route 53 asks an address from several places of the world. It checks no certificate.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
    """

    title: ClassVar[str] = "Route 53 health check"
    check_type: Literal["HTTP", "HTTPS"] = "HTTPS"
    fully_qualified_domain_name: str
    """Who is asked, and what stands in the ``Host`` header."""
    port: int = 443
    resource_path: str
    """Answers 200 to 399 while it works."""
    request_interval: Literal[10, 30] = 30
    """Seconds between two requests of one place."""
    failure_threshold: int = 3
    """Answers in a row until it counts as failed, or as working again."""
    inverted: bool = False
    """Whether it counts as healthy while there is no such answer."""


@dataclass(frozen=True, kw_only=True)
class CalculatedHealthCheck(Resource):
    """Healthy while all of some health checks are.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html#health-checks-creating-values-calculated
    """

    title: ClassVar[str] = "Route 53 calculated health check"
    children: tuple[Ref[HealthCheck], ...]


@dataclass(frozen=True, kw_only=True)
class DnsRecord(Resource):
    """An alias record that leads to a load balancer or a distribution."""

    title: ClassVar[str] = "Route 53 record"
    taggable: ClassVar[bool] = False
    hosted_zone_id: Textual
    record_name: str
    record_type: Literal["A", "AAAA"] = "A"
    target: Ref[LoadBalancer] | Ref[Distribution]
    evaluate_target_health: bool = True
    """Not possible for a distribution.
    Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html"""
    failover: Literal["PRIMARY", "SECONDARY"] | None = None
    """Of two records of a name, the one that answers, and the one that answers while the first is not healthy."""
    set_identifier: str | None = None
    """Tells the two apart."""
    health_check: Ref[HealthCheck] | Ref[CalculatedHealthCheck] | None = None
