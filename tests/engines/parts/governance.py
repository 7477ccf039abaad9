"""The trail, AWS Config, backups with copies in another region."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import COPIES_KEY, COPIES_REGION, DATA_KEY, PRIMARY

from groundplan.resources import Resource
from groundplan.resources.governance import (
    BackupCopy,
    BackupPlan,
    BackupRule,
    BackupSelection,
    BackupVault,
    ConfigRule,
    ConfigurationRecorder,
    DeliveryChannel,
    Trail,
)
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.policies import (
    Condition,
    InlinePolicy,
    PolicyDocument,
    Principal,
    Statement,
    service_trust,
)
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy
from groundplan.resources.values import Pseudo, Ref, text

RECORDS = Ref(Bucket, "records")
POLICY = Ref(BucketPolicy, "records")
RECORDER = Ref(ConfigurationRecorder, "main")
CHANNEL = Ref(DeliveryChannel, "main")
VAULT, COPIES = Ref(BackupVault, "main"), Ref(BackupVault, "copies")


def governance() -> Iterator[Resource]:
    """Audit and backup of the sample."""
    yield from _records()
    yield from _audit()
    yield from _backup()


def _records() -> Iterator[Resource]:
    yield Bucket(
        name="records",
        concern="audit",
        bucket_name="sample-production-records-4f1c2a",
        kms_key=DATA_KEY,
        lifecycle_rules=(
            BucketLifecycleRule(id="expire", expiration_days=365, abort_incomplete_multipart_upload_days=7),
        ),
    )
    services = Principal("Service", ("cloudtrail.amazonaws.com", "config.amazonaws.com"))
    account = Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,))
    yield BucketPolicy(
        name="records",
        concern="audit",
        bucket=RECORDS,
        policy=PolicyDocument(
            (
                Statement(
                    sid="OnlyTls",
                    effect="Deny",
                    principals=(Principal("*", ("*",)),),
                    actions=("s3:*",),
                    resources=(RECORDS.arn, text(RECORDS.arn, "/*")),
                    conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
                ),
                Statement(
                    sid="Look",
                    principals=(services,),
                    actions=("s3:GetBucketAcl",),
                    resources=(RECORDS.arn,),
                    conditions=(account,),
                ),
                Statement(
                    sid="Write",
                    principals=(services,),
                    actions=("s3:PutObject",),
                    resources=(text(RECORDS.arn, "/AWSLogs/", Pseudo.ACCOUNT_ID, "/*"),),
                    conditions=(account,),
                ),
            )
        ),
    )


def _audit() -> Iterator[Resource]:
    logs = Ref(LogGroup, "trail")
    yield LogGroup(
        name="trail",
        concern="audit",
        log_group_name="/sample/production/trail",
        retention_in_days=90,
        kms_key=Ref(DATA_KEY.kind, "logs"),
    )
    write = Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(text(logs.arn, ":*"),))
    yield Role(
        name="trail",
        concern="audit",
        role_name="sample-production-trail",
        description="Lets CloudTrail write its log group",
        trust=service_trust("cloudtrail.amazonaws.com"),
        inline_policies=(InlinePolicy("logs", PolicyDocument((write,))),),
    )
    yield Trail(
        name="main",
        concern="audit",
        trail_name="sample-production-trail",
        bucket=RECORDS,
        kms_key=DATA_KEY,
        log_group=logs,
        log_role=Ref(Role, "trail"),
        depends_on=(POLICY,),
    )
    deliver = Statement(
        actions=("s3:PutObject",), resources=(text(RECORDS.arn, "/AWSLogs/", Pseudo.ACCOUNT_ID, "/Config/*"),)
    )
    encrypt = Statement(actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(DATA_KEY.arn,))
    yield Role(
        name="config",
        concern="audit",
        role_name="sample-production-config",
        description="Lets AWS Config read what there is, and write what it records",
        trust=service_trust("config.amazonaws.com"),
        inline_policies=(InlinePolicy("records", PolicyDocument((deliver, encrypt))),),
        managed_policy_arns=(text("arn:", Pseudo.PARTITION, ":iam::aws:policy/service-role/AWS_ConfigRole"),),
    )
    yield ConfigurationRecorder(
        name="main", concern="audit", recorder_name="sample-production-recorder", role=Ref(Role, "config")
    )
    yield DeliveryChannel(
        name="main",
        concern="audit",
        channel_name="sample-production-channel",
        recorder=RECORDER,
        bucket=RECORDS,
        kms_key=DATA_KEY,
        depends_on=(POLICY,),
    )
    yield ConfigRule(
        name="rds_storage_encrypted",
        concern="audit",
        rule_name="sample-production-rds-storage-encrypted",
        source_identifier="RDS_STORAGE_ENCRYPTED",
        depends_on=(RECORDER, CHANNEL),
    )
    yield ConfigRule(
        name="access_keys_rotated",
        concern="audit",
        rule_name="sample-production-access-keys-rotated",
        source_identifier="ACCESS_KEYS_ROTATED",
        input_parameters={"maxAccessKeyAge": "90"},
        depends_on=(RECORDER, CHANNEL),
    )


def _backup() -> Iterator[Resource]:
    yield BackupVault(
        name="main",
        concern="backup",
        vault_name="sample-production-backup",
        kms_key=DATA_KEY,
        min_retention_days=35,
        max_retention_days=70,
        tags={"Name": "sample-production-backup"},
    )
    yield BackupVault(
        name="copies",
        concern="backup",
        region=COPIES_REGION,
        vault_name="sample-production-copies",
        kms_key=COPIES_KEY,
        min_retention_days=35,
        keep=False,
    )
    yield BackupPlan(
        name="main",
        concern="backup",
        plan_name="sample-production-backup",
        rules=(
            BackupRule(
                rule_name="daily",
                vault=VAULT,
                schedule_expression="cron(0 5 ? * * *)",
                delete_after_days=35,
                copies=(BackupCopy(vault=COPIES, delete_after_days=95),),
            ),
        ),
    )
    policies = (
        "service-role/AWSBackupServiceRolePolicyForBackup",
        "service-role/AWSBackupServiceRolePolicyForRestores",
    )
    yield Role(
        name="backup",
        concern="backup",
        role_name="sample-production-backup",
        description="Lets AWS Backup make recovery points, copy and restore them",
        trust=service_trust("backup.amazonaws.com"),
        managed_policy_arns=tuple(text("arn:", Pseudo.PARTITION, f":iam::aws:policy/{name}") for name in policies),
    )
    yield BackupSelection(
        name="main",
        concern="backup",
        selection_name="sample-production-backup",
        plan=Ref(BackupPlan, "main"),
        role=Ref(Role, "backup"),
        resource_arns=(PRIMARY.arn, Ref(Bucket, "backups").arn),
    )
    yield BackupSelection(
        name="volumes",
        concern="backup",
        selection_name="sample-production-volumes",
        plan=Ref(BackupPlan, "main"),
        role=Ref(Role, "backup"),
        resource_arns=(text("arn:", Pseudo.PARTITION, ":ec2:*:*:volume/*"),),
        tag_conditions={"Project": "sample", "Environment": "production"},
    )
