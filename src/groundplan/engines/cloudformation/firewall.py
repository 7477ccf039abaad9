"""AWS WAF in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row
from groundplan.resources import Architecture
from groundplan.resources.firewall import WebAcl, WebAclAssociation, WebAclLogging


def _web_acl(acl: WebAcl, _: Architecture) -> dict[str, object]:
    rules: list[dict[str, object]] = [
        {
            "Name": group.group_name,
            "Priority": group.priority,
            "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group.group_name}},
            "OverrideAction": {"Count": {}} if group.only_count else {"None": {}},
            "VisibilityConfig": _visibility(group.group_name),
        }
        for group in acl.managed_rule_groups
    ]
    limit = acl.rate_limit
    if limit:
        rate = {"AggregateKeyType": "IP", "Limit": limit.limit, "EvaluationWindowSec": limit.window}
        rules.append(
            {
                "Name": limit.rule_name,
                "Priority": limit.priority,
                "Statement": {"RateBasedStatement": rate},
                "Action": {"Count": {}} if limit.only_count else {"Block": {}},
                "VisibilityConfig": _visibility(limit.rule_name),
            }
        )
    return {"DefaultAction": {"Allow": {}}, "Rules": rules, "VisibilityConfig": _visibility(acl.acl_name)}


def _visibility(metric: str) -> dict[str, object]:
    return {"CloudWatchMetricsEnabled": True, "MetricName": metric, "SampledRequestsEnabled": True}


def _association(association: WebAclAssociation, _: Architecture) -> dict[str, object]:
    return {"WebACLArn": association.web_acl.arn, "ResourceArn": association.load_balancer.arn}


def _logging(logging: WebAclLogging, _: Architecture) -> dict[str, object]:
    return {
        "ResourceArn": logging.web_acl.arn,
        "LogDestinationConfigs": [logging.log_group.arn],
        "RedactedFields": [{"SingleHeader": {"Name": name}} for name in logging.redacted_headers],
        "LoggingFilter": {
            "DefaultBehavior": "DROP",
            "Filters": [
                {
                    "Behavior": "KEEP",
                    "Requirement": "MEETS_ANY",
                    "Conditions": [{"ActionCondition": {"Action": action}} for action in logging.logged_actions],
                }
            ],
        },
    }


ROWS = (
    Row(
        WebAcl,
        "AWS::WAFv2::WebACL",
        attributes={"id": "Id", "arn": "Arn"},
        rename={"acl_name": "Name"},
        write=_web_acl,
        written=frozenset({"managed_rule_groups", "rate_limit"}),
    ),
    Row(
        WebAclAssociation,
        "AWS::WAFv2::WebACLAssociation",
        attributes={"id": RETURNED},
        write=_association,
        written=frozenset({"web_acl", "load_balancer"}),
    ),
    Row(
        WebAclLogging,
        "AWS::WAFv2::LoggingConfiguration",
        attributes={"id": RETURNED},
        write=_logging,
        written=frozenset({"web_acl", "log_group", "redacted_headers", "logged_actions"}),
    ),
)
