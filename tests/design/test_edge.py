"""How requests find their service: domains, paths, certificates, plain HTTP."""

from __future__ import annotations

from tests.design.blueprints import addresses, designed, refused, rules_of

from groundplan.resources.dns import DnsRecord
from groundplan.resources.edge import (
    Certificate,
    FixedResponse,
    Forward,
    Listener,
    ListenerCertificate,
    ListenerRule,
    Redirect,
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
    found = designed(
        services(web="{domain: shop.groundplan.dev}", status="{tls: false, domain: status.groundplan.dev}")
    )
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


def test_port_80_can_stay_closed() -> None:
    found = designed(services(web="{domain: shop.groundplan.dev, redirect: false}"))
    assert rules_of(found, "alb") == {("ingress", 443, "0.0.0.0/0"), ("egress", 80, "web")}
    assert [listener.name for listener in found.of(Listener)] == ["https"]


def test_only_some_addresses_may_connect() -> None:
    public = "{domain: shop.groundplan.dev, allow: [203.0.113.0/24, 198.51.100.7/32]}"
    found = designed(services(web=public))
    assert rules_of(found, "alb") == {
        ("ingress", 80, "203.0.113.0/24"), ("ingress", 80, "198.51.100.7/32"),
        ("ingress", 443, "203.0.113.0/24"), ("ingress", 443, "198.51.100.7/32"), ("egress", 80, "web"),
    }  # fmt: skip
    assert "security_group_rule.alb_from_203_0_113_0_24_443" in addresses(found)


def test_stopping_tasks_finish_their_requests() -> None:
    found = designed(services(web="{tls: false, deregistration: 2m}"))
    assert found[Ref(TargetGroup, "web")].deregistration_delay == 120


def test_where_port_80_serves_others_each_domain_is_redirected_by_a_rule() -> None:
    found = designed(services(web="{domain: shop.groundplan.dev}", status="{tls: false}"))
    rule = found[Ref(ListenerRule, "web_redirect")]
    assert (rule.listener, rule.host_headers, rule.action) == (
        Ref(Listener, "http"), ("shop.groundplan.dev",), Redirect(),
    )  # fmt: skip
    closed = designed(services(web="{domain: shop.groundplan.dev, redirect: false}", status="{tls: false}"))
    assert "listener_rule.web_redirect" not in addresses(closed)


def test_plain_http_has_a_record_too() -> None:
    found = designed(services(web="{tls: false, domain: shop.groundplan.dev, hosted_zone: Z0123456789ABC}"))
    assert [record.record_name for record in found.of(DnsRecord)] == ["shop.groundplan.dev"]
