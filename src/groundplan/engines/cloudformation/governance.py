"""AWS CloudTrail, AWS Config and AWS Backup in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Kept, Row, present
from groundplan.resources import Architecture
from groundplan.resources.governance import (
    BackupPlan,
    BackupRule,
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


def _trail(trail: Trail, _: Architecture) -> dict[str, object]:
    return present(
        S3BucketName=trail.bucket,
        KMSKeyId=trail.kms_key.arn if trail.kms_key else None,
        IsMultiRegionTrail=trail.is_multi_region,
        # Every stream of the group: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
        CloudWatchLogsLogGroupArn=text(trail.log_group.arn, ":*") if trail.log_group else None,
        CloudWatchLogsRoleArn=trail.log_role.arn if trail.log_role else None,
    )


def _recorder(recorder: ConfigurationRecorder, _: Architecture) -> dict[str, object]:
    return {
        "RoleARN": recorder.role.arn,
        "RecordingGroup": {
            "AllSupported": True,
            "IncludeGlobalResourceTypes": recorder.include_global_resource_types,
        },
    }


def _channel(channel: DeliveryChannel, _: Architecture) -> dict[str, object]:
    return present(
        S3BucketName=channel.bucket,
        S3KmsKeyArn=channel.kms_key.arn if channel.kms_key else None,
    )


def _config_rule(rule: ConfigRule, _: Architecture) -> dict[str, object]:
    return present(
        Source={"Owner": "AWS", "SourceIdentifier": rule.source_identifier},
        InputParameters=JsonDocument(rule.input_parameters) if rule.input_parameters else None,
    )


def _vault(vault: BackupVault, _: Architecture) -> dict[str, object]:
    least, most = vault.min_retention_days, vault.max_retention_days
    return present(
        EncryptionKeyArn=vault.kms_key.arn if vault.kms_key else None,
        # Without ChangeableForDays the lock is in governance mode.
        LockConfiguration=None if least is None else present(MinRetentionDays=least, MaxRetentionDays=most),
    )


def _vault_kept(vault: BackupVault, _: Architecture) -> Kept:
    """A vault that is not kept goes only when it is empty: AWS refuses otherwise."""
    return Kept("RetainExceptOnCreate" if vault.keep else "Delete", "Retain")


def _plan(plan: BackupPlan, _: Architecture) -> dict[str, object]:
    rules = [_backup_rule(rule) for rule in plan.rules]
    return {"BackupPlan": {"BackupPlanName": plan.plan_name, "BackupPlanRule": rules}}


def _backup_rule(rule: BackupRule) -> dict[str, object]:
    copies = [
        {"DestinationBackupVaultArn": copy.vault.arn, "Lifecycle": {"DeleteAfterDays": copy.delete_after_days}}
        for copy in rule.copies
    ]
    return present(
        RuleName=rule.rule_name,
        TargetBackupVault=rule.vault,
        ScheduleExpression=rule.schedule_expression,
        StartWindowMinutes=rule.start_window_minutes,
        CompletionWindowMinutes=rule.completion_window_minutes,
        Lifecycle={"DeleteAfterDays": rule.delete_after_days},
        CopyActions=copies or None,
    )


def _selection(selection: BackupSelection, _: Architecture) -> dict[str, object]:
    tags = [
        {"ConditionKey": f"aws:ResourceTag/{key}", "ConditionValue": value}
        for key, value in selection.tag_conditions.items()
    ]
    return {
        "BackupPlanId": selection.plan,
        "BackupSelection": present(
            SelectionName=selection.selection_name,
            IamRoleArn=selection.role.arn,
            Resources=selection.resource_arns,
            Conditions={"StringEquals": tags} if tags else None,
        ),
    }


def _testing_plan(plan: RestoreTestingPlan, _: Architecture) -> dict[str, object]:
    return {
        "RecoveryPointSelection": {
            "Algorithm": "LATEST_WITHIN_WINDOW",
            "RecoveryPointTypes": ["SNAPSHOT"],
            "IncludeVaults": [vault.arn for vault in plan.vaults],
            "SelectionWindowDays": plan.selection_window_days,
        }
    }


def _testing_selection(selection: RestoreTestingSelection, _: Architecture) -> dict[str, object]:
    tags = [{"Key": f"aws:ResourceTag/{key}", "Value": value} for key, value in selection.tag_conditions.items()]
    return present(
        RestoreTestingPlanName=selection.plan,
        IamRoleArn=selection.role.arn,
        ProtectedResourceConditions={"StringEquals": tags} if tags else None,
    )


ROWS = (
    Row(
        Trail,
        "AWS::CloudTrail::Trail",
        attributes={"id": RETURNED, "arn": "Arn"},
        fixed={"IsLogging": True},
        write=_trail,
        written=frozenset({"bucket", "kms_key", "is_multi_region", "log_group", "log_role"}),
    ),
    Row(
        ConfigurationRecorder,
        "AWS::Config::ConfigurationRecorder",
        attributes={"id": RETURNED},
        rename={"recorder_name": "Name"},
        write=_recorder,
        written=frozenset({"role", "include_global_resource_types"}),
    ),
    Row(
        DeliveryChannel,
        "AWS::Config::DeliveryChannel",
        attributes={"id": RETURNED},
        rename={"channel_name": "Name"},
        write=_channel,
        written=frozenset({"bucket", "kms_key"}),
        not_rendered={"recorder": "the recorder is complete only with the channel: neither may wait for the other"},
    ),
    Row(
        ConfigRule,
        "AWS::Config::ConfigRule",
        attributes={"id": RETURNED},
        rename={"rule_name": "ConfigRuleName"},
        write=_config_rule,
        written=frozenset({"source_identifier", "input_parameters"}),
    ),
    Row(
        ConformancePack,
        "AWS::Config::ConformancePack",
        attributes={"id": RETURNED},
        rename={"pack_name": "ConformancePackName"},
    ),
    Row(
        BackupVault,
        "AWS::Backup::BackupVault",
        attributes={"id": RETURNED, "arn": "BackupVaultArn"},
        rename={"vault_name": "BackupVaultName"},
        write=_vault,
        written=frozenset({"kms_key", "min_retention_days", "max_retention_days", "keep"}),
        tag_property="BackupVaultTags",
        tag_form="map",
        kept=_vault_kept,
    ),
    Row(
        BackupPlan,
        "AWS::Backup::BackupPlan",
        attributes={"id": RETURNED, "arn": "BackupPlanArn"},
        write=_plan,
        written=frozenset({"plan_name", "rules"}),
        tag_property="BackupPlanTags",
        tag_form="map",
    ),
    Row(
        BackupSelection,
        "AWS::Backup::BackupSelection",
        attributes={"id": RETURNED},
        write=_selection,
        written=frozenset({"selection_name", "plan", "role", "resource_arns", "tag_conditions"}),
    ),
    Row(
        RestoreTestingPlan,
        "AWS::Backup::RestoreTestingPlan",
        attributes={"id": RETURNED},
        rename={"plan_name": "RestoreTestingPlanName"},
        write=_testing_plan,
        written=frozenset({"vaults", "selection_window_days"}),
    ),
    Row(
        RestoreTestingSelection,
        "AWS::Backup::RestoreTestingSelection",
        attributes={"id": RETURNED},
        rename={"selection_name": "RestoreTestingSelectionName"},
        write=_testing_selection,
        written=frozenset({"plan", "role", "tag_conditions"}),
    ),
)
