"""GP-REL-045."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.dns import DnsRecord, HealthCheck
from groundplan.resources.edge import Certificate, Listener, ListenerCertificate, ListenerRule, LoadBalancer


class StandbyDomains(Rule):
    id = "GP-REL-045"
    title = "Every public domain leads to the standby when the environment fails"
    severity = "warning"
    why = "A standby that no domain leads to waits for somebody who changes DNS by hand, in the middle of the outage."
    fix = Fix(
        blueprint="Write the zone of the domain: dns.zone, dns.zone in shared:, or public.hosted_zone.",
        terraform="aws_route53_record: failover_routing_policy",
        cloudformation="AWS::Route53::RecordSet: Failover",
    )
    source = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        standbys = [balancer for balancer in architecture.of(LoadBalancer) if balancer.region is not None]
        if not standbys:
            return
        lead_there = {record.record_name for record in architecture.of(DnsRecord) if record.failover == "SECONDARY"}
        missing = sorted(_domains(architecture) - lead_there)
        for balancer in standbys if missing else ():
            yield self.violation(
                balancer, f"is led to by none of {', '.join(missing)}; a record with failover SECONDARY is right"
            )


def _domains(architecture: Architecture) -> set[str]:
    """What the environment's own load balancer answers to."""
    used = {item.certificate for item in architecture.of(Listener)}
    used |= {item.certificate for item in architecture.of(ListenerCertificate)}
    certificates = [item for item in architecture.of(Certificate) if item.region is None and item.ref in used]
    found = {item.domain_name for item in certificates}
    for rule in architecture.of(ListenerRule):
        if rule.region is None:
            found.update(rule.host_headers)
    return found - {check.fully_qualified_domain_name for check in architecture.of(HealthCheck)}
