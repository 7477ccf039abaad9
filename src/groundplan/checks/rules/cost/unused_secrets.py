"""GP-COST-013."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import Secret
from groundplan.resources.values import dynamic_values


class UnusedSecrets(Rule):
    id = "GP-COST-013"
    title = "Somebody reads each secret"
    severity = "info"
    why = "A secret costs 0.40 USD a month, and one that nobody needs can only leak."
    fix = Fix(
        blueprint="Write the secret under secrets: of a service, or remove it.",
        terraform="aws_secretsmanager_secret: remove it",
        cloudformation="AWS::SecretsManager::Secret: remove it",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/secretsmanager-controls.html#secretsmanager-3"
    references = References(pillar="Cost Optimization", security_hub=("SecretsManager.3",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        told = {getattr(part, "ref", None) for output in architecture.outputs for part in dynamic_values(output.value)}
        for workload in architecture.workloads:
            told |= {getattr(part, "ref", None) for part in dynamic_values(workload)}
        for secret in architecture.of(Secret):
            # What is copied is read where the copies are.
            if not secret.replicas and not architecture.dependents.get(secret.ref) and secret.ref not in told:
                yield self.violation(secret, "is read by nobody; a service that does is right, or none")
