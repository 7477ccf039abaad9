"""Environments that reach into other regions: deployed, read back there, changed, destroyed."""

from __future__ import annotations

from typing import Any

from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode

COPIES = "eu-central-1"
BACKUPS = "us-east-1"


def blueprint(project: str, *more: str, files: str = f"replicate: {COPIES}") -> str:
    """Everything that stands in other regions, as a proof of concept that is quick to deploy."""
    lines = (
        f"project: {project}",
        f"region: {REGION}",
        "profile: poc",
        "keys: customer",
        f"buckets: {{files: {{versioning: true, encryption: kms, keep: false, {files}}}}}",
        *more,
    )
    return "\n".join(lines) + "\n"


def there(aws: Aws, service: str, region: str) -> Any:
    return aws.client(service, region)


def test_copies_backups_and_records(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(
        blueprint(
            project,
            "databases: {main: {engine: postgres 16, class: db.t4g.micro, final_snapshot: false}}",
            f"backup: {{keep: 35d, copy_to: {BACKUPS}, lock: true}}",
            "audit: {logs: 90d, rules: [RDS_STORAGE_ENCRYPTED, ACCESS_KEYS_ROTATED]}",
            'alarms: {email: ops@example.com, webhook: "https://events.example.com/aws"}',
            "objectives: {budget: 50 USD/month}",
        )
    )
    planned = {change["resource"] for change in groundplan("plan", "--format", "json").json["changes"]}
    assert {"bucket.files_replica", "backup_vault.copies", "trail.main"} <= planned
    deployed = groundplan("deploy", "--format", "json")
    assert deployed.code == ExitCode.FINE, deployed.err
    assert groundplan("plan", "--format", "json").json["changes"] == []
    _check_replication(aws, project)
    _check_backup(aws, project)
    _check_audit(aws, project)
    _check_alarms(aws, project)

    status = groundplan("status", "--format", "json").json
    stacks = {stack["name"]: stack["status"] for stack in status["stacks"]}
    assert stacks[f"{project}-production-storage-{COPIES}"] == "CREATE_COMPLETE"
    assert stacks[f"{project}-production-backup-{BACKUPS}"] == "CREATE_COMPLETE"
    assert status["outputs"]["trail_bucket"] == f"{project}-trail-production"

    gone = groundplan("destroy", "-y", "--delete-data")
    assert gone.code == ExitCode.FINE, gone.err
    assert f"bucket.trail ({project}-trail-production): goes" in gone.err
    assert "backup_vault.copies: deleted with 0 recovery points" in gone.err
    assert aws.buckets(project) == set()
    for region in (REGION, COPIES, BACKUPS):
        assert aws.stacks(project, region) == {}
        vaults = there(aws, "backup", region).list_backup_vaults()["BackupVaultList"]
        assert not [vault for vault in vaults if project in vault["BackupVaultName"]]
    recorders = aws.client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    assert not [recorder for recorder in recorders if project in recorder["name"]]


def _check_replication(aws: Aws, project: str) -> None:
    source, copy = f"{project}-files-production", f"{project}-files-production-{COPIES}"
    (rule,) = aws.s3.get_bucket_replication(Bucket=source)["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{copy}"
    assert rule["Destination"]["StorageClass"] == "STANDARD_IA"
    assert rule["DeleteMarkerReplication"] == {"Status": "Enabled"}
    key = rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"]
    assert key.split(":")[3] == COPIES
    client = there(aws, "s3", COPIES)
    assert client.get_bucket_location(Bucket=copy)["LocationConstraint"] == COPIES
    assert client.get_bucket_versioning(Bucket=copy)["Status"] == "Enabled"
    assert all(client.get_public_access_block(Bucket=copy)["PublicAccessBlockConfiguration"].values())
    (encryption,) = client.get_bucket_encryption(Bucket=copy)["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key
    assert "aws:SecureTransport" in client.get_bucket_policy(Bucket=copy)["Policy"]
    assert there(aws, "kms", COPIES).describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key


def _check_backup(aws: Aws, project: str) -> None:
    home, away = aws.client("backup"), there(aws, "backup", BACKUPS)
    plans = {item["BackupPlanName"]: item["BackupPlanId"] for item in home.list_backup_plans()["BackupPlansList"]}
    plan = home.get_backup_plan(BackupPlanId=plans[f"{project}-production-backup"])["BackupPlan"]
    (rule,) = plan["Rules"]
    assert rule["TargetBackupVaultName"] == f"{project}-production-backup"
    assert rule["Lifecycle"]["DeleteAfterDays"] == 35
    (copy,) = rule["CopyActions"]
    vault = away.describe_backup_vault(BackupVaultName=f"{project}-production-backup-copies")
    assert copy["DestinationBackupVaultArn"] == vault["BackupVaultArn"]
    assert vault["EncryptionKeyArn"].split(":")[3] == BACKUPS
    assert vault["MinRetentionDays"] == 35
    plan_id = plans[f"{project}-production-backup"]
    (item,) = home.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]
    selection = home.get_backup_selection(BackupPlanId=plan_id, SelectionId=item["SelectionId"])["BackupSelection"]
    (database,) = selection["Resources"]
    assert database.startswith(f"arn:aws:rds:{REGION}:")


def _check_audit(aws: Aws, project: str) -> None:
    trails = aws.client("cloudtrail")
    trail = trails.get_trail(Name=f"{project}-production-trail")["Trail"]
    assert (trail["IsMultiRegionTrail"], trail["LogFileValidationEnabled"]) == (True, True)
    assert trail["KmsKeyId"].startswith(f"arn:aws:kms:{REGION}:")
    assert trails.get_trail_status(Name=trail["Name"])["IsLogging"]
    config = aws.client("config")
    (status,) = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert (status["name"], status["recording"]) == (f"{project}-production-recorder", True)
    (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert recorder["recordingGroup"]["allSupported"]
    assert recorder["recordingGroup"]["includeGlobalResourceTypes"]
    (channel,) = config.describe_delivery_channels()["DeliveryChannels"]
    assert channel["s3BucketName"] == f"{project}-config-production"
    rules = {item["Source"]["SourceIdentifier"]: item for item in config.describe_config_rules()["ConfigRules"]}
    assert set(rules) == {"RDS_STORAGE_ENCRYPTED", "ACCESS_KEYS_ROTATED"}
    assert rules["ACCESS_KEYS_ROTATED"]["InputParameters"] == '{"maxAccessKeyAge": "90"}'


def _check_alarms(aws: Aws, project: str) -> None:
    sns = aws.client("sns")
    topic = next(item["TopicArn"] for item in sns.list_topics()["Topics"] if project in item["TopicArn"])
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert {item["Protocol"]: item["Endpoint"] for item in subscriptions} == {
        "email": "ops@example.com",
        "https": "https://events.example.com/aws",
    }
    account = aws.client("sts").get_caller_identity()["Account"]
    name = f"{project}-production-monthly"
    budgets = aws.client("budgets")
    told = budgets.describe_notifications_for_budget(AccountId=account, BudgetName=name)["Notifications"]
    assert sorted((item["NotificationType"], item["Threshold"]) for item in told) == [
        ("ACTUAL", 80.0), ("ACTUAL", 100.0), ("FORECASTED", 100.0),
    ]  # fmt: skip


def test_a_region_that_is_no_longer_asked_for_is_left(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    write(blueprint(project))
    assert groundplan("deploy").code == ExitCode.FINE
    assert set(aws.stacks(project, COPIES)) == {
        f"{project}-production-encryption-{COPIES}",
        f"{project}-production-storage-{COPIES}",
    }
    write(blueprint(project, files="lifecycle: {}"))
    deleted = {
        (change["type"], change["stack"])
        for change in groundplan("plan", "--format", "json").json["changes"]
        if change["action"] == "delete"
    }
    assert ("AWS::S3::Bucket", f"{project}-production-storage-{COPIES}") in deleted
    refused = groundplan("deploy")
    assert refused.code == ExitCode.BAD_INPUT
    assert refused.err.endswith("To have it all the same: --allow-replace FilesReplicaKey\n"), "the bucket is empty"
    again = groundplan("deploy", "--allow-replace", "FilesReplicaKey")
    assert again.code == ExitCode.FINE, again.err
    assert aws.stacks(project, COPIES) == {}
    assert aws.buckets(project) == {f"{project}-files-production"}
    assert groundplan("destroy", "-y").code == ExitCode.FINE


def test_what_is_only_in_another_region_is_destroyed_too(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    write(blueprint(project))
    assert groundplan("deploy").code == ExitCode.FINE
    write(blueprint(project, files="lifecycle: {}"))
    gone = groundplan("destroy", "-y")
    assert gone.code == ExitCode.FINE, gone.err
    assert (aws.stacks(project), aws.stacks(project, COPIES)) == ({}, {})
