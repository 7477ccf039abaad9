"""GP-COST-014."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import FileSystem


class FilesWithoutTiers(Rule):
    id = "GP-COST-014"
    title = "Files that nobody opens move to cheaper storage"
    severity = "info"
    why = "A month later a file costs less than a tenth, and comes back by itself when it is opened."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_efs_file_system: lifecycle_policy, transition_to_ia",
        cloudformation="AWS::EFS::FileSystem: LifecyclePolicies: TransitionToIA",
    )
    source = "https://docs.aws.amazon.com/efs/latest/ug/lifecycle-management-efs.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for system in architecture.of(FileSystem):
            if system.transition_to_ia is None:
                yield self.violation(system, "has no transition_to_ia; AFTER_30_DAYS is usual")
