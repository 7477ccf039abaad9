"""The load balancer: an address and a certificate from the beginning, open ports from a take-over on."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.blueprint.services import Public
from groundplan.design.draft import identifier
from groundplan.design.google.pilot import REGION, Pilot
from groundplan.design.google.services import ADDRESS, has_address, run_service
from groundplan.resources.google.edge import (
    GoogleBackendService,
    GoogleCertificate,
    GoogleCertificateMap,
    GoogleCertificateMapEntry,
    GoogleDnsAuthorization,
    GoogleEndpointGroup,
    GoogleForwardingRule,
    GoogleHost,
    GoogleHttpProxy,
    GoogleHttpsProxy,
    GooglePathRule,
    GoogleSecurityPolicy,
    GoogleSslPolicy,
    GoogleUrlMap,
)
from groundplan.resources.google.network import GoogleAddress
from groundplan.resources.values import Ref, text

AT = "services"
WAF_RULES: Mapping[str, tuple[str, ...]] = {
    "common": (
        "xss-v33-stable", "lfi-v33-stable", "rfi-v33-stable", "scannerdetection-v33-stable",
        "protocolattack-v33-stable",
    ),
    "known-bad-inputs": ("cve-canary", "java-v33-stable"),
    "sql": ("sqli-v33-stable",),
    "linux": ("lfi-v33-stable", "rce-v33-stable"),
    "unix": ("rce-v33-stable",),
    "windows": ("rce-v33-stable",),
    "php": ("php-v33-stable",),
    "wordpress": ("php-v33-stable", "sqli-v33-stable"),
}  # fmt: skip
"""Rule group of AWS to the rule sets of Google that look for the same. None has lists of addresses (``ip-reputation``,
``anonymous-ip``) without a subscription, nor paths of administrators.
Source: https://cloud.google.com/armor/docs/waf-rules"""
MOST_RATE = 1_000_000
"""Requests. Source: https://cloud.google.com/armor/docs/rate-limiting-overview"""


def add_edge(pilot: Pilot) -> None:
    """A load balancer for the services with a domain."""
    if not has_address(pilot):
        return
    draft = pilot.draft
    draft.add(
        GoogleAddress(
            name=ADDRESS.name,
            concern="edge",
            address_name=pilot.called("google_compute", "main", AT),
            address_type="EXTERNAL",
            depends_on=(pilot.api("compute"),),
        )
    )
    draft.output(
        "google_address", "Where the domains have to lead when Google Cloud takes over", ADDRESS.attribute("address")
    )
    policy = _add_policy(pilot)
    hosts: dict[str, list[tuple[Public, Ref[GoogleBackendService]]]] = {}
    for name, service in pilot.services.items():
        if service.port and service.public and service.public.domain:
            backend = _add_backend(pilot, name, policy)
            hosts.setdefault(service.public.domain, []).append((service.public, backend))
    certificates = _add_certificates(pilot, list(hosts))
    _add_proxies(pilot, [_host(name, public) for name, public in hosts.items()], certificates)


def _add_policy(pilot: Pilot) -> Ref[GoogleSecurityPolicy] | None:
    """The firewall, as far as Google has the like, and the only addresses that public services let in."""
    draft, firewall = pilot.draft, pilot.draft.blueprint.firewall
    if firewall and "load-balancer" not in firewall.protects:
        firewall = None
    public = [service.public for service in pilot.services.values() if service.port and service.public]
    allowed = dict.fromkeys(cidr for item in public if item.domain for cidr in item.allow)
    if not firewall and not allowed:
        return None
    rules = dict.fromkeys(name for rule in (firewall.rules if firewall else ()) for name in WAF_RULES.get(rule, ()))
    return draft.add(
        GoogleSecurityPolicy(
            name="main",
            concern="edge",
            policy_name=pilot.called("google_compute", "main", AT),
            waf_rules=tuple(rules),
            preview=firewall.only_count if firewall else False,
            allowed=tuple(allowed),
            rate=min(firewall.rate, MOST_RATE) if firewall and firewall.rate else None,
            depends_on=(pilot.api("compute"),),
        )
    )


def _add_backend(pilot: Pilot, name: str, policy: Ref[GoogleSecurityPolicy] | None) -> Ref[GoogleBackendService]:
    draft, called = pilot.draft, pilot.called("google_compute", name, f"services.{name}")
    group = draft.add(
        GoogleEndpointGroup(
            name=identifier(name), concern="edge", group_name=called, location=REGION, service=run_service(name)
        )
    )
    return draft.add(
        GoogleBackendService(
            name=identifier(name), concern="edge", backend_name=called, group=group, security_policy=policy
        )
    )


def _host(name: str, public: list[tuple[Public, Ref[GoogleBackendService]]]) -> GoogleHost:
    """A host; the service with every path, or else the first, gets what no other wants."""
    whole = next((backend for item, backend in public if item.path == "/*"), public[0][1])
    rules = tuple(GooglePathRule(paths=(item.path,), backend=backend) for item, backend in public if backend != whole)
    return GoogleHost(hostname=name, backend=whole, rules=rules)


def _add_certificates(pilot: Pilot, domains: list[str]) -> Ref[GoogleCertificateMap]:
    """One certificate for each domain. Its record can stand in the zone for years before the domain leads here."""
    draft = pilot.draft
    api = pilot.api("certificatemanager")
    map_ = draft.add(
        GoogleCertificateMap(
            name="main", concern="edge", map_name=pilot.called("google_compute", "main", AT), depends_on=(api,)
        )
    )
    for domain in domains:
        plain = domain.removeprefix("*.")
        called = plain.replace(".", "-") if plain == domain else f"any-{plain.replace('.', '-')}"
        ident, name = identifier(called), pilot.called("google_compute", called, AT)
        authorization = draft.add(
            GoogleDnsAuthorization(
                name=ident, concern="edge", authorization_name=name, domain=plain, depends_on=(api,)
            )
        )  # fmt: skip
        certificate = draft.add(
            GoogleCertificate(
                name=ident,
                concern="edge",
                certificate_name=name,
                domains=(domain,),
                authorizations=(authorization,),
            )
        )
        draft.add(
            GoogleCertificateMapEntry(
                name=ident, concern="edge", entry_name=name, map=map_, hostname=domain, certificate=certificate
            )
        )
        record = text(authorization.attribute("record_name"), " CNAME ", authorization.attribute("record_value"))
        draft.output(
            f"google_{ident}_record", f"Record that proves {domain} to Google: write it into the zone now", record
        )
    return map_


def _add_proxies(pilot: Pilot, hosts: list[GoogleHost], certificates: Ref[GoogleCertificateMap]) -> None:
    draft, called = pilot.draft, pilot.called("google_compute", "main", AT)
    to_https = pilot.called("google_compute", "to-https", AT)
    policy = draft.add(
        GoogleSslPolicy(name="main", concern="edge", policy_name=called, depends_on=(pilot.api("compute"),))
    )
    services = draft.add(
        GoogleUrlMap(name="main", concern="edge", map_name=called, default=hosts[0].backend, hosts=tuple(hosts))
    )
    redirect = draft.add(GoogleUrlMap(name="to_https", concern="edge", map_name=to_https))
    https = draft.add(
        GoogleHttpsProxy(
            name="main",
            concern="edge",
            proxy_name=called,
            url_map=services,
            certificate_map=certificates,
            ssl_policy=policy,
        )
    )
    http = draft.add(GoogleHttpProxy(name="to_https", concern="edge", proxy_name=to_https, url_map=redirect))
    for name, rule_name, port, target in (("main", called, 443, https), ("to_https", to_https, 80, http)):
        draft.add(
            GoogleForwardingRule(
                name=name, concern="edge", rule_name=rule_name, ip_address=ADDRESS, port=port, target=target
            )
        )
