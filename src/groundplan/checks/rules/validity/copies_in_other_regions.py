"""GP-VAL-098."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import RegistryReplication
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.security import Secret


class CopiesInOtherRegions(Rule):
    id = "GP-VAL-098"
    title = "A copy in another region is in another region, and encrypted with a key of that region"
    severity = "error"
    why = (
        "RDS makes no replica of an encrypted instance without a key of the replica's region. Secrets Manager and ECR "
        "refuse the region that the original is in, and a registry has one replication configuration."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="kms_key_id of aws_db_instance and of replica in aws_secretsmanager_secret; one "
        "aws_ecr_replication_configuration for each region",
        cloudformation="KmsKeyId of AWS::RDS::DBInstance and of ReplicaRegions; one AWS::ECR::ReplicationConfiguration",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        yield from self._replicas(architecture)
        yield from self._secrets(architecture)
        registries: dict[str, RegistryReplication] = {}
        for replication in architecture.of(RegistryReplication):
            here = region_of(architecture, replication)
            first = registries.setdefault(here, replication)
            if replication.destination_region == here:
                yield self.violation(replication, f"copies images to {here}, where they are already")
            if first is not replication:
                yield self.violation(replication, f"is in the region of {first.address}; one is all a registry has")

    def _replicas(self, architecture: Architecture) -> Iterator[Violation]:
        for replica in architecture.of(DatabaseInstance):
            if replica.source is None:
                continue
            source, here = architecture[replica.source], region_of(architecture, replica)
            if region_of(architecture, source) != here and source.storage_encrypted and replica.kms_key is None:
                yield self.violation(replica, f"has no kms_key of {here}, and {source.address} is encrypted")

    def _secrets(self, architecture: Architecture) -> Iterator[Violation]:
        for secret in architecture.of(Secret):
            for copy in secret.replicas:
                if copy.region == region_of(architecture, secret):
                    yield self.violation(secret, f"is copied to {copy.region}, where it is already")
                elif copy.kms_key and region_of(architecture, architecture[copy.kms_key]) != copy.region:
                    yield self.violation(secret, f"has its copy in {copy.region} encrypted with {copy.kms_key}")
