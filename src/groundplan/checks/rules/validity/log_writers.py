"""GP-VAL-124."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.services import allows_service
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.delivery import LogDeliveryDestination
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.governance import DeliveryChannel, Trail
from groundplan.resources.storage import Bucket, BucketPolicy
from groundplan.resources.values import Ref


class LogWriters(Rule):
    id = "GP-VAL-124"
    title = "A bucket for logs lets those write who are to write in it"
    severity = "error"
    why = (
        "Elastic Load Balancing, CloudTrail and CloudFront ask before they write, and refuse to be set up "
        "without the right."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_s3_bucket_policy: s3:PutObject for the service",
        cloudformation="AWS::S3::BucketPolicy: s3:PutObject for the service",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        policies = {item.bucket: item.policy for item in architecture.of(BucketPolicy)}
        for writer, bucket, service in _writers(architecture):
            policy = policies.get(bucket)
            if bucket in architecture and (policy is None or not allows_service(policy, service, "s3:PutObject")):
                yield self.violation(
                    writer, f"writes in {bucket}, which does not let {service}amazonaws.com put objects; it has to"
                )


def _writers(architecture: Architecture) -> Iterator[tuple[Resource, Ref[Bucket], str]]:
    """Who writes in which bucket, and what the service is called up to its domain."""
    for balancer in architecture.of(LoadBalancer):
        if balancer.access_log_bucket:
            yield balancer, balancer.access_log_bucket, "logdelivery.elasticloadbalancing."
    for trail in architecture.of(Trail):
        yield trail, trail.bucket, "cloudtrail."
    for channel in architecture.of(DeliveryChannel):
        yield channel, channel.bucket, "config."
    for destination in architecture.of(LogDeliveryDestination):
        yield destination, destination.bucket, "delivery.logs."
