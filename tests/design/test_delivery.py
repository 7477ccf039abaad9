"""CDN, firewall, DNS zone, API gateway: what a blueprint becomes."""

from __future__ import annotations

import json
import re

import pytest
from tests.design.blueprints import addresses, designed, refused

from groundplan.design.delivery import cdn_host
from groundplan.design.draft import Draft
from groundplan.engines import cloudformation
from groundplan.resources import Architecture
from groundplan.resources.base import CONCERNS
from groundplan.resources.delivery import CachePolicy, Distribution, ErrorResponse, LogDeliveryDestination
from groundplan.resources.dns import DnsRecord, HostedZone
from groundplan.resources.edge import Certificate, LoadBalancer
from groundplan.resources.firewall import ManagedRuleGroup, RateLimit, WebAcl, WebAclAssociation, WebAclLogging
from groundplan.resources.gateway import RestApiDeployment, RestApiMethod, RestApiStage
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.security import Key
from groundplan.resources.storage import Bucket, BucketPolicy
from groundplan.resources.values import Ref, text

BASE = "project: shop\nregion: eu-central-1\n"
SITE = BASE + "buckets: {site: {cdn: {domains: [groundplan.dev, www.groundplan.dev]}}}\n"
WEB = "services: {web: {image: {repository: web, tag: '1'}, port: 80, public: {domain: api.groundplan.dev}}}\n"
CDN = Ref(Distribution, "site")


def stacks(architecture: Architecture) -> dict[str, tuple[str, ...]]:
    """Each stack and those it needs."""
    return {stack.name: stack.depends_on for stack in cloudformation.render(architecture).stacks}


def test_the_bucket_stays_private_and_only_this_distribution_reads_it() -> None:
    found = designed(SITE)
    assert found[CDN].origin_access_control is not None
    bucket = found[Ref(Bucket, "site")]
    assert bucket.block_public_policy
    assert bucket.restrict_public_buckets
    policy = found[Ref(BucketPolicy, "site")]
    assert policy.concern == "delivery", "it speaks of the distribution, so it cannot stand with the bucket"
    tls, read = policy.policy.statements
    assert tls.effect == "Deny"
    assert (read.actions, read.principals[0].identifiers) == (("s3:GetObject",), ("cloudfront.amazonaws.com",))
    assert [(condition.key, condition.values) for condition in read.conditions] == [("aws:SourceArn", (CDN.arn,))]


def test_a_key_of_the_environment_lets_distributions_of_this_account_decrypt() -> None:
    (cdn,) = [item for item in designed(SITE)[Ref(Key, "site")].policy.statements if item.sid == "Cdn"]
    assert cdn.actions == ("kms:Decrypt",)
    assert [condition.key for condition in cdn.conditions] == ["aws:SourceArn"]
    plain = designed(BASE + "buckets: {site: {}}\n")[Ref(Key, "site")]
    assert "Cdn" not in [item.sid for item in plain.policy.statements]


def test_everything_of_cloudfront_is_in_us_east_1_and_stacks_go_in_no_circle() -> None:
    found = designed(SITE + WEB + "firewall: {}\ndns: {zone: groundplan.dev}\n")
    certificates = {item.domain_name: item.region for item in found.of(Certificate)}
    assert certificates == {"api.groundplan.dev": None, "groundplan.dev": "us-east-1"}
    assert {item.scope: item.region for item in found.of(WebAcl)} == {"REGIONAL": None, "CLOUDFRONT": "us-east-1"}
    order = {concern: number for number, concern in enumerate(CONCERNS)}
    for resource in found:
        for ref in resource.references():
            assert order[found[ref].concern] <= order[resource.concern], f"{resource.address} refers to {ref}"
    needs = stacks(found)
    assert "shop-production-delivery-us-east-1" in needs["shop-production-delivery"]
    assert "shop-production-network" in needs["shop-production-delivery-us-east-1"], "the zone comes before"


def test_in_us_east_1_there_is_one_stack() -> None:
    found = designed(SITE.replace("eu-central-1", "us-east-1") + "firewall: {}\n")
    assert {resource.region for resource in found} == {None}
    assert "shop-production-delivery" in stacks(found)


def test_a_single_page_answers_for_what_is_missing_and_never_for_what_is_blocked() -> None:
    found = designed(BASE + "buckets: {site: {cdn: {single_page: true, cache: 1h, price_class: all}}}\n")
    distribution = found[CDN]
    assert distribution.error_responses == (
        ErrorResponse(error_code=404, response_code=200, response_page_path="/index.html", caching_min_ttl=10),
    )
    listing = found[Ref(BucketPolicy, "site")].policy.statements[-1]
    assert (listing.actions, listing.resources) == (("s3:ListBucket",), (Ref(Bucket, "site").arn,))
    assert distribution.price_class == "PriceClass_All"
    number = designed(BASE + "buckets: {site: {cdn: {price_class: 200}}}\n")
    assert number[CDN].price_class == "PriceClass_200", "a number needs no quotes"
    cache = found[Ref(CachePolicy, "site")]
    assert (cache.min_ttl, cache.default_ttl, cache.max_ttl) == (0, 3600, 31_536_000)
    assert (distribution.certificate, distribution.minimum_protocol_version) == (None, None)


def test_logs_go_to_the_log_bucket_where_logs_are_kept() -> None:
    found = designed(SITE)
    assert found[Ref(LogDeliveryDestination, "cdn")].bucket == Ref(Bucket, "logs")
    (statement,) = [item for item in found[Ref(BucketPolicy, "logs")].policy.statements if item.sid == "CdnLogs"]
    assert statement.principals[0].identifiers == ("delivery.logs.amazonaws.com",)
    assert {condition.key for condition in statement.conditions} == {
        "aws:SourceAccount", "s3:x-amz-acl", "aws:SourceArn",
    }  # fmt: skip
    quiet = designed(SITE + "profile: poc\n")
    assert not [item for item in addresses(quiet) if item.startswith(("log_delivery", "bucket.logs"))]
    told = designed(SITE.replace("cdn: {", "cdn: {logs: true, ") + "profile: poc\n")
    assert "log_delivery.site" in addresses(told)
    silent = designed(SITE.replace("cdn: {", "cdn: {logs: false, "))
    assert not [item for item in addresses(silent) if item.startswith(("log_delivery", "bucket.logs"))]


def test_the_zone_has_records_and_validates_what_is_below_it() -> None:
    found = designed(SITE + WEB + "dns: {zone: groundplan.dev}\n")
    zone = Ref(HostedZone, "main").attribute("id")
    records = {(item.record_name, item.record_type): item for item in found.of(DnsRecord)}
    assert set(records) == {
        ("api.groundplan.dev", "A"), ("groundplan.dev", "A"), ("groundplan.dev", "AAAA"),
        ("www.groundplan.dev", "A"), ("www.groundplan.dev", "AAAA"),
    }  # fmt: skip
    assert {item.hosted_zone_id for item in records.values()} == {zone}
    balancer, site = records["api.groundplan.dev", "A"], records["groundplan.dev", "AAAA"]
    assert (balancer.target, balancer.evaluate_target_health) == (Ref(LoadBalancer, "main"), True)
    assert (site.target, site.evaluate_target_health) == (CDN, False)
    assert {item.hosted_zone_id for item in found.of(Certificate)} == {zone}
    assert found[Ref(HostedZone, "main")].concern == "network"
    assert "name_servers" in {output.name for output in found.outputs}


def test_a_domain_outside_of_the_zone_waits_for_a_person() -> None:
    found = designed(SITE + WEB + "dns: {zone: www.groundplan.dev}\n")
    assert [item.record_name for item in found.of(DnsRecord)] == ["www.groundplan.dev"] * 2
    assert {item.hosted_zone_id for item in found.of(Certificate)} == {None}
    written = designed(SITE.replace("cdn: {", "cdn: {hosted_zone: Z0123456789ABC, ") + "dns: {zone: other.dev}\n")
    assert {item.hosted_zone_id for item in written.of(DnsRecord)} == {"Z0123456789ABC"}


def test_services_that_share_a_domain_share_its_record() -> None:
    more = WEB.replace(
        "}}\n", ", hosted_zone: Z0123456789ABC}}, b: {image: {repository: b, tag: '1'}, port: 81, public: "
        "{domain: api.groundplan.dev, hosted_zone: Z0123456789ABC, path: /b/*}}}\n",
    ).replace("dev}, hosted", "dev, hosted")  # fmt: skip
    assert [item.name for item in designed(BASE + more).of(DnsRecord)] == ["web"]


def test_the_firewall_stands_in_front_of_what_there_is() -> None:
    found = designed(SITE + WEB + "firewall: {rules: [common, sql], rate: 100, logs: 7d}\n")
    acl = found[Ref(WebAcl, "load_balancer")]
    assert acl.managed_rule_groups == (
        ManagedRuleGroup(group_name="AWSManagedRulesCommonRuleSet", priority=10),
        ManagedRuleGroup(group_name="AWSManagedRulesSQLiRuleSet", priority=20),
    )
    assert acl.rate_limit == RateLimit(priority=30, limit=100)
    assert found[Ref(WebAclAssociation, "load_balancer")].load_balancer == Ref(LoadBalancer, "main")
    assert found[CDN].web_acl == Ref(WebAcl, "cdn")
    for name, region, key in (("load_balancer", None, Ref(Key, "main")), ("cdn", "us-east-1", None)):
        logging = found[Ref(WebAclLogging, name)]
        group = found[logging.log_group]
        assert group.log_group_name.startswith("aws-waf-logs-")
        assert (group.region, logging.region, group.kms_key, group.retention_in_days) == (region, region, key, 7)
        assert set(logging.redacted_headers) == {"authorization", "cookie"}


@pytest.mark.parametrize(
    ("firewall", "acls"),
    [
        ("{protects: [cdn]}", {"web_acl.cdn"}),
        ("{protects: [load-balancer]}", {"web_acl.load_balancer"}),
        ("{}", {"web_acl.cdn", "web_acl.load_balancer"}),
    ],
)
def test_what_it_protects_can_be_chosen(firewall: str, acls: set[str]) -> None:
    found = designed(SITE + WEB + f"firewall: {firewall}\n")
    assert {item for item in addresses(found) if item.startswith("web_acl.")} == acls
    assert (found[CDN].web_acl is not None) == ("web_acl.cdn" in acls)


def test_a_firewall_that_only_counts_blocks_nothing() -> None:
    acl = designed(SITE + "firewall: {only_count: true, logs: null}\n")[Ref(WebAcl, "cdn")]
    assert all(group.only_count for group in acl.managed_rule_groups)
    assert acl.rate_limit is not None
    assert acl.rate_limit.only_count
    assert "web_acl_logging.cdn" not in addresses(designed(SITE + "firewall: {logs: null}\n"))
    assert designed(SITE + "firewall: {rate: null}\n")[Ref(WebAcl, "cdn")].rate_limit is None


def test_a_gateway_passes_everything_on_and_limits_it() -> None:
    found = designed(BASE + WEB.replace("dev}", "dev, gateway: {rate: 10, burst: 20, logs: 30d}}"))
    root, proxy = found[Ref(RestApiMethod, "web_root")], found[Ref(RestApiMethod, "web_proxy")]
    assert (root.uri, proxy.uri) == ("https://api.groundplan.dev/", "https://api.groundplan.dev/{proxy}")
    stage = found[Ref(RestApiStage, "web")]
    assert (stage.stage_name, stage.throttling_rate, stage.throttling_burst) == ("production", 10, 20)
    assert stage.log_group == Ref(LogGroup, "web_gateway")
    assert stage.log_format is not None
    assert "\n" not in stage.log_format, "API Gateway takes one line"
    assert json.loads(stage.log_format)["requestId"] == "$context.requestId"
    assert "rest_api_account" not in " ".join(addresses(found)), "the account's own setting is left alone"
    (output,) = [item.value for item in found.outputs if item.name == "web_gateway_url"]
    assert "execute-api" in str(output)


def test_another_backend_is_another_deployment() -> None:
    def logical_id(domain: str) -> str:
        blueprint = BASE + WEB.replace("api.groundplan.dev}", f"{domain}, gateway: {{}}}}")
        (place,) = cloudformation.render(designed(blueprint)).locations[Ref(RestApiDeployment, "web")]
        return place.logical_id

    first, again, other = logical_id("a.groundplan.dev"), logical_id("a.groundplan.dev"), logical_id("b.groundplan.dev")
    assert first == again != other
    assert re.fullmatch(r"WebRestApiDeployment[0-9A-F]{6}", first)


def test_the_host_of_a_cdn() -> None:
    from tests.design.blueprints import loaded

    named, plain = Draft(loaded(SITE)), Draft(loaded(BASE + "buckets: {site: {cdn: {}}}\n"))
    assert cdn_host(named, "site") == "groundplan.dev"
    assert cdn_host(plain, "site") == CDN.attribute("dns_name")
    urls = {item.name: item.value for item in designed(BASE + "buckets: {site: {cdn: {}}}\n").outputs}
    assert urls["site_url"] == text("https://", CDN.attribute("dns_name"))
    assert urls["site_cdn"] == CDN.attribute("dns_name")


def test_names_that_are_too_long_are_refused_with_their_place() -> None:
    long = "a" * 40
    problems = refused(BASE.replace("shop", "s" * 24) + f"buckets: {{{long}: {{cdn: {{}}}}}}\n")
    assert any(f"buckets.{long}.cdn" in problem and "at most 60" in problem for problem in problems)


def test_china_has_another_cloudfront() -> None:
    problems = refused(SITE.replace("eu-central-1", "cn-north-1"))
    assert any("buckets.site.cdn: cn-north-1 cannot use CloudFront's global" in problem for problem in problems)
