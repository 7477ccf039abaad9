"""AWS X-Ray in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Row
from groundplan.resources import Architecture
from groundplan.resources.tracing import SamplingRule, TraceGroup


def _sampling_rule(rule: SamplingRule, _: Architecture) -> dict[str, object]:
    return {
        "SamplingRule": {
            "RuleName": rule.rule_name,
            "Priority": rule.priority,
            "ServiceName": rule.service_name,
            "ReservoirSize": rule.reservoir_size,
            "FixedRate": rule.fixed_rate,
            "Version": 1,
            # What is not limited has to be said to match everything.
            **dict.fromkeys(("ServiceType", "Host", "HTTPMethod", "URLPath", "ResourceARN"), "*"),
        }
    }


ROWS = (
    Row(TraceGroup, "AWS::XRay::Group", attributes={"id": RETURNED, "arn": "GroupARN"}),
    Row(
        SamplingRule,
        "AWS::XRay::SamplingRule",
        attributes={"id": RETURNED, "arn": "RuleARN"},
        write=_sampling_rule,
        written=frozenset({"rule_name", "priority", "service_name", "reservoir_size", "fixed_rate"}),
    ),
)
