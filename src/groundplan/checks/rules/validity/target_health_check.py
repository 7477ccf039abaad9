"""GP-VAL-020."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import TargetGroup, TargetHealthCheck

LIMITS = {"interval": (5, 300), "timeout": (2, 120), "healthy_threshold": (2, 10), "unhealthy_threshold": (2, 10)}
"""Seconds, seconds, checks, checks."""


class TargetHealthCheckTimes(Rule):
    id = "GP-VAL-020"
    title = "A target group's health check ends before the next one starts"
    severity = "error"
    why = "Elastic Load Balancing refuses a timeout that is not smaller than the interval, and values off its limits."
    fix = Fix(
        blueprint="Set services.<name>.health: timeout smaller than interval.",
        terraform="aws_lb_target_group: health_check",
        cloudformation="AWS::ElasticLoadBalancingV2::TargetGroup: HealthCheckTimeoutSeconds, "
        "HealthCheckIntervalSeconds",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"
    references = References(pillar="Reliability", checkov=("CKV_AWS_261",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(TargetGroup):
            for problem in _problems(group.health_check):
                yield self.violation(group, problem)


def _problems(check: TargetHealthCheck) -> Iterator[str]:
    for field, (least, most) in LIMITS.items():
        value = getattr(check, field)
        if not least <= value <= most:
            yield f"has a health check with {field} {value}; {least} to {most} is right"
    if check.timeout >= check.interval:
        yield f"has a health check with timeout {check.timeout} and interval {check.interval}; a smaller one is right"
    if not check.path.startswith("/"):
        yield f'has a health check of path "{check.path}"; a path starts with "/"'
