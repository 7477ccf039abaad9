"""GP-VAL-139."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.events import EventRule

MOST = 5


class EventTargets(Rule):
    id = "GP-VAL-139"
    title = "A rule of EventBridge asks for something, and tells one to five targets"
    severity = "error"
    why = "EventBridge refuses an empty pattern and a sixth target; without a target an event is lost."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_cloudwatch_event_rule: event_pattern; aws_cloudwatch_event_target",
        cloudformation="AWS::Events::Rule: EventPattern, Targets",
    )
    source = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for rule in architecture.of(EventRule):
            if not rule.event_pattern.content:
                yield self.violation(rule, "has an empty event_pattern; a source is right")
            if not 1 <= len(rule.targets) <= MOST:
                yield self.violation(rule, f"has {len(rule.targets)} targets; 1 to {MOST} are right")
