"""How requests find their service: domains, paths, certificates, plain HTTP."""

from __future__ import annotations

from tests.design.blueprints import addresses, designed, refused

from groundplan.resources.dns import DnsRecord
from groundplan.resources.edge import (
    Certificate,
    FixedResponse,
    Forward,
    Listener,
    ListenerCertificate,
    ListenerRule,
    TargetGroup,
)
from groundplan.resources.values import Ref

ARN = "arn:aws:acm:eu-central-1:210987654321:certificate/6e0dd9a8-4f22-4b8e-b0b2-9f6b1d2a7f11"


def services(**publics: str) -> str:
    """A blueprint with public services; ``{}`` as YAML flow for each."""
    lines = [
        f"  {name}: {{image: {{repository: {name}, tag: '1'}}, port: 80, public: {public}}}"
        for name, public in publics.items()
    ]
    return "\n".join(["project: shop", "region: eu-central-1", "services:", *lines, ""])


def test_two_services_by_domain_and_path() -> None:
    found = designed(services(web="{domain: shop.groundplan.dev}", api="{domain: shop.groundplan.dev, path: /api/*}"))
    assert len(found.of(Certificate)) == 1, "one domain, one certificate"
    https = found[Ref(Listener, "https")]
    assert isinstance(https.default_action, FixedResponse)
    rules = {rule.name: rule for rule in found.of(ListenerRule)}
    assert rules["api"].path_patterns == ("/api/*",)
    assert rules["web"].path_patterns == ()
    assert rules["api"].priority < rules["web"].priority, "the more exact path is asked first"
    assert all(rule.host_headers == ("shop.groundplan.dev",) for rule in rules.values())
    assert rules["api"].action == Forward(Ref(TargetGroup, "api"))


def test_two_domains_have_two_certificates_on_one_listener() -> None:
    found = designed(services(web="{domain: shop.groundplan.dev}", api="{domain: api.groundplan.dev}"))
    assert {item.domain_name for item in found.of(Certificate)} == {"shop.groundplan.dev", "api.groundplan.dev"}
    (further,) = found.of(ListenerCertificate)
    assert further.listener == Ref(Listener, "https")
    assert {rule.host_headers for rule in found.of(ListenerRule)} == {("shop.groundplan.dev",), ("api.groundplan.dev",)}


def test_who_claims_nothing_is_the_default() -> None:
    found = designed(services(web=f"{{certificate: '{ARN}'}}", api="{domain: api.groundplan.dev}"))
    https = found[Ref(Listener, "https")]
    assert https.default_action == Forward(Ref(TargetGroup, "web"))
    assert https.certificate == ARN
    assert [rule.name for rule in found.of(ListenerRule)] == ["api"]


def test_a_hosted_zone_gets_record_and_validation() -> None:
    found = designed(services(web="{domain: shop.groundplan.dev, hosted_zone: Z0123456789ABC}"))
    (record,) = found.of(DnsRecord)
    assert (record.record_name, record.hosted_zone_id) == ("shop.groundplan.dev", "Z0123456789ABC")
    assert found[Ref(Certificate, "web")].hosted_zone_id == "Z0123456789ABC"


def test_plain_http_has_no_certificate() -> None:
    found = designed(services(web="{tls: false}"))
    assert found.of(Certificate) == ()
    http = found[Ref(Listener, "http")]
    assert http.default_action == Forward(Ref(TargetGroup, "web"))
    assert (http.certificate, http.ssl_policy) == (None, None)
    assert "listener.https" not in addresses(found)
    assert "security_group_rule.alb_from_internet_443" not in addresses(found)


def test_plain_and_encrypted_side_by_side() -> None:
    found = designed(services(web="{domain: shop.groundplan.dev}", status="{tls: false, domain: status.groundplan.dev}"))
    assert found[Ref(Listener, "http")].default_action == Forward(Ref(TargetGroup, "status"))
    assert found[Ref(Listener, "https")].default_action == Forward(Ref(TargetGroup, "web"))


def test_https_needs_a_name() -> None:
    (problem,) = refused(services(web="{}"))
    assert problem == (
        "groundplan.yaml:4:55: services.web.public: HTTPS needs a domain or the ARN of a certificate; write public: "
        "{domain: api.your-domain.com}, or public: {tls: false} for plain HTTP"
    )


def test_a_balancer_needs_two_zones() -> None:
    (problem,) = refused(services(web="{tls: false}") + "network: {zones: [a]}\n")
    assert problem == "groundplan.yaml:5:18: network.zones: an application load balancer needs at least two zones"
