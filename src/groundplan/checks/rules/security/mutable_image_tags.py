"""GP-SEC-014."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import ContainerRepository


class MutableImageTags(Rule):
    id = "GP-SEC-014"
    title = "Image tags cannot be moved"
    severity = "warning"
    why = "A tag that can be moved runs another image tomorrow, and a roll-back brings back the wrong one."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform='aws_ecr_repository: image_tag_mutability = "IMMUTABLE"',
        cloudformation="AWS::ECR::Repository: ImageTagMutability: IMMUTABLE",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-2"
    references = References(pillar="Security", security_hub=("ECR.2",), checkov=("CKV_AWS_51",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for repository in architecture.of(ContainerRepository):
            if repository.image_tag_mutability != "IMMUTABLE":
                found = repository.image_tag_mutability
                yield self.violation(repository, f"has image_tag_mutability {found}; IMMUTABLE is right")
