"""Amazon CloudFront, AWS WAF, Amazon Route 53 and Amazon API Gateway.

Sources: https://aws.amazon.com/cloudfront/pricing/, https://aws.amazon.com/waf/pricing/,
https://aws.amazon.com/route53/pricing/, https://aws.amazon.com/api-gateway/pricing/
"""

from __future__ import annotations

from decimal import Decimal

from groundplan.catalog import firewall
from groundplan.cost.bill import Bill, pricer
from groundplan.cost.quantities import amount, count, gigabytes, number
from groundplan.resources.delivery import Distribution
from groundplan.resources.dns import CalculatedHealthCheck, HealthCheck, HostedZone
from groundplan.resources.firewall import WebAcl
from groundplan.resources.gateway import RestApi

_WAF = "https://aws.amazon.com/waf/pricing/"
MILLION = Decimal(1_000_000)
PER_PRICE = Decimal(10_000)
"""Requests that CloudFront names a price for."""


def _distributions(bill: Bill, distributions: tuple[Distribution, ...]) -> None:
    """The price follows where viewers are, which usage does not state: North America and Europe are priced alike by
    the GB, other places higher."""
    classes = {distribution.price_class for distribution in distributions}
    elsewhere = "" if classes == {"PriceClass_100"} else "; other places cost more"
    if bill.usage.cdn_out is None:
        bill.add_unpriced(distributions, "usage.cdn_out is not stated: what viewers load depends on it")
    else:
        note = f"as if all viewers were in North America and Europe{elsewhere}"
        bill.charge(distributions, "cloudfront.us.gb", gigabytes(bill.usage.cdn_out), "usage", note=note)
    if bill.usage.cdn_requests is None:
        bill.add_unpriced(distributions, "usage.cdn_requests is not stated: requests are paid by their number")
    else:
        requests = amount(Decimal(bill.usage.cdn_requests), "requests") / amount(PER_PRICE, "requests a price")
        note = f"as if all viewers were in North America{elsewhere or '; Europe costs a fifth more'}"
        bill.charge(distributions, "cloudfront.us.https_per_10k", requests, "usage", note=note)


def _web_acls(bill: Bill, acls: tuple[WebAcl, ...]) -> None:
    included = firewall.capacity().included
    for acl in acls:
        rules = len(acl.managed_rule_groups) + (acl.rate_limit is not None)
        bill.charge(acl, "waf.web_acl.month", count(1, "web ACL"))
        bill.charge(acl, "waf.rule.month", count(rules, "rule or rule group", "rules and rule groups"))
        cdn = acl.scope == "CLOUDFRONT"
        requests, key = (bill.usage.cdn_requests, "cdn_requests") if cdn else (bill.usage.requests, "requests")
        if acl.address in bill.architecture.in_standby:
            # usage.requests is said once: they arrive at the one region or at the other.
            bill.add_free(acl, "requests are looked at where they arrive, and charged there", _WAF)
        elif requests is None:
            bill.add_unpriced(acl, f"usage.{key} is not stated: each request that is looked at is paid")
        else:
            looked_at = amount(Decimal(requests), "requests") / amount(MILLION, "requests a price")
            bill.charge(acl, "waf.request.per_1m", looked_at, "usage")
        names = tuple(group.group_name for group in acl.managed_rule_groups)
        needed = firewall.needed(names, rate_limit=acl.rate_limit is not None)
        if needed > included:
            bill.add_unpriced(
                acl,
                f"it takes {needed} capacity units, and {included} are in the price of a request: each further 500 "
                "cost more per request",
            )


def _zones(bill: Bill, zones: tuple[HostedZone, ...]) -> None:
    for zone in zones:
        bill.charge(zone, "route53.zone_month", count(1, "hosted zone"))
    if bill.usage.dns_queries is None:
        why = "usage.dns_queries is not stated: queries are charged, save those that alias records to AWS answer"
        bill.add_unpriced(zones, why)
    else:
        queries = amount(bill.usage.dns_queries, "queries") / amount(MILLION, "queries a price")
        bill.charge(zones, "route53.query.per_1m", queries, "usage")


def _health_checks(bill: Bill, checks: tuple[HealthCheck, ...]) -> None:
    """The endpoints are load balancers, which counts as AWS's own. HTTPS and a fast interval are options."""
    for check in checks:
        bill.charge(check, "route53.health_check_aws.month", count(1, "health check"))
        options = [
            *(["HTTPS"] if check.check_type == "HTTPS" else []),
            *(["fast"] if check.request_interval < 30 else []),
        ]
        if options:
            quantity = count(len(options), f"option ({options[0]})", f"options ({', '.join(options)})")
            bill.charge(check, "route53.health_check_option_aws.month", quantity)


def _calculated_health_checks(bill: Bill, checks: tuple[CalculatedHealthCheck, ...]) -> None:
    """Charged like one of an endpoint of AWS: https://aws.amazon.com/route53/pricing/#Health_Checks"""
    for check in checks:
        bill.charge(check, "route53.health_check_aws.month", count(1, "health check"))


def _apis(bill: Bill, apis: tuple[RestApi, ...]) -> None:
    if bill.usage.requests is None:
        bill.add_unpriced(apis, "usage.requests is not stated: an API is paid by the request")
        return
    requests = amount(Decimal(bill.usage.requests), "requests") / amount(MILLION, "requests a price")
    note = f"the most it can be: all {number(Decimal(bill.usage.requests))} requests of usage.requests through it"
    bill.charge(apis, "apigateway.rest.per_1m", requests, "usage", note=note)


PRICERS = (
    pricer(Distribution, _distributions),
    pricer(WebAcl, _web_acls),
    pricer(HostedZone, _zones),
    pricer(HealthCheck, _health_checks),
    pricer(CalculatedHealthCheck, _calculated_health_checks),
    pricer(RestApi, _apis),
)
