"""GP-SEC-012."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.checks.facts import role_statements
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture

UNSCOPED = re.compile(
    r"ecr:GetAuthorizationToken"
    r"|ssmmessages:(Create|Open)(Control|Data)Channel"
    r"|logs:DescribeLogGroups"
    r"|cloudwatch:(PutMetricData|GetMetricData|GetMetricStatistics|ListMetrics|DescribeAlarmsForMetric)"
    r"|(autoscaling|elasticloadbalancing):Describe\w+|ec2:GetInstanceTypesFromInstanceRequirements"
    r"|xray:(Put(TraceSegments|TelemetryRecords)|GetSampling(Rules|Targets|StatisticSummaries))"
    r"|s3:ListAllMyBuckets|sts:GetCallerIdentity|ec2:Describe\w+"
)
"""Actions that IAM cannot limit to a resource: only ``*`` is possible."""


class WildcardResources(Rule):
    id = "GP-SEC-012"
    title = "A role's rights are for named resources"
    severity = "error"
    why = "With * as resource the right reaches everything in the account: other environments, other teams."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy: name the ARNs in Resource",
        cloudformation="AWS::IAM::Role: Policies, name the ARNs in Resource",
    )
    source = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    references = References(pillar="Security", checkov=("CKV_AWS_290", "CKV_AWS_355"))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for role, policy, statement in role_statements(architecture):
            if "*" not in statement.resources or statement.conditions:
                continue
            scoped = [action for action in statement.actions if not UNSCOPED.fullmatch(action)]
            if scoped:
                yield self.violation(role, f"policy {policy} allows {listed(scoped)} on *; ARNs are right")
