"""Domains that lead to the standby, and stay there once it has taken over."""

from __future__ import annotations

from typing import Any

import pytest
from tests.design.blueprints import refused
from tests.recovery.shop import SHOP, merged, shop

from groundplan.resources.dns import CalculatedHealthCheck, DnsRecord, HealthCheck
from groundplan.resources.edge import FixedResponse, ListenerRule, LoadBalancer
from groundplan.resources.values import Ref

HERE, THERE = Ref(LoadBalancer, "main"), Ref(LoadBalancer, "standby_main")


def records(**changes: Any) -> dict[tuple[str, str | None], DnsRecord]:
    """By name and failover."""
    return {(item.record_name, item.failover): item for item in shop(**changes).of(DnsRecord)}


def test_a_domain_leads_to_both_regions() -> None:
    found = records()
    first, second = found["api.shop.com", "PRIMARY"], found["api.shop.com", "SECONDARY"]
    assert (first.target, first.region, first.evaluate_target_health) == (HERE, None, True)
    assert (second.target, second.region, second.evaluate_target_health) == (THERE, "us-west-2", True)
    assert second.health_check is None
    assert {first.set_identifier, second.set_identifier} == {"primary", "standby"}


def test_the_health_check_asks_the_environment_and_not_the_domain() -> None:
    architecture = shop(standby={"health": "10s", "failures": 2})
    check = architecture[Ref(HealthCheck, "api")]
    assert check.fully_qualified_domain_name == "primary.api.shop.com"
    assert (check.check_type, check.port, check.resource_path) == ("HTTPS", 443, "/health")
    assert (check.request_interval, check.failure_threshold, check.inverted) == (10, 2, False)
    assert records()["primary.api.shop.com", None].target == HERE


def test_the_environment_is_healthy_only_until_the_standby_has_taken_over() -> None:
    architecture = shop()
    record = records()["api.shop.com", "PRIMARY"]
    assert isinstance(record.health_check, Ref)
    both = architecture[Ref(CalculatedHealthCheck, record.health_check.name)]
    mark = architecture[Ref(HealthCheck, "taken_over")]
    assert both.children == (Ref(HealthCheck, "api"), mark.ref)
    assert mark.inverted
    assert mark.fully_qualified_domain_name == "standby.api.shop.com"
    assert records()["standby.api.shop.com", None].target == THERE
    rule = architecture[Ref(ListenerRule, "standby_taken_over")]
    assert rule.host_headers == ("standby.api.shop.com",)
    assert rule.path_patterns == (mark.resource_path,)
    assert isinstance(rule.action, FixedResponse)
    assert (rule.action.status_code, rule.action_changes, rule.region) == (404, True, "us-west-2")


def test_without_a_database_the_environment_may_have_its_users_back_at_any_time() -> None:
    architecture = shop(databases=None, services={"api": {"needs": None}}, backup=None)
    assert architecture.of(CalculatedHealthCheck) == ()
    assert [item.name for item in architecture.of(HealthCheck)] == ["api"]


def test_a_rule_takes_the_requests_of_the_health_check_too() -> None:
    other = {**SHOP["services"]["api"], "public": {"domain": "admin.shop.com"}, "needs": []}
    rules = {rule.name: rule for rule in shop(services={"admin": other}).of(ListenerRule)}
    assert rules["api"].host_headers == ("api.shop.com", "primary.api.shop.com")
    assert rules["admin"].host_headers == ("admin.shop.com", "primary.admin.shop.com")
    assert rules["standby_api"].host_headers == ("api.shop.com",)


def test_a_domain_that_the_standby_does_not_serve_leads_to_the_environment_alone() -> None:
    found = records(standby={"overlay": {"services": {"api": {"public": {"domain": "dr.shop.com"}}}}})
    assert [(name, failover) for name, failover in found if name == "api.shop.com"] == [("api.shop.com", None)]


def test_without_a_standby_a_domain_has_one_record() -> None:
    architecture = shop(standby=None, objectives=None)
    assert [(item.address, item.failover) for item in architecture.of(DnsRecord)] == [("dns_record.api", None)]
    assert architecture.of(HealthCheck) == ()


@pytest.mark.parametrize(
    ("service", "said"),
    [
        (
            {"public": {"path": "/v1/*"}},
            "services.api.health.path: Route 53 has to reach the health check of api.shop.com through the load "
            "balancer, which sends only /v1/* to api and not /health; take a path below it",
        ),
        (
            {"public": {"domain": "shop.com"}},
            "services.api.public.domain: Route 53 asks primary.shop.com for the health of shop.com, and a service has "
            "that name; choose another",
        ),
    ],
)
def test_what_route_53_cannot_ask_is_refused(service: dict[str, Any], said: str) -> None:
    other = {**SHOP["services"]["api"], "public": {"domain": "primary.shop.com"}, "needs": []}
    blueprint = merged(SHOP, {"services": {"api": service, "other": other}})
    found = refused(blueprint)
    assert any(said in line for line in found), found


def test_a_path_below_the_pattern_is_asked() -> None:
    service = {"public": {"path": "/v1/*"}, "health": {"path": "/v1/health"}}
    assert shop(services={"api": service})[Ref(HealthCheck, "api")].resource_path == "/v1/health"
