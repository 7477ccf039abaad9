"""Content delivery: Amazon CloudFront, and where its access logs go.

CloudFront itself has no region; what belongs to it, certificates, web ACLs, log deliveries and metrics, lives in
us-east-1. Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.edge import Certificate
from groundplan.resources.firewall import WebAcl
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

PriceClass = Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"]

GLOBAL_REGION = "us-east-1"
"""Where everything of CloudFront is kept that has a region at all."""


@dataclass(frozen=True, kw_only=True)
class OriginAccessControl(Resource):
    """How CloudFront proves to S3 who it is: each request to the bucket is signed (SigV4).

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """

    title: ClassVar[str] = "CloudFront origin access control"
    taggable: ClassVar[bool] = False
    control_name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class CachePolicy(Resource):
    """How long CloudFront keeps an object. Times in seconds.

    Objects are told apart by their path and by how they are compressed; cookies, headers and query strings never reach
    the bucket.
    """

    title: ClassVar[str] = "CloudFront cache policy"
    taggable: ClassVar[bool] = False
    policy_name: str
    comment: str
    min_ttl: int = 0
    default_ttl: int
    """Where the object's own headers say nothing."""
    max_ttl: int
    """However long the object's own headers say."""


@dataclass(frozen=True, kw_only=True)
class ResponseHeadersPolicy(Resource):
    """Headers that CloudFront adds to every answer: they have browsers be careful.

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
    """

    title: ClassVar[str] = "CloudFront response headers policy"
    taggable: ClassVar[bool] = False
    policy_name: str
    comment: str
    strict_transport_security: int = 365 * 86400
    """Seconds that a browser asks for nothing but HTTPS of this host."""
    content_type_options: bool = True
    """``X-Content-Type-Options: nosniff``."""
    frame_option: Literal["DENY", "SAMEORIGIN"] = "DENY"
    referrer_policy: str = "strict-origin-when-cross-origin"


@dataclass(frozen=True, kw_only=True)
class ErrorResponse(Record):
    """What viewers get instead of an error of the origin."""

    error_code: int
    response_code: int
    response_page_path: str
    caching_min_ttl: int
    """Seconds."""


@dataclass(frozen=True, kw_only=True)
class Distribution(Resource):
    """A CloudFront distribution in front of a bucket. It answers GET and HEAD, compressed, over IPv4 and IPv6.

    ``zone_id`` is the hosted zone of CloudFront itself, for alias records.
    """

    title: ClassVar[str] = "CloudFront distribution"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "dns_name", "zone_id"})
    comment: str
    bucket: Ref[Bucket]
    origin_access_control: Ref[OriginAccessControl] | None
    cache_policy: Ref[CachePolicy]
    response_headers_policy: Ref[ResponseHeadersPolicy]
    aliases: tuple[str, ...] = ()
    certificate: Ref[Certificate] | str | None = None
    """Of this architecture, or the ARN of one that exists. None: that of ``*.cloudfront.net``."""
    minimum_protocol_version: str | None = None
    """The oldest that viewers may speak: ``TLSv1.2_2021``. None with CloudFront's own certificate, which takes all."""
    viewer_protocol_policy: Literal["redirect-to-https", "https-only", "allow-all"] = "redirect-to-https"
    default_root_object: str = ""
    error_responses: tuple[ErrorResponse, ...] = ()
    http_version: Literal["http1.1", "http2", "http2and3"] = "http2and3"
    ipv6_enabled: bool = True
    compress: bool = True
    price_class: PriceClass = "PriceClass_100"
    web_acl: Ref[WebAcl] | None = None


@dataclass(frozen=True, kw_only=True)
class LogDeliverySource(Resource):
    """A distribution as something that writes access logs (standard logging v2).

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    """

    title: ClassVar[str] = "CloudWatch Logs delivery source"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    source_name: str
    distribution: Ref[Distribution]


@dataclass(frozen=True, kw_only=True)
class LogDeliveryDestination(Resource):
    """A bucket as a place for logs."""

    title: ClassVar[str] = "CloudWatch Logs delivery destination"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    destination_name: str
    bucket: Ref[Bucket]
    output_format: Literal["json", "plain", "w3c", "parquet"] = "w3c"


@dataclass(frozen=True, kw_only=True)
class LogDelivery(Resource):
    """Has a source write to a destination."""

    title: ClassVar[str] = "CloudWatch Logs delivery"
    source: Ref[LogDeliverySource]
    destination: Ref[LogDeliveryDestination]
