"""GP-OPS-015."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import ContainerRepository


class ImageLifecycle(Rule):
    id = "GP-OPS-015"
    title = "A repository deletes images that nobody needs any more"
    severity = "info"
    why = "Every build leaves an image that is paid for each month."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_ecr_lifecycle_policy",
        cloudformation="AWS::ECR::Repository: LifecyclePolicy",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-3"
    references = References(pillar="Cost Optimization", security_hub=("ECR.3",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for repository in architecture.of(ContainerRepository):
            if repository.keep_images is None and repository.expire_untagged_after_days is None:
                yield self.violation(repository, "has neither keep_images nor expire_untagged_after_days; one is right")
