"""GP-VAL-126."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.values import SecretValue

LENGTHS = {"postgres": (8, 128), "mysql": (8, 41)}
TOKEN = (16, 128)
"""Characters of a cache's token. Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html"""


class PasswordLengths(Rule):
    id = "GP-VAL-126"
    title = "A generated password has a length that its database or cache takes"
    severity = "error"
    why = "RDS and ElastiCache refuse a shorter or longer password."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_secretsmanager_random_password: password_length",
        cloudformation="AWS::SecretsManager::Secret: GenerateSecretString, PasswordLength",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for owner, value, (least, most) in _passwords(architecture):
            if value is None or value.secret not in architecture:
                continue
            generated = architecture[value.secret].generate
            if generated and not least <= generated.length <= most:
                yield self.violation(
                    owner,
                    f"takes its password from {value.secret} of {generated.length} characters; "
                    f"{least} to {most} are right",
                )


def _passwords(architecture: Architecture) -> Iterator[tuple[Resource, SecretValue | None, tuple[int, int]]]:
    for database in architecture.of(DatabaseInstance):
        yield database, database.master_password, LENGTHS.get(database.engine or "", LENGTHS["postgres"])
    for cache in architecture.of(CacheReplicationGroup):
        yield cache, cache.auth_token, TOKEN
