"""What stands in front: domains, certificates, CDN, firewall, gateways, and what the load balancer lets in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.blueprint.delivery import Cdn
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.services import Public
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding, check_range, check_retention

_RESERVED_DOMAINS = ("example.com", "example.net", "example.org")
_RESERVED_ENDINGS = ("example", "invalid", "localhost", "test")
"""Nobody can ever own these. Source: https://www.rfc-editor.org/rfc/rfc2606 and https://www.rfc-editor.org/rfc/rfc6761"""
_STAND_INS = (
    r"(your|my)-?(own-?)?(app-?)?domain(-?name)?|your-?(company|organi[sz]ation|site|website|app|project)|change-?me"
)
_STAND_IN_ACCOUNTS = ("000000000000", "111111111111", "111122223333", "123456789012", "444455556666", "999999999999")
"""Accounts of AWS's documentation, which no certificate of yours is in."""
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_STAND_IN_IDS = ("12345678-1234-1234-1234-123456789012", "00000000-0000-0000-0000-000000000000")
_CLOUDFRONT_REGION = "us-east-1"
_LONGEST_CACHE = 3_153_600_000
"""Seconds. Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html"""


def hosts(blueprint: Blueprint) -> Iterator[tuple[str, Steps]]:
    """Every domain that something answers under, and where it is written."""
    for name, service in blueprint.services.items():
        if service.public and service.public.domain:
            yield service.public.domain, ("services", name, "public", "domain")
    for name, bucket in blueprint.buckets.items():
        for index, domain in enumerate(bucket.cdn.domains if bucket.cdn else ()):
            yield domain, ("buckets", name, "cdn", "domains", index)


def check_domains(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Domains that a person still has to replace, and domains that two things claim."""
    if blueprint.dns:
        yield from _check_name(blueprint.dns.zone, ("dns", "zone"))
        if blueprint.dns.zone.startswith("*."):
            yield Finding(
                ("dns", "zone"), f"a zone has no wildcard; write {blueprint.dns.zone.removeprefix('*.')}"
            )  # fmt: skip
    claimed: dict[str, Steps] = {}
    for domain, path in hosts(blueprint):
        yield from _check_name(domain, path)
        first = claimed.setdefault(domain, path)
        # Services share the load balancer, and so a domain; a CDN has its own to itself.
        if first != path and not first[0] == path[0] == "services":
            yield Finding(path, f"{first[0]}.{first[1]} already answers under {domain}; a host name leads to one place")


def _fits(domain: str) -> bool:
    """Source of the lengths: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4"""
    return len(domain) <= 253 and all(len(label) <= 63 for label in domain.split("."))


STANDS_IN = "stands for a domain of your own; write one that you have registered"


def stands_in(domain: str) -> bool:
    """Whether nobody has registered a domain, or ever can, as those of examples."""
    labels = domain.split(".")
    return (
        ".".join(labels[-2:]) in _RESERVED_DOMAINS
        or labels[-1] in _RESERVED_ENDINGS
        or any(re.fullmatch(_STAND_INS, label) for label in labels)
    )


def _check_name(domain: str, path: Steps) -> Iterator[Finding]:
    if not _fits(domain):
        yield Finding(path, "a host name has 253 characters at most, and 63 between two dots")
    if stands_in(domain):
        yield Finding(path, f"{domain} {STANDS_IN}")


def check_certificates(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Certificates that exist, in the region that whoever uses them looks in; and those that will be requested.

    Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html
    """
    for name, service in blueprint.services.items():
        if service.public and service.public.certificate:
            path = ("services", name, "public", "certificate")
            yield from _check_certificate(service.public.certificate, blueprint.region, "a load balancer", path)
        elif service.public and service.public.tls and service.public.domain:
            yield from _check_requested(service.public.domain, ("services", name, "public", "domain"))
    for name, bucket in blueprint.buckets.items():
        if bucket.cdn and bucket.cdn.certificate:
            path = ("buckets", name, "cdn", "certificate")
            yield from _check_certificate(bucket.cdn.certificate, _CLOUDFRONT_REGION, "CloudFront", path)
        elif bucket.cdn and bucket.cdn.domains:
            yield from _check_requested(bucket.cdn.domains[0], ("buckets", name, "cdn", "domains", 0))


def _check_certificate(arn: str, region: str, user: str, path: Steps) -> Iterator[Finding]:
    _, _, _, found, account, place = arn.split(":", 5)
    identity = place.removeprefix("certificate/")
    remedy = "write the ARN that ACM shows, or leave it out: Groundplan requests a certificate for the domain"
    if account in _STAND_IN_ACCOUNTS:
        yield Finding(path, f"account {account} is a placeholder; {remedy}")
    elif not re.fullmatch(_UUID, identity) or identity in _STAND_IN_IDS:
        yield Finding(path, f"{identity or 'nothing'} is no id of a certificate; {remedy}")
    if found != region:
        yield Finding(path, f"{user} takes a certificate of {region}, and this one is of {found}")


def _check_requested(domain: str, path: Steps) -> Iterator[Finding]:
    """Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html"""
    if len(domain) > 64 and _fits(domain):
        yield Finding(
            path,
            f"ACM issues certificates for names of 64 characters at most, and {domain} has {len(domain)}; write a "
            "shorter one, or certificate: with the ARN of one that exists",
        )


def check_public(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Services share one load balancer: they agree on whom it lets in, and whether port 80 is open."""
    public = {name: service.public for name, service in blueprint.services.items() if service.public}
    first = next(iter(public), None)
    for name, each in public.items():
        at: Steps = ("services", name, "public")
        yield from check_range(each.deregistration, 0, 3600, (*at, "deregistration"), "deregistration")
        if first is not None and set(each.allow) != set(public[first].allow):
            yield Finding(
                (*at, "allow"),
                f"services share the load balancer, and {first} lets in {_listed(public[first])}; say the same here",
            )
        if len(set(each.allow)) < len(each.allow):
            yield Finding((*at, "allow"), "the same range stands there twice")
        yield from _check_gateway(blueprint, each, at)
        if each.hosted_zone and not each.domain:
            yield Finding((*at, "hosted_zone"), "without a domain nothing is written into the zone; write domain:")
    with_tls = {name: each for name, each in public.items() if each.tls}
    differing = [name for name, each in with_tls.items() if each.redirect != with_tls[next(iter(with_tls))].redirect]
    for name in differing:
        other = next(iter(with_tls))
        yield Finding(
            ("services", name, "public", "redirect"),
            f"port 80 is open for all or for none, and {other} says redirect: {str(with_tls[other].redirect).lower()}",
        )


def _listed(public: Public) -> str:
    return ", ".join(map(str, public.allow)) or "everyone"


def _check_gateway(blueprint: Blueprint, public: Public, at: Steps) -> Iterator[Finding]:
    if public.gateway is None:
        return
    path = (*at, "gateway")
    if not public.tls or public.domain is None or public.domain.startswith("*."):
        yield Finding(
            path, "a gateway asks the service at https:// and its domain; write domain:, with TLS", at_key=True
        )
    if public.allow:
        yield Finding(
            path,
            "a gateway asks the load balancer over the internet, from addresses that change; allow: would shut it out",
            at_key=True,
        )
    if public.gateway.logs is not None:
        yield from check_retention(public.gateway.logs, (*path, "logs"))


def check_cdn(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Each CDN for itself."""
    for name, bucket in blueprint.buckets.items():
        if bucket.cdn:
            yield from _check_one_cdn(bucket.cdn, ("buckets", name, "cdn"))


def _check_one_cdn(cdn: Cdn, at: Steps) -> Iterator[Finding]:
    yield from check_range(cdn.cache, 0, _LONGEST_CACHE, (*at, "cache"), "cache")
    if cdn.single_page and not cdn.index:
        yield Finding(
            (*at, "single_page"), "a single page is the index; write index: index.html, or leave single_page out"
        )  # fmt: skip
    if cdn.index is not None and (cdn.index.startswith("/") or not cdn.index):
        yield Finding((*at, "index"), "the index is the key of an object, like index.html, without a / in front")
    for key in ("certificate", "hosted_zone"):
        if getattr(cdn, key) and not cdn.domains:
            yield Finding((*at, key), "without domains CloudFront answers under its own name; write domains:")
    if len(cdn.domains) > 100:
        # Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
        yield Finding((*at, "domains"), f"a distribution has 100 domains at most, and here are {len(cdn.domains)}")


def check_firewall(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """A firewall stands in front of something, and does something."""
    firewall = blueprint.firewall
    if firewall is None:
        return
    there = {
        "load-balancer": any(service.public for service in blueprint.services.values()),
        "cdn": any(bucket.cdn for bucket in blueprint.buckets.values()),
    }
    if not any(there[what] for what in firewall.protects):
        wanted = {"load-balancer": "no public service", "cdn": "no bucket with a cdn"}
        lacking = " and ".join(wanted[what] for what in dict.fromkeys(firewall.protects))
        yield Finding(("firewall",), f"it would protect nothing: there is {lacking}", at_key=True)
    if not firewall.rules and firewall.rate is None:
        yield Finding(("firewall",), "it blocks nothing; write rules: or rate:", at_key=True)
    for index, rule in enumerate(firewall.rules):
        if rule in firewall.rules[:index]:
            yield Finding(("firewall", "rules", index), f"{rule} stands there twice")
    if firewall.logs is not None:
        yield from check_retention(firewall.logs, ("firewall", "logs"))
