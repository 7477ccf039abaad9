"""Amazon EventBridge in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Block, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies
from groundplan.resources.events import EventRule


def _rule(rule: EventRule, _: Context) -> dict[str, object]:
    return {"event_pattern": rule.event_pattern}


def _targets(rule: EventRule, context: Context) -> Iterator[Block]:
    for target in rule.targets:
        arguments = {
            "rule": Expression(f"{context.address(rule.ref)}.name"),
            "target_id": target.target_id,
            "arn": target.arn,
            "role_arn": context.refer(target.role) if target.role else None,
            "input": target.input,
        }
        name = target.target_id.lower().replace("-", "_")
        yield context.resource(
            "aws_cloudwatch_event_target", f"{label(rule.ref)}_{name}", *context.arguments(arguments)
        )


def _after_roles(rule: EventRule, context: Context) -> Iterator[str]:
    yield from after_policies(tuple(target.role for target in rule.targets if target.role), context)


ROWS = (
    Row(
        EventRule,
        "aws_cloudwatch_event_rule",
        "events.tf",
        attributes={"id": "name", "arn": "arn"},
        rename={"rule_name": "name"},
        arguments=_rule,
        beside=_targets,
        written=frozenset({"event_pattern", "targets"}),
        waits_for=_after_roles,
    ),
)
