"""GP-VAL-037."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer


class AccessLogBucket(Rule):
    id = "GP-VAL-037"
    title = "A bucket for a load balancer's access logs is encrypted with keys of S3"
    severity = "error"
    why = "Elastic Load Balancing can write to buckets with SSE-S3 only; enabling the logs on another one fails."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform='aws_s3_bucket_server_side_encryption_configuration: sse_algorithm = "AES256"',
        cloudformation="AWS::S3::Bucket: BucketEncryption, SSEAlgorithm: AES256",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for balancer in architecture.of(LoadBalancer):
            if balancer.access_log_bucket:
                bucket = architecture[balancer.access_log_bucket]
                if bucket.sse_algorithm != "AES256":
                    yield self.violation(
                        bucket, f"takes the logs of {balancer.address} and has {bucket.sse_algorithm}; AES256 is right"
                    )
