"""CDN, firewalls, zones and gateways."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.cost.book import flat, line, priced, reasons
from tests.engines.parts.delivery import delivery
from tests.engines.samples import sample_architecture
from tests.recovery.shop import shop

from groundplan.blueprint.models import Usage
from groundplan.catalog import firewall
from groundplan.cost import estimate
from groundplan.resources import Resource
from groundplan.resources.dns import HostedZone
from groundplan.resources.firewall import ManagedRuleGroup, WebAcl
from groundplan.resources.gateway import RestApi
from groundplan.units import DataSize

REGIONAL, GLOBAL = "web_acl.load_balancer", "web_acl.cdn"


def only(*kinds: type[Resource]) -> list[Resource]:
    return [item for item in delivery() if isinstance(item, kinds)]


def acl(name: str, **changes: object) -> WebAcl:
    found = next(item for item in only(WebAcl) if item.name == name)
    assert isinstance(found, WebAcl)
    return replace(found, **changes)  # type: ignore[arg-type]  # fields differ


def test_a_web_acl_of_the_cdn_is_charged_where_it_lives() -> None:
    found = priced([acl("cdn")], Usage(cdn_requests=5_000_000))
    assert line(found, GLOBAL, "waf.web_acl.month").monthly == 5
    assert line(found, GLOBAL, "waf.rule.month").quantity == 2, "a rule group and the rate limit"
    assert line(found, GLOBAL, "waf.request.per_1m").quantity == 5


def test_no_price_of_another_region_is_quoted() -> None:
    found = priced([acl("load_balancer")], Usage(requests=1_000_000))
    assert found.monthly == 0
    assert len(reasons(found, REGIONAL)) == 3
    assert all("ap-south-1" in reason for reason in reasons(found, REGIONAL))


def test_requests_that_nobody_stated_are_named() -> None:
    assert any("usage.cdn_requests" in reason for reason in reasons(priced([acl("cdn")]), GLOBAL))
    assert any("usage.requests" in reason for reason in reasons(priced([acl("load_balancer")]), REGIONAL))


def test_more_capacity_than_is_included_is_said() -> None:
    every = tuple(
        ManagedRuleGroup(group_name=group.name, priority=number)
        for number, group in enumerate(firewall.all_rule_groups().values())
    )
    (reason,) = [why for why in reasons(priced([acl("cdn", managed_rule_groups=every)]), GLOBAL) if "units" in why]
    assert reason.startswith("it takes 1977 capacity units, and 1500 are in the price")
    assert not any("units" in why for why in reasons(priced([acl("cdn")]), GLOBAL))


def test_the_cdn_is_free_up_to_its_allowance() -> None:
    small = Usage(cdn_requests=10_000_000, cdn_out=DataSize.parse("1 TB"))
    large = Usage(cdn_requests=30_000_000, cdn_out=DataSize.parse("2 TB"))
    free = estimate(sample_architecture(), small, None)
    assert sum(item.monthly for item in free.of("distribution.*")) == 0
    paid = estimate(sample_architecture(), large, None)
    out = line(paid, "distribution.*", "cloudfront.us.gb")
    requests = line(paid, "distribution.*", "cloudfront.us.https_per_10k")
    assert (out.quantity, out.monthly) == (Decimal(1024), Decimal("87.04"))
    assert (requests.quantity, requests.monthly) == (Decimal(2000), Decimal(20))
    assert "other places cost more" in out.formula, "one of them also stands in PriceClass_200"


def test_a_zone_and_an_api() -> None:
    found = priced(only(HostedZone, RestApi), Usage(requests=2_000_000))
    assert line(found, "hosted_zone.main", "route53.zone_month").monthly == Decimal("0.5")
    api = line(found, "rest_api.api", "apigateway.rest.per_1m")
    assert (api.quantity, api.monthly) == (Decimal(2), Decimal(7))
    assert "the most it can be" in api.formula
    assert reasons(priced(only(RestApi)), "rest_api.api") == [
        "usage.requests is not stated: an API is paid by the request"
    ]


def test_a_request_is_looked_at_once_where_a_standby_has_a_web_acl_of_its_own() -> None:
    usage = Usage(requests=10_000_000)
    found = estimate(shop(firewall={}), usage, None, prices=flat("1"))
    looked_at = [item for item in found.lines if item.sku == "waf.request.per_1m"]
    assert [(item.resource, item.quantity) for item in looked_at] == [("web_acl.load_balancer", Decimal(10))]
    assert found.of("web_acl.standby_load_balancer"), "it has a price of its own"
    assert "web_acl.standby_load_balancer" in {item.resource for item in found.free}
