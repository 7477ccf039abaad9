"""GP-VAL-131."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.tracing import SamplingRule

LAST = 9_999


class TracingValues(Rule):
    id = "GP-VAL-131"
    title = "A sampling rule has a rate of 0 to 1 and a priority of 1 to 9999"
    severity = "error"
    why = "X-Ray refuses other values."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_xray_sampling_rule: fixed_rate, priority, reservoir_size",
        cloudformation="AWS::XRay::SamplingRule: FixedRate, Priority, ReservoirSize",
    )
    source = "https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for rule in architecture.of(SamplingRule):
            if not 0 <= rule.fixed_rate <= 1:
                yield self.violation(rule, f"has fixed_rate {rule.fixed_rate}; 0 to 1 is right")
            if not 1 <= rule.priority <= LAST or rule.reservoir_size < 0:
                yield self.violation(
                    rule,
                    f"has priority {rule.priority} and reservoir_size {rule.reservoir_size}; 1 to {LAST} and 0 or more "
                    "are right",
                )
