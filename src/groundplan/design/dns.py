"""The environment's DNS zone, and the records and certificates that follow from it."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.blueprint.delivery import is_below
from groundplan.design.draft import Draft
from groundplan.resources.base import Concern
from groundplan.resources.delivery import Distribution
from groundplan.resources.dns import DnsRecord, HostedZone
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.values import ParameterValue, Ref, Textual

ZONE = Ref(HostedZone, "main")


def add_zone(draft: Draft) -> None:
    """The hosted zone. It stands with the network, so that its name servers are known before a certificate of it is
    waited for: until the registrar points to them, AWS cannot validate any."""
    dns = draft.blueprint.dns
    if dns is None:
        return
    draft.add(
        HostedZone(
            name="main",
            concern="network",
            zone_name=dns.zone,
            comment=f"{draft.title} {draft.stage}",
            tags=draft.name_tag(dns.zone),
        )
    )
    draft.output(
        "name_servers", f"Where the registrar has to point {dns.zone} to, once", ZONE.attribute("name_servers")
    )


def zone_of(draft: Draft, domains: Sequence[str], written: str | None) -> Textual | None:
    """The id of the zone that has all of the domains: the written one, the environment's own, or that of
    the file's ``shared:``, which the deployment looks up. None: nobody's; and what leads to a standby, the environment
    itself writes."""
    if draft.primary is not None:
        return None
    dns, shared = draft.blueprint.dns, draft.loaded.shared_zone
    if written:
        return written
    if dns is None:
        found = shared is not None and all(is_below(domain, shared.zone) for domain in domains)
        return ParameterValue(shared.parameter) if shared is not None and found else None
    return ZONE.attribute("id") if all(is_below(domain, dns.zone) for domain in domains) else None


def add_record(
    draft: Draft,
    name: str,
    domain: str,
    zone: Textual,
    target: Ref[LoadBalancer] | Ref[Distribution],
    concern: Concern,
    *,
    key: str | None = None,
    region: str | None = None,
) -> None:
    """Leads a domain to a load balancer (IPv4) or a distribution (IPv4 and IPv6)."""
    cdn = target.kind is Distribution
    for kind in ("A", "AAAA") if cdn else ("A",):
        draft.add(
            DnsRecord(
                name=name,
                key=f"{key}/{kind}" if key else None,
                concern=concern,
                region=region,
                hosted_zone_id=zone,
                record_name=domain,
                record_type="A" if kind == "A" else "AAAA",
                target=target,
                evaluate_target_health=not cdn,
            )
        )
