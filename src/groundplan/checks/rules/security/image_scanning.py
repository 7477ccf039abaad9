"""GP-SEC-019."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import ContainerRepository


class ImageScanning(Rule):
    id = "GP-SEC-019"
    title = "Images are scanned for known vulnerabilities when they are pushed"
    severity = "warning"
    why = "Known holes in libraries go to production unseen."
    fix = Fix(
        blueprint="Set services.<name>.image.scan to true.",
        terraform="aws_ecr_repository: image_scanning_configuration, scan_on_push = true",
        cloudformation="AWS::ECR::Repository: ImageScanningConfiguration, ScanOnPush: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-1"
    references = References(pillar="Security", security_hub=("ECR.1",), checkov=("CKV_AWS_163",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for repository in architecture.of(ContainerRepository):
            if not repository.scan_on_push:
                yield self.violation(repository, "has scan_on_push false; true is right")
