"""AWS WAF in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.rows import Row
from groundplan.resources.firewall import WebAcl, WebAclAssociation, WebAclLogging

FILE = "waf.tf"


def _rules(acl: WebAcl, context: Context) -> Iterator[Block]:
    yield context.block("default_action", {}, context.block("allow", {}))
    for group in acl.managed_rule_groups:
        statement = {"vendor_name": "AWS", "name": group.group_name}
        yield context.block(
            "rule",
            {"name": group.group_name, "priority": group.priority},
            context.block("override_action", {}, context.block("count" if group.only_count else "none", {})),
            context.block("statement", {}, context.block("managed_rule_group_statement", statement)),
            _visibility(group.group_name, context),
        )
    limit = acl.rate_limit
    if limit:
        rate = {"aggregate_key_type": "IP", "limit": limit.limit, "evaluation_window_sec": limit.window}
        yield context.block(
            "rule",
            {"name": limit.rule_name, "priority": limit.priority},
            context.block("action", {}, context.block("count" if limit.only_count else "block", {})),
            context.block("statement", {}, context.block("rate_based_statement", rate)),
            _visibility(limit.rule_name, context),
        )
    yield _visibility(acl.acl_name, context)


def _visibility(metric: str, context: Context) -> Block:
    return context.block(
        "visibility_config",
        {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": True},
    )


def _association(association: WebAclAssociation, context: Context) -> dict[str, object]:
    return {
        "web_acl_arn": context.value(association.web_acl.arn),
        "resource_arn": context.value(association.load_balancer.arn),
    }


def _logging(logging: WebAclLogging, context: Context) -> dict[str, object]:
    return {
        "resource_arn": context.value(logging.web_acl.arn),
        "log_destination_configs": [context.refer(logging.log_group)],
    }


def _logging_blocks(logging: WebAclLogging, context: Context) -> Iterator[Block]:
    for name in logging.redacted_headers:
        yield context.block("redacted_fields", {}, context.block("single_header", {"name": name}))
    conditions = (
        context.block("condition", {}, context.block("action_condition", {"action": action}))
        for action in logging.logged_actions
    )
    kept = context.block("filter", {"behavior": "KEEP", "requirement": "MEETS_ANY"}, *conditions)
    yield context.block("logging_filter", {"default_behavior": "DROP"}, kept)


ROWS = (
    Row(
        WebAcl,
        "aws_wafv2_web_acl",
        FILE,
        attributes={"id": "id", "arn": "arn"},
        rename={"acl_name": "name"},
        blocks=_rules,
        written=frozenset({"managed_rule_groups", "rate_limit"}),
    ),
    Row(
        WebAclAssociation,
        "aws_wafv2_web_acl_association",
        FILE,
        attributes={"id": "id"},
        arguments=_association,
        written=frozenset({"web_acl", "load_balancer"}),
        section=1,
    ),
    Row(
        WebAclLogging,
        "aws_wafv2_web_acl_logging_configuration",
        FILE,
        attributes={"id": "id"},
        arguments=_logging,
        blocks=_logging_blocks,
        written=frozenset({"web_acl", "log_group", "redacted_headers", "logged_actions"}),
        section=2,
    ),
)
