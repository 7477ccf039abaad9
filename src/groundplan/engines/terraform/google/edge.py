"""The external Application Load Balancer of Google Cloud in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.google.base import row
from groundplan.engines.terraform.hcl import Block, Expression
from groundplan.resources.google.edge import (
    GoogleBackendService,
    GoogleCertificate,
    GoogleCertificateMap,
    GoogleCertificateMapEntry,
    GoogleDnsAuthorization,
    GoogleEndpointGroup,
    GoogleForwardingRule,
    GoogleHttpProxy,
    GoogleHttpsProxy,
    GoogleSecurityPolicy,
    GoogleSslPolicy,
    GoogleUrlMap,
)

FILE = "google_edge.tf"
_SCHEME = {"load_balancing_scheme": "EXTERNAL_MANAGED"}


def _certificate(certificate: GoogleCertificate, context: Context) -> Iterator[Block]:
    yield context.block(
        "managed",
        {
            "domains": list(certificate.domains),
            "dns_authorizations": [context.refer(item) for item in certificate.authorizations],
        },
    )


def _entry(entry: GoogleCertificateMapEntry, context: Context) -> dict[str, object]:
    return {"map": entry.map.attribute("map_name"), "certificates": [context.refer(entry.certificate)]}


def _group(group: GoogleEndpointGroup, context: Context) -> Iterator[Block]:
    yield context.block("cloud_run", {"service": group.service.attribute("service_name")})


_ATTACKS, _GUESTS, _DEFAULT = 1000, 5000, 2147483647
"""Priorities: the lowest number is asked first, and the last rule has the number that Google demands."""
_RANGES_IN_A_RULE = 10
"""Source: https://cloud.google.com/armor/quotas"""
_FIVE_MINUTES = 300


def _policy(policy: GoogleSecurityPolicy, context: Context) -> Iterator[Block]:
    for number, name in enumerate(policy.waf_rules):
        expression = {"expression": f"evaluatePreconfiguredWaf('{name}', {{'sensitivity': 1}})"}
        yield context.block(
            "rule",
            {"action": "deny(403)", "priority": _ATTACKS + number * 10, "preview": policy.preview},
            context.block("match", {}, context.block("expr", expression)),
        )
    ranges = [str(item) for item in policy.allowed]
    guests = [ranges[at : at + _RANGES_IN_A_RULE] for at in range(0, len(ranges), _RANGES_IN_A_RULE)]
    if policy.rate:
        for number, some in enumerate(guests or [["*"]]):
            yield _addresses("throttle", _GUESTS + number * 10, some, context, policy.rate, preview=policy.preview)
    # What a rate is only logged for goes on to the next rule.
    if policy.preview or not policy.rate:
        for number, some in enumerate(guests):
            yield _addresses("allow", _GUESTS + 1000 + number * 10, some, context)
    yield _addresses("deny(403)" if guests else "allow", _DEFAULT, ["*"], context)


def _addresses(
    action: str, priority: int, ranges: list[str], context: Context, rate: int | None = None, *, preview: bool = False
) -> Block:
    limit = None
    if rate:
        limit = context.block(
            "rate_limit_options",
            {"conform_action": "allow", "exceed_action": "deny(429)", "enforce_on_key": "IP"},
            context.block("rate_limit_threshold", {"count": rate, "interval_sec": _FIVE_MINUTES}),
        )
    return context.block(
        "rule",
        {"action": action, "priority": priority, "preview": preview},
        context.block(
            "match", {"versioned_expr": "SRC_IPS_V1"}, context.block("config", {"src_ip_ranges": ranges})
        ),
        limit,
    )  # fmt: skip


def _backend(backend: GoogleBackendService, context: Context) -> Iterator[Block]:
    yield context.block("backend", {"group": context.refer(backend.group)})
    yield context.block("log_config", {"enable": backend.log_requests})


def _map(map_: GoogleUrlMap, context: Context) -> dict[str, object]:
    return {"default_service": context.refer(map_.default) if map_.default else None}


def _map_blocks(map_: GoogleUrlMap, context: Context) -> Iterator[Block]:
    if map_.default is None:
        yield context.block(
            "default_url_redirect",
            {"https_redirect": True, "strip_query": False, "redirect_response_code": "MOVED_PERMANENTLY_DEFAULT"},
        )
    for number, host in enumerate(map_.hosts, 1):
        yield context.block("host_rule", {"hosts": [host.hostname], "path_matcher": f"host-{number}"})
    for number, host in enumerate(map_.hosts, 1):
        yield context.block(
            "path_matcher",
            {"name": f"host-{number}", "default_service": context.refer(host.backend)},
            *(
                context.block("path_rule", {"paths": list(rule.paths), "service": context.refer(rule.backend)})
                for rule in host.rules
            ),
        )


def _https(proxy: GoogleHttpsProxy, context: Context) -> dict[str, object]:
    id_ = context.refer(proxy.certificate_map).source
    certificates = Expression(f'"//certificatemanager.googleapis.com/${{{id_}}}"')
    return {"certificate_map": certificates, "ssl_policy": context.refer(proxy.ssl_policy)}


def _rule(rule: GoogleForwardingRule, _: Context) -> dict[str, object]:
    return {**_SCHEME, "port_range": str(rule.port)}


ROWS = (
    row(
        GoogleDnsAuthorization,
        "google_certificate_manager_dns_authorization",
        FILE,
        attributes={
            "record_name": "dns_resource_record[0].name",
            "record_value": "dns_resource_record[0].data",
        },
        rename={"authorization_name": "name"},
    ),
    row(
        GoogleCertificate,
        "google_certificate_manager_certificate",
        FILE,
        rename={"certificate_name": "name"},
        blocks=_certificate,
        written=frozenset({"domains", "authorizations"}),
        section=1,
    ),
    row(
        GoogleCertificateMap,
        "google_certificate_manager_certificate_map",
        FILE,
        attributes={"map_name": "name"},
        rename={"map_name": "name"},
        section=2,
    ),
    row(
        GoogleCertificateMapEntry,
        "google_certificate_manager_certificate_map_entry",
        FILE,
        rename={"entry_name": "name"},
        arguments=_entry,
        written=frozenset({"map", "certificate"}),
        section=3,
    ),
    row(GoogleSslPolicy, "google_compute_ssl_policy", FILE, rename={"policy_name": "name"}, section=4),
    row(
        GoogleEndpointGroup,
        "google_compute_region_network_endpoint_group",
        FILE,
        rename={"group_name": "name", "location": "region"},
        fixed={"network_endpoint_type": "SERVERLESS"},
        blocks=_group,
        written=frozenset({"service"}),
        section=5,
    ),
    row(
        GoogleSecurityPolicy,
        "google_compute_security_policy",
        FILE,
        rename={"policy_name": "name"},
        fixed={"type": "CLOUD_ARMOR"},
        blocks=_policy,
        written=frozenset({"waf_rules", "preview", "allowed", "rate"}),
        section=6,
    ),
    row(
        GoogleBackendService,
        "google_compute_backend_service",
        FILE,
        rename={"backend_name": "name"},
        fixed=_SCHEME,
        blocks=_backend,
        written=frozenset({"group", "log_requests"}),
        section=7,
    ),
    row(
        GoogleUrlMap,
        "google_compute_url_map",
        FILE,
        rename={"map_name": "name"},
        arguments=_map,
        blocks=_map_blocks,
        written=frozenset({"default", "hosts"}),
        section=8,
    ),
    row(
        GoogleHttpsProxy,
        "google_compute_target_https_proxy",
        FILE,
        rename={"proxy_name": "name"},
        arguments=_https,
        written=frozenset({"certificate_map", "ssl_policy"}),
        section=9,
    ),
    row(GoogleHttpProxy, "google_compute_target_http_proxy", FILE, rename={"proxy_name": "name"}, section=10),
    row(
        GoogleForwardingRule,
        "google_compute_global_forwarding_rule",
        FILE,
        rename={"rule_name": "name"},
        arguments=_rule,
        written=frozenset({"port"}),
        section=11,
    ),
)
