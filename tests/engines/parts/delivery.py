"""Content delivery, firewalls, DNS and an API gateway."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import BALANCER, DATA_KEY, LOGS_KEY

from groundplan.resources import Resource
from groundplan.resources.delivery import (
    CachePolicy,
    Distribution,
    ErrorResponse,
    LogDelivery,
    LogDeliveryDestination,
    LogDeliverySource,
    OriginAccessControl,
    ResponseHeadersPolicy,
)
from groundplan.resources.dns import DnsRecord, HostedZone
from groundplan.resources.edge import Certificate
from groundplan.resources.firewall import ManagedRuleGroup, RateLimit, WebAcl, WebAclAssociation, WebAclLogging
from groundplan.resources.gateway import RestApi, RestApiDeployment, RestApiMethod, RestApiResource, RestApiStage
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy
from groundplan.resources.values import Ref, text

US_EAST_1 = "us-east-1"
WEBSITE = Ref(Bucket, "website")
CDN = Ref(Distribution, "website")


def delivery() -> Iterator[Resource]:
    """Content delivery, firewalls, DNS and an API gateway of the sample."""
    yield from _cdn()
    yield from _firewalls()
    yield HostedZone(
        name="main",
        concern="network",
        zone_name="sample.groundplan.dev",
        comment="Sample production",
        tags={"Name": "sample.groundplan.dev"},
    )
    for kind in ("A", "AAAA"):
        yield DnsRecord(
            name="website",
            key=f"www.sample.groundplan.dev/{kind}",
            concern="delivery",
            region=US_EAST_1,
            hosted_zone_id=Ref(HostedZone, "main").attribute("id"),
            record_name="www.sample.groundplan.dev",
            record_type="A" if kind == "A" else "AAAA",
            target=CDN,
            evaluate_target_health=False,
        )
    yield from _gateway()


def _cdn() -> Iterator[Resource]:
    yield Bucket(
        name="website",
        concern="storage",
        bucket_name="sample-production-website-4f1c2a",
        kms_key=DATA_KEY,
        lifecycle_rules=(BucketLifecycleRule(id="abort", abort_incomplete_multipart_upload_days=7),),
    )
    yield Certificate(
        name="website",
        concern="delivery",
        region=US_EAST_1,
        domain_name="www.sample.groundplan.dev",
        hosted_zone_id=Ref(HostedZone, "main").attribute("id"),
    )
    yield OriginAccessControl(
        name="website",
        concern="delivery",
        region=US_EAST_1,
        control_name="sample-production-website",
        description="Signs requests to the bucket website",
    )
    yield CachePolicy(
        name="website",
        concern="delivery",
        region=US_EAST_1,
        policy_name="sample-production-website",
        comment="Sample production website",
        min_ttl=10,
        default_ttl=86400,
        max_ttl=31_536_000,
    )
    yield ResponseHeadersPolicy(
        name="website",
        concern="delivery",
        region=US_EAST_1,
        policy_name="sample-production-website",
        comment="Sample production website",
    )
    yield Distribution(
        name="website",
        concern="delivery",
        region=US_EAST_1,
        comment="Sample production website",
        bucket=WEBSITE,
        origin_access_control=Ref(OriginAccessControl, "website"),
        cache_policy=Ref(CachePolicy, "website"),
        response_headers_policy=Ref(ResponseHeadersPolicy, "website"),
        aliases=("www.sample.groundplan.dev",),
        certificate=Ref(Certificate, "website"),
        minimum_protocol_version="TLSv1.2_2021",
        default_root_object="index.html",
        error_responses=(
            ErrorResponse(error_code=404, response_code=200, response_page_path="/index.html", caching_min_ttl=10),
        ),
        price_class="PriceClass_200",
        web_acl=Ref(WebAcl, "cdn"),
    )
    yield Distribution(
        name="plain",
        concern="delivery",
        region=US_EAST_1,
        comment="Under CloudFront's own name",
        bucket=WEBSITE,
        origin_access_control=Ref(OriginAccessControl, "website"),
        cache_policy=Ref(CachePolicy, "website"),
        response_headers_policy=Ref(ResponseHeadersPolicy, "website"),
        web_acl=Ref(WebAcl, "cdn"),
    )
    yield BucketPolicy(
        name="website",
        concern="delivery",
        bucket=WEBSITE,
        policy=PolicyDocument(
            (
                Statement(
                    sid="OnlyTls",
                    effect="Deny",
                    actions=("s3:*",),
                    resources=(WEBSITE.arn, text(WEBSITE.arn, "/*")),
                    principals=(Principal("*", ("*",)),),
                    conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
                ),
                Statement(
                    sid="CloudFrontReads",
                    actions=("s3:GetObject",),
                    resources=(text(WEBSITE.arn, "/*"),),
                    principals=(Principal("Service", ("cloudfront.amazonaws.com",)),),
                    conditions=(Condition(operator="StringEquals", key="aws:SourceArn", values=(CDN.arn,)),),
                ),
            )
        ),
    )
    yield LogDeliverySource(
        name="website", concern="delivery", region=US_EAST_1, source_name="sample-production-website", distribution=CDN
    )
    yield LogDeliveryDestination(
        name="cdn",
        concern="delivery",
        region=US_EAST_1,
        destination_name="sample-production-cdn",
        bucket=Ref(Bucket, "logs"),
    )
    yield LogDelivery(
        name="website",
        concern="delivery",
        region=US_EAST_1,
        source=Ref(LogDeliverySource, "website"),
        destination=Ref(LogDeliveryDestination, "cdn"),
        depends_on=(Ref(BucketPolicy, "logs"),),
    )


def _firewalls() -> Iterator[Resource]:
    yield WebAcl(
        name="load_balancer",
        concern="delivery",
        acl_name="sample-production-load-balancer",
        description="In front of the load balancer",
        scope="REGIONAL",
        managed_rule_groups=(
            ManagedRuleGroup(group_name="AWSManagedRulesCommonRuleSet", priority=10),
            ManagedRuleGroup(group_name="AWSManagedRulesKnownBadInputsRuleSet", priority=20),
        ),
        rate_limit=RateLimit(priority=30, limit=2000, only_count=True),
    )
    yield WebAclAssociation(
        name="load_balancer", concern="delivery", web_acl=Ref(WebAcl, "load_balancer"), load_balancer=BALANCER
    )
    yield LogGroup(
        name="waf-load-balancer",
        concern="delivery",
        log_group_name="aws-waf-logs-sample-production-load-balancer",
        retention_in_days=30,
        kms_key=LOGS_KEY,
    )
    yield WebAclLogging(
        name="load_balancer",
        concern="delivery",
        web_acl=Ref(WebAcl, "load_balancer"),
        log_group=Ref(LogGroup, "waf-load-balancer"),
    )
    yield WebAcl(
        name="cdn",
        concern="delivery",
        region=US_EAST_1,
        acl_name="sample-production-cdn",
        description="In front of the CDN, counting",
        scope="CLOUDFRONT",
        managed_rule_groups=(
            ManagedRuleGroup(group_name="AWSManagedRulesAmazonIpReputationList", priority=10, only_count=True),
        ),
        rate_limit=RateLimit(priority=20, limit=5000, window=600),
    )


def _gateway() -> Iterator[Resource]:
    api, proxy = Ref(RestApi, "api"), Ref(RestApiResource, "api")
    yield RestApi(
        name="api", concern="delivery", api_name="sample-production-api", description="In front of api.groundplan.dev"
    )
    yield RestApiResource(name="api", concern="delivery", rest_api=api, path_part="{proxy+}")
    yield RestApiMethod(name="api_root", concern="delivery", rest_api=api, uri="https://api.groundplan.dev/")
    yield RestApiMethod(
        name="api_proxy",
        concern="delivery",
        rest_api=api,
        resource=proxy,
        uri="https://api.groundplan.dev/{proxy}",
        path_parameters=("proxy",),
        timeout=20_000,
    )
    yield RestApiDeployment(
        name="api",
        concern="delivery",
        rest_api=api,
        definition="ANY / and ANY /{proxy+} to https://api.groundplan.dev",
        depends_on=(Ref(RestApiMethod, "api_root"), Ref(RestApiMethod, "api_proxy")),
    )
    yield LogGroup(
        name="api-gateway",
        concern="delivery",
        log_group_name="/Sample/production/gateway/api",
        retention_in_days=30,
        kms_key=LOGS_KEY,
    )
    yield RestApiStage(
        name="api",
        concern="delivery",
        rest_api=api,
        deployment=Ref(RestApiDeployment, "api"),
        stage_name="production",
        throttling_rate=100,
        throttling_burst=200,
        log_group=Ref(LogGroup, "api-gateway"),
        log_format='{"requestId": "$context.requestId", "status": "$context.status"}',
    )
