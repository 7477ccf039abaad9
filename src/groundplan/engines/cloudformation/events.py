"""Amazon EventBridge in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row, present
from groundplan.resources import Architecture
from groundplan.resources.events import EventRule


def _rule(rule: EventRule, _: Architecture) -> dict[str, object]:
    return {
        "EventPattern": rule.event_pattern.content,
        "Targets": [
            present(
                Id=target.target_id,
                Arn=target.arn,
                RoleArn=target.role.arn if target.role else None,
                Input=target.input,
            )
            for target in rule.targets
        ],
    }


ROWS = (
    Row(
        EventRule,
        "AWS::Events::Rule",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"rule_name": "Name"},
        write=_rule,
        written=frozenset({"event_pattern", "targets"}),
    ),
)
