"""A fault for each rule that asks for a decision: what is paid for, and what would be better with it."""

from __future__ import annotations

from tests.checks.mutations.mutation import Mutation, change, plant, remove
from tests.checks.planting import with_fields

from groundplan.resources import Architecture
from groundplan.resources.containers import ContainerRepository
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.firewall import WebAcl, WebAclAssociation
from groundplan.resources.governance import Trail
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.security import SecretRotation
from groundplan.resources.storage import Bucket


def counting_inputs(architecture: Architecture, acl: WebAcl) -> object:
    return tuple(
        with_fields(group, {"only_count": True}) if "KnownBadInputs" in group.group_name else group
        for group in acl.managed_rule_groups
    )


def blocks_inputs(architecture: Architecture, acl: WebAcl) -> bool:
    found = [group for group in acl.managed_rule_groups if "KnownBadInputs" in group.group_name]
    return bool(found) and len(acl.managed_rule_groups) > 1


def without_copy(architecture: Architecture, bucket: Bucket) -> Architecture | None:
    if bucket.replication is None or not bucket.keep:
        return None
    return architecture.changed(bucket, replication=None)


def of_a_database(architecture: Architecture, rotation: SecretRotation) -> bool:
    """Whether it rotates a password that RDS does not manage, and would not rotate itself."""
    given = [item.master_password for item in architecture.of(DatabaseInstance)]
    return any(value is not None and value.secret in rotation.references() for value in given)


MUTATIONS: tuple[Mutation, ...] = (
    change("GP-SEC-082", Trail, log_group=None, log_role=None),
    remove("GP-SEC-083", WebAclAssociation),
    change("GP-SEC-084", WebAcl, where=blocks_inputs, managed_rule_groups=counting_inputs),
    remove("GP-SEC-085", SecretRotation, where=of_a_database),
    change("GP-SEC-086", ContainerRepository, kms_key=None),
    plant("GP-REL-080", Bucket, without_copy),
    change("GP-OPS-080", LogGroup, retention_in_days=30),
)
