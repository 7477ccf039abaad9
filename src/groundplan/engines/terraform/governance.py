"""AWS CloudTrail, AWS Config and AWS Backup in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies
from groundplan.resources.governance import (
    BackupPlan,
    BackupSelection,
    BackupVault,
    ConfigRule,
    ConfigurationRecorder,
    ConformancePack,
    DeliveryChannel,
    RestoreTestingPlan,
    RestoreTestingSelection,
    Trail,
)
from groundplan.resources.values import JsonDocument, text

AUDIT, BACKUP = "audit.tf", "backup.tf"
RECORDER_STATUS = "aws_config_configuration_recorder_status"
VAULT_LOCK = "aws_backup_vault_lock_configuration"


def _trail(trail: Trail, context: Context) -> dict[str, object]:
    return {
        "s3_bucket_name": context.refer(trail.bucket),
        "kms_key_id": context.refer(trail.kms_key) if trail.kms_key else None,
        "is_multi_region_trail": trail.is_multi_region,
        # Every stream of the group: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
        "cloud_watch_logs_group_arn": text(trail.log_group.arn, ":*") if trail.log_group else None,
        "cloud_watch_logs_role_arn": context.refer(trail.log_role) if trail.log_role else None,
    }


def _after_log_role(trail: Trail, context: Context) -> Iterator[str]:
    if trail.log_role:
        yield from after_policies((trail.log_role,), context)


def _recording_group(recorder: ConfigurationRecorder, context: Context) -> Iterator[Block]:
    group = {"all_supported": True, "include_global_resource_types": recorder.include_global_resource_types}
    yield context.block("recording_group", group)


def _channel(channel: DeliveryChannel, context: Context) -> dict[str, object]:
    return {
        "s3_bucket_name": context.refer(channel.bucket),
        "s3_kms_key_arn": context.refer(channel.kms_key) if channel.kms_key else None,
    }


def _after_recorder(channel: DeliveryChannel, context: Context) -> Iterator[str]:
    yield context.address(channel.recorder)
    yield from after_policies((context.architecture[channel.recorder].role,), context)


def _started(channel: DeliveryChannel, context: Context) -> Iterator[Block]:
    """Starts the recorder, which works only with a channel."""
    own = context.address(channel.ref)
    yield context.resource(
        RECORDER_STATUS,
        label(channel.recorder),
        Argument("name", Expression(f"{context.address(channel.recorder)}.name")),
        Argument("is_enabled", True),
        Blank(),
        Argument("depends_on", [Expression(own)]),
    )


def _config_rule(rule: ConfigRule, _: Context) -> dict[str, object]:
    return {"input_parameters": JsonDocument(rule.input_parameters) if rule.input_parameters else None}


def _source(rule: ConfigRule, context: Context) -> Iterator[Block]:
    yield context.block("source", {"owner": "AWS", "source_identifier": rule.source_identifier})


def _vault(vault: BackupVault, context: Context) -> dict[str, object]:
    return {
        "kms_key_arn": context.refer(vault.kms_key) if vault.kms_key else None,
        # Recovery points go with a vault only where the blueprint says that it need not survive.
        "force_destroy": not vault.keep,
    }


def _vault_lock(vault: BackupVault, context: Context) -> Iterator[Block]:
    """Without ``changeable_for_days`` the lock is in governance mode."""
    if vault.min_retention_days is not None:
        arguments = {
            "backup_vault_name": Expression(f"{context.address(vault.ref)}.name"),
            "min_retention_days": vault.min_retention_days,
            "max_retention_days": vault.max_retention_days,
        }
        yield context.resource(VAULT_LOCK, label(vault.ref), *context.arguments(arguments))


def _backup_rules(plan: BackupPlan, context: Context) -> Iterator[Block]:
    for rule in plan.rules:
        copies = [
            context.block(
                "copy_action",
                {"destination_vault_arn": copy.vault.arn},
                context.block("lifecycle", {"delete_after": copy.delete_after_days}),
            )
            for copy in rule.copies
        ]
        yield context.block(
            "rule",
            {
                "rule_name": rule.rule_name,
                "target_vault_name": context.refer(rule.vault),
                "schedule": rule.schedule_expression,
                "start_window": rule.start_window_minutes,
                "completion_window": rule.completion_window_minutes,
            },
            context.block("lifecycle", {"delete_after": rule.delete_after_days}),
            *copies,
        )


def _selection(selection: BackupSelection, context: Context) -> dict[str, object]:
    return {
        "iam_role_arn": context.refer(selection.role),
        "plan_id": context.refer(selection.plan),
        "resources": selection.resource_arns,
    }


def _tags(selection: BackupSelection | RestoreTestingSelection, block: str, context: Context) -> Iterator[Block]:
    tags = [
        context.block("string_equals", {"key": f"aws:ResourceTag/{key}", "value": value})
        for key, value in selection.tag_conditions.items()
    ]
    if tags:
        yield context.block(block, {}, *tags)


def _tag_conditions(selection: BackupSelection, context: Context) -> Iterator[Block]:
    yield from _tags(selection, "condition", context)


def _tested_conditions(selection: RestoreTestingSelection, context: Context) -> Iterator[Block]:
    yield from _tags(selection, "protected_resource_conditions", context)


def _after_backup_role(selection: BackupSelection | RestoreTestingSelection, context: Context) -> Iterator[str]:
    yield from after_policies((selection.role,), context)


def _tested_points(plan: RestoreTestingPlan, context: Context) -> Iterator[Block]:
    yield context.block(
        "recovery_point_selection",
        {
            "algorithm": "LATEST_WITHIN_WINDOW",
            "include_vaults": [vault.arn for vault in plan.vaults],
            "recovery_point_types": ["SNAPSHOT"],
            "selection_window_days": plan.selection_window_days,
        },
    )


def _testing_selection(selection: RestoreTestingSelection, context: Context) -> dict[str, object]:
    return {
        "restore_testing_plan_name": context.refer(selection.plan),
        "iam_role_arn": context.refer(selection.role),
    }


ROWS = (
    Row(
        Trail,
        "aws_cloudtrail",
        AUDIT,
        attributes={"id": "id", "arn": "arn"},
        rename={"trail_name": "name"},
        arguments=_trail,
        written=frozenset({"bucket", "kms_key", "is_multi_region", "log_group", "log_role"}),
        waits_for=_after_log_role,
    ),
    Row(
        ConfigurationRecorder,
        "aws_config_configuration_recorder",
        AUDIT,
        attributes={"id": "name"},
        rename={"recorder_name": "name"},
        blocks=_recording_group,
        written=frozenset({"include_global_resource_types"}),
        section=1,
    ),
    Row(
        DeliveryChannel,
        "aws_config_delivery_channel",
        AUDIT,
        attributes={"id": "name"},
        rename={"channel_name": "name"},
        arguments=_channel,
        beside=_started,
        written=frozenset({"recorder", "bucket", "kms_key"}),
        waits_for=_after_recorder,
        ready=frozenset({RECORDER_STATUS}),
        section=1,
    ),
    Row(
        ConfigRule,
        "aws_config_config_rule",
        AUDIT,
        attributes={"id": "name"},
        rename={"rule_name": "name"},
        arguments=_config_rule,
        blocks=_source,
        written=frozenset({"source_identifier", "input_parameters"}),
        section=2,
    ),
    Row(
        ConformancePack,
        "aws_config_conformance_pack",
        AUDIT,
        attributes={"id": "name"},
        rename={"pack_name": "name"},
        section=2,
    ),
    Row(
        BackupVault,
        "aws_backup_vault",
        BACKUP,
        protects=lambda vault: vault.keep,
        attributes={"id": "name", "arn": "arn"},
        rename={"vault_name": "name"},
        arguments=_vault,
        beside=_vault_lock,
        written=frozenset({"kms_key", "min_retention_days", "max_retention_days", "keep"}),
    ),
    Row(
        BackupPlan,
        "aws_backup_plan",
        BACKUP,
        attributes={"id": "id", "arn": "arn"},
        rename={"plan_name": "name"},
        blocks=_backup_rules,
        written=frozenset({"rules"}),
        section=1,
    ),
    Row(
        BackupSelection,
        "aws_backup_selection",
        BACKUP,
        attributes={"id": "id"},
        rename={"selection_name": "name"},
        arguments=_selection,
        blocks=_tag_conditions,
        written=frozenset({"plan", "role", "resource_arns", "tag_conditions"}),
        waits_for=_after_backup_role,
        section=1,
    ),
    Row(
        RestoreTestingPlan,
        "aws_backup_restore_testing_plan",
        BACKUP,
        attributes={"id": "name"},
        rename={"plan_name": "name"},
        blocks=_tested_points,
        written=frozenset({"vaults", "selection_window_days"}),
        section=2,
    ),
    Row(
        RestoreTestingSelection,
        "aws_backup_restore_testing_selection",
        BACKUP,
        attributes={"id": "name"},
        rename={"selection_name": "name"},
        arguments=_testing_selection,
        blocks=_tested_conditions,
        written=frozenset({"plan", "role", "tag_conditions"}),
        waits_for=_after_backup_role,
        section=2,
    ),
)
