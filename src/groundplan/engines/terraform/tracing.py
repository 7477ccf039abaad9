"""AWS X-Ray in Terraform."""

from __future__ import annotations

from groundplan.engines.terraform.rows import Row
from groundplan.resources.tracing import SamplingRule, TraceGroup

ROWS = (
    Row(TraceGroup, "aws_xray_group", "xray.tf", attributes={"id": "arn", "arn": "arn"}, first=("group_name",)),
    Row(
        SamplingRule,
        "aws_xray_sampling_rule",
        "xray.tf",
        attributes={"id": "id", "arn": "arn"},
        first=("rule_name",),
        # What is not limited has to be said to match everything.
        fixed={"version": 1, **dict.fromkeys(("service_type", "host", "http_method", "url_path", "resource_arn"), "*")},
    ),
)
