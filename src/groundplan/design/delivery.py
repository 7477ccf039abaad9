"""Amazon CloudFront in front of buckets, which stay private: only this distribution reads them."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.blueprint.data import Bucket as BucketSpec
from groundplan.blueprint.delivery import Cdn
from groundplan.catalog import regions
from groundplan.design.access_logs import keeps_cdn_logs
from groundplan.design.buckets import LOGS, LOGS_POLICY, tls_only
from groundplan.design.dns import add_record, zone_of
from groundplan.design.draft import Draft, identifier
from groundplan.design.firewall import CDN_ACL, protects_cdn
from groundplan.resources.delivery import (
    GLOBAL_REGION,
    CachePolicy,
    Distribution,
    ErrorResponse,
    LogDelivery,
    LogDeliveryDestination,
    LogDeliverySource,
    OriginAccessControl,
    PriceClass,
    ResponseHeadersPolicy,
)
from groundplan.resources.edge import Certificate
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.storage import Bucket, BucketPolicy
from groundplan.resources.values import Ref, Textual, text

CLOUDFRONT = "cloudfront.amazonaws.com"
YEAR = 365 * 86400
PRICE_CLASSES: Mapping[str, PriceClass] = {"100": "PriceClass_100", "200": "PriceClass_200", "all": "PriceClass_All"}


def distribution(bucket: str) -> Ref[Distribution]:
    """The distribution in front of a bucket, by the bucket's name in the blueprint."""
    return Ref(Distribution, identifier(bucket))


def cdn_host(draft: Draft, bucket: str) -> Textual:
    """The host name of a bucket's CDN: what ``${cdn.<bucket>}`` stands for."""
    cdn = draft.blueprint.buckets[bucket].cdn
    assert cdn is not None
    named = [domain for domain in cdn.domains if not domain.startswith("*.")]
    return named[0] if named else distribution(bucket).attribute("dns_name")


def add_delivery(draft: Draft) -> None:
    """The distribution of each bucket that has a CDN."""
    partition = regions.find(draft.blueprint.region)
    for name, bucket in draft.blueprint.buckets.items():
        if bucket.cdn and partition and partition.partition.name != "aws":
            draft.problem(
                f"buckets.{name}.cdn", f"{draft.blueprint.region} cannot use CloudFront's global control plane"
            )
        elif bucket.cdn:
            _add_cdn(draft, name, bucket, bucket.cdn)


def _add_cdn(draft: Draft, name: str, bucket: BucketSpec, cdn: Cdn) -> None:
    ident, path, region = identifier(name), f"buckets.{name}.cdn", draft.elsewhere(GLOBAL_REGION)
    what = f"{draft.title} {draft.stage} {name}"
    own = draft.add(
        Distribution(
            name=ident,
            concern="delivery",
            region=region,
            comment=what,
            bucket=Ref(Bucket, ident),
            origin_access_control=_access_control(draft, name, path),
            cache_policy=draft.add(
                CachePolicy(
                    name=ident,
                    concern="delivery",
                    region=region,
                    policy_name=draft.called("cloudfront_policy", name, path),
                    comment=what,
                    default_ttl=cdn.cache.seconds,
                    max_ttl=max(cdn.cache.seconds, YEAR),
                )
            ),
            response_headers_policy=draft.add(
                ResponseHeadersPolicy(
                    name=ident,
                    concern="delivery",
                    region=region,
                    policy_name=draft.called("cloudfront_policy", name, path),
                    comment=what,
                )
            ),
            aliases=tuple(cdn.domains),
            certificate=_certificate(draft, name, cdn),
            minimum_protocol_version="TLSv1.2_2021" if cdn.domains else None,
            default_root_object=cdn.index or "",
            error_responses=_single_page(cdn),
            price_class=PRICE_CLASSES[cdn.price_class],
            web_acl=CDN_ACL if protects_cdn(draft) else None,
            tags=draft.name_tag(name),
        )
    )
    draft.add(
        BucketPolicy(
            name=ident,
            concern="delivery",
            bucket=Ref(Bucket, ident),
            policy=PolicyDocument((tls_only(Ref(Bucket, ident)), *_may_read(Ref(Bucket, ident), own, cdn))),
        ),
        because=f"buckets.{name}.cdn",
    )
    zone = zone_of(draft, cdn.domains, cdn.hosted_zone)
    for domain in cdn.domains:
        each = zone or zone_of(draft, [domain], None)
        if each:
            add_record(draft, ident, domain, each, own, "delivery", key=domain, region=region)
    if keeps_cdn_logs(draft.blueprint, cdn):
        _add_logs(draft, name, own, path)
    draft.output(f"{ident}_cdn", f"Host name that CloudFront gave to {name}", own.attribute("dns_name"))
    draft.output(f"{ident}_url", f"Where {name} answers", text("https://", cdn_host(draft, name)))


def _access_control(draft: Draft, name: str, path: str) -> Ref[OriginAccessControl]:
    return draft.add(
        OriginAccessControl(
            name=identifier(name),
            concern="delivery",
            region=draft.elsewhere(GLOBAL_REGION),
            control_name=draft.called("cloudfront_origin_access_control", name, path),
            description=f"Signs requests to the bucket {name}",
        )
    )


def _certificate(draft: Draft, name: str, cdn: Cdn) -> Ref[Certificate] | str | None:
    """CloudFront takes certificates of us-east-1 alone, wherever the environment is."""
    if cdn.certificate or not cdn.domains:
        return cdn.certificate
    return draft.add(
        Certificate(
            name=f"{identifier(name)}_cdn",
            concern="delivery",
            region=draft.elsewhere(GLOBAL_REGION),
            domain_name=cdn.domains[0],
            subject_alternative_names=tuple(cdn.domains[1:]),
            hosted_zone_id=zone_of(draft, cdn.domains, cdn.hosted_zone),
            tags=draft.name_tag(name),
        )
    )


def _single_page(cdn: Cdn) -> tuple[ErrorResponse, ...]:
    """Only 404 becomes the index: a 403 may come from the firewall, and has to stay one."""
    if not cdn.single_page or cdn.index is None:
        return ()
    return (ErrorResponse(error_code=404, response_code=200, response_page_path=f"/{cdn.index}", caching_min_ttl=10),)


def _may_read(bucket: Ref[Bucket], own: Ref[Distribution], cdn: Cdn) -> tuple[Statement, ...]:
    """The right to list has S3 answer 404 for what is not there, instead of 403.

    It lists nothing to viewers: a request for ``/`` gets the index, and query strings never reach the bucket.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (Permissions)
    """
    this_one = Condition(operator="StringEquals", key="aws:SourceArn", values=(own.arn,))
    service = (Principal("Service", (CLOUDFRONT,)),)
    read = Statement(
        sid="CloudFrontReads",
        actions=("s3:GetObject",),
        resources=(text(bucket.arn, "/*"),),
        principals=service,
        conditions=(this_one,),
    )
    if not cdn.single_page:
        return (read,)
    find = Statement(
        sid="CloudFrontTellsWhatIsMissing",
        actions=("s3:ListBucket",),
        resources=(bucket.arn,),
        principals=service,
        conditions=(this_one,),
    )
    return (read, find)


def _add_logs(draft: Draft, name: str, own: Ref[Distribution], path: str) -> None:
    """Standard logging v2, because the older one needs a bucket with ACLs, and ours have none.

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    """
    ident, region = identifier(name), draft.elsewhere(GLOBAL_REGION)
    source = draft.add(
        LogDeliverySource(
            name=ident,
            concern="delivery",
            region=region,
            source_name=draft.called("log_delivery", name, path),
            distribution=own,
            tags=draft.name_tag(name),
        )
    )
    destination = Ref(LogDeliveryDestination, "cdn")
    if destination not in draft.refs:
        draft.add(
            LogDeliveryDestination(
                name="cdn",
                concern="delivery",
                region=region,
                destination_name=draft.called("log_delivery", "cdn", path),
                bucket=LOGS,
                tags=draft.name_tag("cdn"),
            )
        )
    draft.add(
        LogDelivery(
            name=ident,
            concern="delivery",
            region=region,
            source=source,
            destination=destination,
            depends_on=(LOGS_POLICY,),
            tags=draft.name_tag(name),
        )
    )
