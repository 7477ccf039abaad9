"""What stands in front: content delivery, web application firewall, domain names."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from groundplan.blueprint.base import Part
from groundplan.units import Duration

Domain = Annotated[str, StringConstraints(pattern=r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")]
"""A host name like ``api.your-domain.com``."""

PriceClass = Annotated[
    Literal["100", "200", "all"],
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    WithJsonSchema({"enum": ["100", "200", "all", 100, 200]}),
]
"""CloudFront's price class; a number needs no quotes."""


def is_below(domain: str, zone: str) -> bool:
    """Whether a host name belongs into a DNS zone: the zone's own name, or one that ends with it."""
    name = domain.removeprefix("*.")
    return name == zone or name.endswith(f".{zone}")


class Cdn(Part):
    """An Amazon CloudFront distribution in front of a bucket, which stays private (origin access control)."""

    domains: list[Domain] = Field(default=[])
    """Host names. Without one the distribution answers under its own name, ``<id>.cloudfront.net``."""
    certificate: str | None = Field(default=None, pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/")
    """ARN of a certificate in us-east-1. Without one Groundplan requests it there for the domains."""
    hosted_zone: str | None = Field(default=None, pattern=r"^Z[A-Z0-9]+$")
    """Route 53 hosted zone id where the domains' records are written. Not needed below ``dns.zone``."""
    cache: Duration = Duration(86400)
    """How long an object stays in the caches where its own headers say nothing."""
    index: str | None = "index.html"
    """The object that answers ``/``."""
    single_page: bool = False
    """Whether paths that are no object answer with ``index`` (single-page applications)."""
    price_class: PriceClass = "100"
    """Edge locations: ``100`` North America and Europe, ``200`` also most of Asia, ``all``."""
    logs: bool | None = None
    """Whether requests are logged to the environment's log bucket. Default: where ``network.flow_logs`` are kept."""


FirewallRules = Literal[
    "common", "known-bad-inputs", "ip-reputation", "anonymous-ip", "admin-protection", "sql", "linux", "unix",
    "windows", "php", "wordpress",
]  # fmt: skip


class Firewall(Part):
    """AWS WAF in front of the load balancer and the CDN. Paid per web ACL, rule and request."""

    rules: list[FirewallRules] = Field(default=["common", "known-bad-inputs", "ip-reputation"])
    """Rule groups that AWS manages. ``common`` also blocks bodies of more than 8 KB.
    Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html"""
    rate: int | None = Field(default=2000, ge=10, le=2_000_000_000)
    """Requests in five minutes from one address until it is blocked. ``null``: no limit."""
    protects: list[Literal["load-balancer", "cdn"]] = Field(default=["load-balancer", "cdn"], min_length=1)
    """What it stands in front of, as far as the blueprint has it."""
    only_count: bool = False
    """Whether matches are only counted, to see what would be blocked."""
    logs: Duration | None = Duration(30 * 86400)
    """How long blocked requests are kept in CloudWatch Logs. ``null``: they are not logged."""


class Dns(Part):
    """The public DNS zone of the environment."""

    zone: Domain
    """A Route 53 hosted zone that Groundplan creates. Domains below it get their records and validated certificates by
    themselves, once the registrar (or the parent zone) points to the name servers that the deployment tells."""
