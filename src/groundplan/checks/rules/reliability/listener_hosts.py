"""GP-REL-061."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.hosts import names_covered
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.dns import HealthCheck
from groundplan.resources.edge import Certificate, Listener, ListenerCertificate, ListenerRule
from groundplan.resources.values import Ref


class ListenerHosts(Rule):
    id = "GP-REL-061"
    title = "The certificates of a listener are for the hosts that its rules take"
    severity = "error"
    why = "Browsers and clients refuse the connection before any request reaches the load balancer."
    fix = Fix(
        blueprint="Leave services.<name>.public.certificate out: one for the domain is made.",
        terraform="aws_lb_listener: certificate_arn; aws_lb_listener_certificate",
        cloudformation="AWS::ElasticLoadBalancingV2::Listener, ListenerCertificate: Certificates",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        certificates: dict[Ref[Listener], list[Ref[Certificate] | str | None]] = {
            listener.ref: [listener.certificate]
            for listener in architecture.of(Listener)
            if listener.protocol == "HTTPS"
        }
        for more in architecture.of(ListenerCertificate):
            certificates.setdefault(more.listener, []).append(more.certificate)
        # Route 53 asks without looking at the certificate.
        checked = {check.fully_qualified_domain_name for check in architecture.of(HealthCheck)}
        for rule in architecture.of(ListenerRule):
            given = certificates.get(rule.listener, [])
            found = [architecture[item] for item in given if isinstance(item, Ref)]
            if len(found) < len(given) or not given:
                continue  # what a certificate outside of the architecture is for, nobody knows here
            missing = [
                host
                for host in rule.host_headers
                if "*" not in host and host not in checked and not names_covered(found, host)
            ]
            if missing:
                yield self.violation(rule, f"takes {listed(missing)}, for which no certificate of {rule.listener} is")
