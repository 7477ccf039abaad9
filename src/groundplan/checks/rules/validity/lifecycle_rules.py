"""GP-VAL-031."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.storage import Bucket, BucketLifecycleRule

LEAST_DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
"""Days that an object has to be old before it can move to a storage class."""


class LifecycleRules(Rule):
    id = "GP-VAL-031"
    title = "A lifecycle rule does something, in an order that S3 takes"
    severity = "error"
    why = (
        "S3 refuses a rule without an action, a move to an infrequent access class before 30 days, and a deletion "
        "before a move."
    )
    fix = Fix(
        blueprint="Set expire: later than archive:, and archive: to at least 30d for STANDARD_IA and ONEZONE_IA.",
        terraform="aws_s3_bucket_lifecycle_configuration: rule",
        cloudformation="AWS::S3::Bucket: LifecycleConfiguration, Rules",
    )
    source = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for bucket in architecture.of(Bucket):
            for name, count in Counter(rule.id for rule in bucket.lifecycle_rules).items():
                if count > 1:
                    yield self.violation(bucket, f"has {count} lifecycle rules with id {name}; one is right")
            for rule in bucket.lifecycle_rules:
                for problem in _problems(rule):
                    yield self.violation(bucket, f"lifecycle rule {rule.id} {problem}")


def _problems(rule: BucketLifecycleRule) -> Iterator[str]:
    times = {
        "expiration_days": rule.expiration_days,
        "noncurrent_expiration_days": rule.noncurrent_expiration_days,
        "abort_incomplete_multipart_upload_days": rule.abort_incomplete_multipart_upload_days,
    }
    if not rule.transitions and all(days is None for days in times.values()):
        yield "does nothing; an expiration or a transition is needed"
    for field, days in times.items():
        if days is not None and days < 1:
            yield f"has {field} {days}; at least 1 is right"
    last = -1
    for transition in sorted(rule.transitions, key=lambda transition: transition.days):
        least = LEAST_DAYS.get(transition.storage_class, 0)
        if transition.days < least:
            yield f"moves to {transition.storage_class} after {transition.days} days; at least {least} is right"
        if transition.days == last:
            yield f"has two transitions after {last} days; one is right"
        last = transition.days
    if rule.transitions and rule.expiration_days is not None and rule.expiration_days <= last:
        yield f"deletes after {rule.expiration_days} days and moves after {last}; a later expiration is right"
