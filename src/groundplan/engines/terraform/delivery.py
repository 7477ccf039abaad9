"""Amazon CloudFront and the delivery of its logs in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Block, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.resources.delivery import (
    CachePolicy,
    Distribution,
    LogDelivery,
    LogDeliveryDestination,
    LogDeliverySource,
    OriginAccessControl,
    ResponseHeadersPolicy,
)

FILE = "cloudfront.tf"
_ORIGIN = "bucket"


def _nothing_passes(_: CachePolicy, context: Context) -> Iterator[Block]:
    yield context.block(
        "parameters_in_cache_key_and_forwarded_to_origin",
        {"enable_accept_encoding_brotli": True, "enable_accept_encoding_gzip": True},
        context.block("cookies_config", {"cookie_behavior": "none"}),
        context.block("headers_config", {"header_behavior": "none"}),
        context.block("query_strings_config", {"query_string_behavior": "none"}),
    )


def _security_headers(policy: ResponseHeadersPolicy, context: Context) -> Iterator[Block]:
    yield context.block(
        "security_headers_config",
        {},
        context.block(
            "strict_transport_security",
            {
                "access_control_max_age_sec": policy.strict_transport_security,
                "include_subdomains": False,
                "override": True,
            },
        ),
        context.block("content_type_options", {"override": True}) if policy.content_type_options else None,
        context.block("frame_options", {"frame_option": policy.frame_option, "override": True}),
        context.block("referrer_policy", {"referrer_policy": policy.referrer_policy, "override": True}),
    )


def _distribution(distribution: Distribution, context: Context) -> dict[str, object]:
    return {
        "enabled": True,
        "aliases": distribution.aliases,
        "default_root_object": distribution.default_root_object,
        "is_ipv6_enabled": distribution.ipv6_enabled,
        "web_acl_id": context.value(distribution.web_acl.arn) if distribution.web_acl else None,
    }


def _distribution_blocks(distribution: Distribution, context: Context) -> Iterator[Block]:
    control = distribution.origin_access_control
    yield context.block(
        "origin",
        {
            "origin_id": _ORIGIN,
            "domain_name": distribution.bucket.attribute("regional_domain_name"),
            "origin_access_control_id": context.refer(control) if control else None,
        },
    )
    yield context.block(
        "default_cache_behavior",
        {
            "target_origin_id": _ORIGIN,
            "viewer_protocol_policy": distribution.viewer_protocol_policy,
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            "compress": distribution.compress,
            "cache_policy_id": context.refer(distribution.cache_policy),
            "response_headers_policy_id": context.refer(distribution.response_headers_policy),
        },
    )
    for error in distribution.error_responses:
        yield context.block(
            "custom_error_response",
            {
                "error_code": error.error_code,
                "response_code": error.response_code,
                "response_page_path": error.response_page_path,
                "error_caching_min_ttl": error.caching_min_ttl,
            },
        )
    yield context.block("restrictions", {}, context.block("geo_restriction", {"restriction_type": "none"}))
    yield context.block("viewer_certificate", _viewer_certificate(distribution, context))


def _viewer_certificate(distribution: Distribution, context: Context) -> dict[str, object]:
    certificate = distribution.certificate
    if certificate is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": certificate if isinstance(certificate, str) else context.refer(certificate),
        "minimum_protocol_version": distribution.minimum_protocol_version,
        "ssl_support_method": "sni-only",
    }


def _source(source: LogDeliverySource, context: Context) -> dict[str, object]:
    return {"resource_arn": context.value(source.distribution.arn), "log_type": "ACCESS_LOGS"}


def _destination(destination: LogDeliveryDestination, context: Context) -> Iterator[Block]:
    yield context.block(
        "delivery_destination_configuration", {"destination_resource_arn": context.value(destination.bucket.arn)}
    )


def _delivery(delivery: LogDelivery, context: Context) -> dict[str, object]:
    return {
        "delivery_source_name": Expression(context.attribute(delivery.source, "id")),
        "delivery_destination_arn": context.value(delivery.destination.arn),
    }


ROWS = (
    Row(
        OriginAccessControl,
        "aws_cloudfront_origin_access_control",
        FILE,
        attributes={"id": "id"},
        rename={"control_name": "name"},
        fixed={
            "origin_access_control_origin_type": "s3", "signing_behavior": "always", "signing_protocol": "sigv4",
        },
    ),
    Row(
        CachePolicy,
        "aws_cloudfront_cache_policy",
        FILE,
        attributes={"id": "id"},
        rename={"policy_name": "name"},
        blocks=_nothing_passes,
        section=1,
    ),
    Row(
        ResponseHeadersPolicy,
        "aws_cloudfront_response_headers_policy",
        FILE,
        attributes={"id": "id"},
        rename={"policy_name": "name"},
        blocks=_security_headers,
        written=frozenset(
            {"strict_transport_security", "content_type_options", "frame_option", "referrer_policy"}
        ),
        section=2,
    ),
    Row(
        Distribution,
        "aws_cloudfront_distribution",
        FILE,
        attributes={"id": "id", "arn": "arn", "dns_name": "domain_name", "zone_id": "hosted_zone_id"},
        first=("enabled", "comment", "aliases"),
        arguments=_distribution,
        blocks=_distribution_blocks,
        written=frozenset(
            {
                "bucket", "origin_access_control", "cache_policy", "response_headers_policy", "aliases", "certificate",
                "minimum_protocol_version", "viewer_protocol_policy", "default_root_object", "error_responses",
                "ipv6_enabled", "compress", "web_acl",
            }
        ),
        section=3,
    ),
    Row(
        LogDeliverySource,
        "aws_cloudwatch_log_delivery_source",
        FILE,
        attributes={"id": "name", "arn": "arn"},
        rename={"source_name": "name"},
        arguments=_source,
        written=frozenset({"distribution"}),
        section=4,
    ),
    Row(
        LogDeliveryDestination,
        "aws_cloudwatch_log_delivery_destination",
        FILE,
        attributes={"id": "name", "arn": "arn"},
        rename={"destination_name": "name"},
        blocks=_destination,
        written=frozenset({"bucket"}),
        section=5,
    ),
    Row(
        LogDelivery,
        "aws_cloudwatch_log_delivery",
        FILE,
        attributes={"id": "id"},
        arguments=_delivery,
        written=frozenset({"source", "destination"}),
        section=6,
    ),
)  # fmt: skip
