"""GP-VAL-095."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.detection import Detector, SecurityHub, SecurityStandard

KINDS = (Detector, SecurityHub)


class OneInRegion(Rule):
    id = "GP-VAL-095"
    title = "A region has one GuardDuty detector and one Security Hub, and standards where the hub is"
    severity = "error"
    why = "AWS refuses a second one, and a standard of a region where Security Hub is not enabled."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_guardduty_detector, aws_securityhub_account: one for each region",
        cloudformation="AWS::GuardDuty::Detector, AWS::SecurityHub::Hub: one for each region",
    )
    source = "https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for kind in KINDS:
            first: dict[str, Resource] = {}
            for resource in architecture.of(kind):
                other = first.setdefault(region_of(architecture, resource), resource)
                if other is not resource:
                    yield self.violation(resource, f"is in the region of {other.address}; one is all AWS takes")
        for standard in architecture.of(SecurityStandard):
            here, there = region_of(architecture, standard), region_of(architecture, architecture[standard.hub])
            if here != there:
                yield self.violation(standard, f"is in {here}, and its {standard.hub} in {there}")
