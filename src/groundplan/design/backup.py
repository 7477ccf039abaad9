"""AWS Backup: a vault with a key, a plan, and what it backs up."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.blueprint.governance import Backup
from groundplan.design import databases
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import add_key
from groundplan.design.kubernetes import volumes_are_backed_up
from groundplan.design.regions import check_other_region
from groundplan.design.restore_tests import add_restore_tests, told_of_failures
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import BackupCopy, BackupPlan, BackupRule, BackupSelection, BackupVault
from groundplan.resources.policies import service_trust
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Pseudo, Ref, Textual, text

DATABASE_POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
)
BUCKET_POLICIES = ("AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore")
"""The former two are for file systems, too. Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html"""
LONGEST_LOCKED = 2
"""Times ``keep``: what a locked vault takes at most."""


def add_backup(draft: Draft) -> None:
    """What ``backup:`` asks for. Nothing where it is null."""
    backup = draft.blueprint.backup
    if backup is None:
        return
    vault = _add_vault(draft, backup, "main", None)
    copies: tuple[BackupCopy, ...] = ()
    if backup.copy_to is not None:
        check_other_region(draft, "backup.copy_to", backup.copy_to)
        copy = _add_vault(draft, backup, "copies", backup.copy_to)
        copies = (BackupCopy(vault=copy, delete_after_days=backup.keep.days),)
    plan = draft.add(
        BackupPlan(
            name="main",
            concern="backup",
            plan_name=draft.called("backup_plan", "backup", "backup"),
            rules=(
                BackupRule(
                    rule_name="scheduled",
                    vault=vault,
                    schedule_expression=backup.schedule,
                    delete_after_days=backup.keep.days,
                    copies=copies,
                ),
            ),
            tags=draft.name_tag("backup"),
        )
    )
    role = _add_role(draft)
    sources: dict[str, list[Textual]] = {
        "RDS": _databases(draft),
        "S3": [bucket.arn for bucket in _buckets(draft)],
        "EFS": [item.ref.arn for item in draft.of(FileSystem)],
    }
    draft.add(
        BackupSelection(
            name="main",
            concern="backup",
            selection_name=draft.called("backup_selection", "backup", "backup"),
            plan=plan,
            role=role,
            resource_arns=tuple(arn for arns in sources.values() for arn in arns),
        )
    )
    volumes = _add_volumes(draft, plan, role)
    add_restore_tests(draft, backup, vault, role, sources, volumes)
    told_of_failures(draft)
    draft.output("backup_vault", "Vault that holds the recovery points", vault.attribute("id"))


def _add_volumes(draft: Draft, plan: Ref[BackupPlan], role: Ref[Role]) -> Mapping[str, str]:
    """The volumes of single pods, by the tags that all of the cluster's carry. Returns these tags; none where there are
    no such volumes."""
    if not volumes_are_backed_up(draft):
        return {}
    draft.add(
        BackupSelection(
            name="volumes",
            concern="backup",
            selection_name=draft.called("backup_selection", "volumes", "backup"),
            plan=plan,
            role=role,
            resource_arns=(text("arn:", Pseudo.PARTITION, ":ec2:*:*:volume/*"),),
            tag_conditions=draft.marks,
        )
    )
    return draft.marks


def _databases(draft: Draft) -> list[Textual]:
    """Primaries: a replica holds nothing else."""
    return [databases.primary(name).arn for name in draft.blueprint.databases]


def _buckets(draft: Draft) -> list[Ref[Bucket]]:
    """What is there to stay; the blueprint's validation has seen to it that they have versions."""
    return [Ref(Bucket, identifier(name)) for name, spec in draft.blueprint.buckets.items() if spec.keep]


def _add_vault(draft: Draft, backup: Backup, name: str, region: str | None) -> Ref[BackupVault]:
    """A vault. It stays where something that it is there for would leave its last data behind."""
    called, there = ("backup", "") if region is None else ("backup-copies", f" in {region}")
    key = None
    if draft.blueprint.keys == "customer":
        purpose = f"{draft.title} recovery points{there}"
        key = add_key(draft, identifier(called), purpose, region=region, because="backup")
    blueprint = draft.blueprint
    keeps = any(spec.keep for spec in blueprint.buckets.values())
    keeps = keeps or any(item.keep for item in draft.of(FileSystem))
    keeps = keeps or any(database.final_snapshot for database in blueprint.databases.values())
    return draft.add(
        BackupVault(
            name=name,
            concern="backup",
            region=region,
            vault_name=draft.called("backup_vault", called, "backup"),
            kms_key=key,
            min_retention_days=backup.keep.days if backup.lock else None,
            # A plan cannot by mistake make what nobody may delete for years.
            max_retention_days=LONGEST_LOCKED * backup.keep.days if backup.lock else None,
            keep=backup.lock or keeps,
            tags=draft.name_tag(called),
        )
    )


def _add_role(draft: Draft) -> Ref[Role]:
    """What AWS Backup does its work as: the rights that AWS keeps for it, for what is there.

    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
    """
    policies = (*DATABASE_POLICIES, *(BUCKET_POLICIES if _buckets(draft) else ()))
    return draft.add(
        Role(
            name="backup",
            concern="backup",
            role_name=draft.called("iam_role", "backup-role", "backup"),
            description="Lets AWS Backup make recovery points, copy and restore them",
            trust=service_trust("backup.amazonaws.com"),
            managed_policy_arns=tuple(text("arn:", Pseudo.PARTITION, f":iam::aws:policy/{name}") for name in policies),
        ),
        because="backup",
    )
