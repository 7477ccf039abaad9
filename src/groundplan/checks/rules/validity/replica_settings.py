"""GP-VAL-017."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance

INHERITED = (
    "engine", "engine_version", "allocated_storage", "storage_encrypted", "kms_key", "database_name", "master_username",
    "master_password", "subnet_group",
)  # fmt: skip
"""What a replica in its primary's region takes from the primary and must not say itself."""


class ReplicaSettings(Rule):
    id = "GP-VAL-017"
    title = "A read replica leaves to its primary what it inherits"
    severity = "error"
    why = (
        "RDS refuses a key for a replica in the primary's region (it uses the primary's), and engines refuse or ignore "
        "the other settings. A source without automated backups cannot have replicas at all."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform=(
            "aws_db_instance with replicate_source_db: remove kms_key_id, engine, ...; storage_encrypted says what the "
            "primary's says, since the provider would replace the replica otherwise"
        ),
        cloudformation="AWS::RDS::DBInstance with SourceDBInstanceIdentifier: remove KmsKeyId, StorageEncrypted, ...",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for replica in architecture.of(DatabaseInstance):
            if replica.source is None:
                continue
            primary = architecture[replica.source]
            own = [field for field in INHERITED if getattr(replica, field) is not None]
            if own and region_of(architecture, replica) == region_of(architecture, primary):
                yield self.violation(
                    replica,
                    f"sets {listed(own)}, which a replica in the region of {primary.address} inherits; leave out",
                )
            if primary.backup_retention_period == 0:
                yield self.violation(
                    replica,
                    f"replicates {primary.address}, whose backup_retention_period is 0; at least 1 day is needed",
                    fix="Set databases.<name>.backups to at least 1d.",
                )
