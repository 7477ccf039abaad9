"""GP-VAL-070."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import GLOBAL_REGION, Distribution, LogDeliverySource
from groundplan.resources.firewall import WebAcl, WebAclAssociation
from groundplan.resources.values import Ref


class GlobalDelivery(Rule):
    id = "GP-VAL-070"
    title = "What belongs to CloudFront is in us-east-1: certificates, web ACLs, log deliveries"
    severity = "error"
    why = "CloudFront looks nowhere else, and AWS WAF makes no web ACL of the other scope for it."
    fix = Fix(
        blueprint="Give buckets.*.cdn.certificate the ARN of a certificate in us-east-1, or leave it out.",
        terraform="region of aws_acm_certificate, aws_wafv2_web_acl and aws_cloudwatch_log_delivery_source",
        cloudformation="the region of the stack that holds certificate, web ACL and delivery source",
    )
    source = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html"
    )  # fmt: skip
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for distribution in architecture.of(Distribution):
            certificate = distribution.certificate
            if isinstance(certificate, Ref):
                found = region_of(architecture, architecture[certificate])
            else:
                found = certificate.split(":")[3] if certificate else GLOBAL_REGION
            if found != GLOBAL_REGION:
                yield self.violation(distribution, f"has a certificate of {found}; one of {GLOBAL_REGION} is right")
            if distribution.aliases and certificate is None:
                yield self.violation(distribution, "has aliases and no certificate; one for them is right")
            if distribution.web_acl and architecture[distribution.web_acl].scope != "CLOUDFRONT":
                yield self.violation(distribution, "has a web_acl of scope REGIONAL; CLOUDFRONT is right")
        for association in architecture.of(WebAclAssociation):
            if architecture[association.web_acl].scope != "REGIONAL":
                yield self.violation(association, "has a web_acl of scope CLOUDFRONT; REGIONAL is right")
        for resource in (*architecture.of(WebAcl), *architecture.of(LogDeliverySource)):
            where = region_of(architecture, resource)
            if where != GLOBAL_REGION and getattr(resource, "scope", "CLOUDFRONT") == "CLOUDFRONT":
                yield self.violation(resource, f"is in {where}; {GLOBAL_REGION} is right")
