"""Amazon CloudFront and the delivery of its logs in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row, present
from groundplan.resources import Architecture, Resource
from groundplan.resources.delivery import (
    CachePolicy,
    Distribution,
    LogDelivery,
    LogDeliveryDestination,
    LogDeliverySource,
    OriginAccessControl,
    ResponseHeadersPolicy,
)
from groundplan.resources.values import Attribute, Pseudo, Ref, Textual, text

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone of every distribution.
Source: https://docs.aws.amazon.com/general/latest/gr/cf_region.html"""
_ORIGIN = "bucket"


def _distribution_arn(ref: Ref[Resource]) -> Textual:
    return text(
        "arn:", Pseudo.PARTITION, ":cloudfront::", Pseudo.ACCOUNT_ID, ":distribution/", Attribute(ref, "id")
    )  # fmt: skip


def _zone_id(_: Ref[Resource]) -> Textual:
    return CLOUDFRONT_ZONE


def _access_control(control: OriginAccessControl, _: Architecture) -> dict[str, object]:
    return {
        "OriginAccessControlConfig": {
            "Name": control.control_name,
            "Description": control.description,
            "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
    }


def _cache_policy(policy: CachePolicy, _: Architecture) -> dict[str, object]:
    return {
        "CachePolicyConfig": {
            "Name": policy.policy_name,
            "Comment": policy.comment,
            "MinTTL": policy.min_ttl,
            "DefaultTTL": policy.default_ttl,
            "MaxTTL": policy.max_ttl,
            "ParametersInCacheKeyAndForwardedToOrigin": {
                "CookiesConfig": {"CookieBehavior": "none"},
                "HeadersConfig": {"HeaderBehavior": "none"},
                "QueryStringsConfig": {"QueryStringBehavior": "none"},
                "EnableAcceptEncodingBrotli": True,
                "EnableAcceptEncodingGzip": True,
            },
        }
    }


def _headers_policy(policy: ResponseHeadersPolicy, _: Architecture) -> dict[str, object]:
    return {
        "ResponseHeadersPolicyConfig": {
            "Name": policy.policy_name,
            "Comment": policy.comment,
            "SecurityHeadersConfig": present(
                StrictTransportSecurity={
                    "AccessControlMaxAgeSec": policy.strict_transport_security,
                    "IncludeSubdomains": False,
                    "Override": True,
                },
                ContentTypeOptions={"Override": True} if policy.content_type_options else None,
                FrameOptions={"FrameOption": policy.frame_option, "Override": True},
                ReferrerPolicy={"ReferrerPolicy": policy.referrer_policy, "Override": True},
            ),
        }
    }


def _distribution(distribution: Distribution, _: Architecture) -> dict[str, object]:
    control, certificate = distribution.origin_access_control, distribution.certificate
    viewer: dict[str, object] = {"CloudFrontDefaultCertificate": True}
    if certificate is not None:
        viewer = present(
            AcmCertificateArn=certificate if isinstance(certificate, str) else certificate.arn,
            MinimumProtocolVersion=distribution.minimum_protocol_version,
            SslSupportMethod="sni-only",
        )
    origin = present(
        Id=_ORIGIN,
        DomainName=distribution.bucket.attribute("regional_domain_name"),
        OriginAccessControlId=control,
        # S3 wants the element even where there is no access identity.
        S3OriginConfig={"OriginAccessIdentity": ""},
    )
    return {
        "DistributionConfig": present(
            Enabled=True,
            Comment=distribution.comment,
            Aliases=distribution.aliases or None,
            Origins=[origin],
            DefaultCacheBehavior={
                "TargetOriginId": _ORIGIN,
                "ViewerProtocolPolicy": distribution.viewer_protocol_policy,
                "AllowedMethods": ["GET", "HEAD"],
                "CachedMethods": ["GET", "HEAD"],
                "Compress": distribution.compress,
                "CachePolicyId": distribution.cache_policy,
                "ResponseHeadersPolicyId": distribution.response_headers_policy,
            },
            CustomErrorResponses=[
                {
                    "ErrorCode": error.error_code,
                    "ResponseCode": error.response_code,
                    "ResponsePagePath": error.response_page_path,
                    "ErrorCachingMinTTL": error.caching_min_ttl,
                }
                for error in distribution.error_responses
            ]
            or None,
            DefaultRootObject=distribution.default_root_object or None,
            HttpVersion=distribution.http_version,
            IPV6Enabled=distribution.ipv6_enabled,
            PriceClass=distribution.price_class,
            ViewerCertificate=viewer,
            WebACLId=distribution.web_acl.arn if distribution.web_acl else None,
        )
    }


def _source(source: LogDeliverySource, _: Architecture) -> dict[str, object]:
    return {"ResourceArn": source.distribution.arn, "LogType": "ACCESS_LOGS"}


def _destination(destination: LogDeliveryDestination, _: Architecture) -> dict[str, object]:
    return {"DestinationResourceArn": destination.bucket.arn}


def _delivery(delivery: LogDelivery, _: Architecture) -> dict[str, object]:
    return {
        "DeliverySourceName": delivery.source.attribute("id"),
        "DeliveryDestinationArn": delivery.destination.arn,
    }


ROWS = (
    Row(
        OriginAccessControl,
        "AWS::CloudFront::OriginAccessControl",
        attributes={"id": RETURNED},
        write=_access_control,
        written=frozenset({"control_name", "description"}),
    ),
    Row(
        CachePolicy,
        "AWS::CloudFront::CachePolicy",
        attributes={"id": RETURNED},
        write=_cache_policy,
        written=frozenset({"policy_name", "comment", "min_ttl", "default_ttl", "max_ttl"}),
    ),
    Row(
        ResponseHeadersPolicy,
        "AWS::CloudFront::ResponseHeadersPolicy",
        attributes={"id": RETURNED},
        write=_headers_policy,
        written=frozenset(
            {
                "policy_name", "comment", "strict_transport_security", "content_type_options", "frame_option",
                "referrer_policy",
            }
        ),
    ),
    Row(
        Distribution,
        "AWS::CloudFront::Distribution",
        attributes={"id": RETURNED, "arn": _distribution_arn, "dns_name": "DomainName", "zone_id": _zone_id},
        write=_distribution,
        written=frozenset(
            {
                "comment", "bucket", "origin_access_control", "cache_policy", "response_headers_policy", "aliases",
                "certificate", "minimum_protocol_version", "viewer_protocol_policy", "default_root_object",
                "error_responses", "http_version", "ipv6_enabled", "compress", "price_class", "web_acl",
            }
        ),
    ),
    Row(
        LogDeliverySource,
        "AWS::Logs::DeliverySource",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"source_name": "Name"},
        write=_source,
        written=frozenset({"distribution"}),
    ),
    Row(
        LogDeliveryDestination,
        "AWS::Logs::DeliveryDestination",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"destination_name": "Name"},
        write=_destination,
        written=frozenset({"bucket"}),
    ),
    Row(
        LogDelivery,
        "AWS::Logs::Delivery",
        attributes={"id": RETURNED},
        write=_delivery,
        written=frozenset({"source", "destination"}),
    ),
)  # fmt: skip
