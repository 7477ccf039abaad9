"""GP-SEC-050."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import Trail


class TrailCoverage(Rule):
    id = "GP-SEC-050"
    title = "A trail records every region, and shows where a record was changed"
    severity = "warning"
    why = (
        "Whoever breaks in works where nobody looks, in a region that is not used, and then deletes the records of it."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_cloudtrail: is_multi_region_trail, include_global_service_events, enable_log_file_validation",
        cloudformation="AWS::CloudTrail::Trail: IsMultiRegionTrail, EnableLogFileValidation and the others",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html"
    references = References(
        pillar="Security",
        security_hub=("CloudTrail.1", "CloudTrail.4"),
        cis=("3.1", "3.2"),
        checkov=("CKV_AWS_36", "CKV_AWS_67"),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for trail in architecture.of(Trail):
            for field in ("is_multi_region", "include_global_service_events", "enable_log_file_validation"):
                if not getattr(trail, field):
                    yield self.violation(trail, f"has {field} false; true is right")
