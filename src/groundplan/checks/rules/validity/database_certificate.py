"""GP-VAL-134."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance

AUTHORITIES = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")


class DatabaseCertificate(Rule):
    id = "GP-VAL-134"
    title = "A database has a certificate of an authority that RDS still has"
    severity = "error"
    why = "rds-ca-2019 ended in August 2024: RDS makes no instance with it, and clients refuse what still has it."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_db_instance: ca_cert_identifier",
        cloudformation="AWS::RDS::DBInstance: CACertificateIdentifier",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"
    references = References(pillar="Security", checkov=("CKV_AWS_211",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in architecture.of(DatabaseInstance):
            if database.ca_certificate_identifier not in AUTHORITIES:
                found = database.ca_certificate_identifier
                yield self.violation(
                    database, f"has ca_certificate_identifier {found}; {' or '.join(AUTHORITIES)} is right"
                )
