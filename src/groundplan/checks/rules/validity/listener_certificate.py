"""GP-VAL-028."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Certificate, Listener, ListenerCertificate
from groundplan.resources.values import Ref


class ListenerHasCertificate(Rule):
    id = "GP-VAL-028"
    title = "An HTTPS listener has a certificate of its load balancer's region, an HTTP listener none"
    severity = "error"
    why = (
        "Elastic Load Balancing refuses HTTPS without a certificate, a certificate of another region, and one on HTTP."
    )
    fix = Fix(
        blueprint="Set public.domain (Groundplan requests the certificate) or public.certificate in the right region.",
        terraform="aws_lb_listener: certificate_arn",
        cloudformation="AWS::ElasticLoadBalancingV2::Listener: Certificates",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for listener in architecture.of(Listener):
            region = region_of(architecture, architecture[listener.load_balancer])
            if listener.protocol == "HTTPS" and listener.certificate is None:
                yield self.violation(listener, "has protocol HTTPS and no certificate; one is needed")
            elif listener.protocol == "HTTP" and (listener.certificate or listener.ssl_policy):
                yield self.violation(listener, "has protocol HTTP and a certificate or ssl_policy; HTTPS is right")
            elif listener.certificate is not None:
                yield from self._region(architecture, listener, listener.certificate, region)
        for further in architecture.of(ListenerCertificate):
            balancer = architecture[architecture[further.listener].load_balancer]
            yield from self._region(architecture, further, further.certificate, region_of(architecture, balancer))

    def _region(
        self,
        architecture: Architecture,
        user: Listener | ListenerCertificate,
        certificate: Ref[Certificate] | str,
        region: str,
    ) -> Iterator[Violation]:
        if isinstance(certificate, str):
            found = certificate.split(":")[3] if certificate.count(":") >= 5 else "no region"
        else:
            found = region_of(architecture, architecture[certificate])
        if found != region:
            yield self.violation(user, f"has certificate {certificate} of {found}; one of {region} is right")
