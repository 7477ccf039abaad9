"""Whether backups are of any use: recovery points are restored on a schedule, and what fails is told.

AWS Backup restores the newest recovery point of each database, bucket and file system, keeps the time that it took, and
deletes the restored again. What it cannot test is left out: caches, which it does not know, and copies in the other
region, of which it restores only where they are; they have the same contents as the recovery points here.
Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from groundplan.blueprint.governance import Backup
from groundplan.design import databases
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import tells_events
from groundplan.design.security_groups import group_of
from groundplan.resources.events import EventRule, EventTarget
from groundplan.resources.governance import BackupVault, RestoreTestingPlan, RestoreTestingSelection
from groundplan.resources.monitoring import Topic
from groundplan.resources.security import Role
from groundplan.resources.values import JsonDocument, Ref, Textual, text

LONGEST_WINDOW = 365
"""Days. Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingRecoveryPointSelection.html"""
MOST_ARNS = 30
"""Of one selection. Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html"""
Kind = Literal["RDS", "S3", "EFS"]
NAMES: Mapping[str, tuple[Kind, str]] = {
    "RDS": ("RDS", "databases"),
    "S3": ("S3", "buckets"),
    "EFS": ("EFS", "file-systems"),
}
FAILED = ("FAILED", "ABORTED", "EXPIRED")
"""States of jobs, whatever they do: a restore has no EXPIRED, a copy only FAILED.
Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html"""


def add_restore_tests(
    draft: Draft,
    backup: Backup,
    vault: Ref[BackupVault],
    role: Ref[Role],
    sources: Mapping[str, Sequence[Textual]],
    volumes: Mapping[str, str],
) -> None:
    """A plan and one selection for each kind of what is backed up; ``volumes`` are the tags of pods' volumes. Nothing
    where ``backup.test`` is null."""
    if backup.test is None:
        return
    plan = draft.add(
        RestoreTestingPlan(
            name="main",
            concern="backup",
            plan_name=draft.called("restore_testing", "backup", "backup.test"),
            schedule_expression=backup.test,
            vaults=(vault,),
            selection_window_days=min(backup.keep.days, LONGEST_WINDOW),
            tags=draft.name_tag("restore-tests"),
        )
    )
    for key, arns in sources.items():
        kind, called = NAMES[key]
        if len(arns) > MOST_ARNS:
            draft.problem(
                "backup.test",
                f"AWS Backup tests {MOST_ARNS} {called} at most in one selection, and there are {len(arns)}; "
                "leave test out, or keep: false where nothing is to stay",
            )
        elif arns:
            draft.add(
                RestoreTestingSelection(
                    name=identifier(called),
                    concern="backup",
                    selection_name=draft.called("restore_testing", called, "backup.test"),
                    plan=plan,
                    role=role,
                    protected_resource_type=kind,
                    protected_resource_arns=tuple(arns),
                    restore_metadata_overrides=_place(draft) if kind == "RDS" else {},
                )
            )
    if volumes:
        draft.add(
            RestoreTestingSelection(
                name="volumes",
                concern="backup",
                selection_name=draft.called("restore_testing", "volumes", "backup.test"),
                plan=plan,
                role=role,
                protected_resource_type="EBS",
                protected_resource_arns=("*",),
                tag_conditions=volumes,
            )
        )


def _place(draft: Draft) -> dict[str, Textual]:
    """A database is restored into our own subnets: the default VPC, where it would go, may not exist. Nothing may
    connect to it but what may connect to the first of the databases."""
    group = group_of(next(iter(draft.blueprint.databases)))
    return {
        "dbSubnetGroupName": databases.SUBNETS.attribute("id"),
        "vpcSecurityGroupIds": text('["', group.attribute("id"), '"]'),
    }


def told_of_failures(draft: Draft) -> None:
    """Whoever hears of alarms hears of every backup, copy and restore, tests among them, that did not succeed."""
    if not tells_events(draft):
        return
    draft.add(
        EventRule(
            name="backup_failed",
            concern="backup",
            rule_name=draft.called("event_rule", "backup-failed", "backup"),
            description="A backup, copy or restore of AWS Backup has failed, been aborted or not begun in time",
            event_pattern=JsonDocument(
                {
                    "source": ["aws.backup"],
                    "detail-type": ["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"],
                    # Jobs of backups and restores say their state as status or state.
                    "$or": [{"detail": {"state": list(FAILED)}}, {"detail": {"status": list(FAILED)}}],
                }
            ),
            targets=(EventTarget(target_id="alarms", arn=Ref(Topic, "alarms").arn),),
            tags=draft.name_tag("backup-failed"),
        )
    )
