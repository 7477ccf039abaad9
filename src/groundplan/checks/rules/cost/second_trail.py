"""GP-COST-015."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import Trail


class SecondTrail(Rule):
    id = "GP-COST-015"
    title = "One trail records the account"
    severity = "warning"
    why = "The first copy of management events is free; each further one is paid by the event."
    fix = Fix(
        blueprint="Leave audit out where shared.audit is.",
        terraform="aws_cloudtrail: one",
        cloudformation="AWS::CloudTrail::Trail: one",
    )
    source = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-manage-costs.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        trails = [trail for trail in architecture.of(Trail) if trail.is_multi_region]
        for trail in trails[1:]:
            yield self.violation(trail, f"records every region, as {trails[0].address} does; one trail is right")
