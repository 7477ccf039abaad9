"""AWS CloudTrail, AWS Config, AWS Backup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
class Trail(Resource):
    """A trail of CloudTrail: who called which API, as files in a bucket."""

    title: ClassVar[str] = "CloudTrail trail"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    trail_name: str
    bucket: Ref[Bucket]
    kms_key: Ref[Key] | None = None
    is_multi_region: bool = True
    """Whether it records every region of the account, also those that are enabled later."""
    include_global_service_events: bool = True
    """Whether IAM, STS and CloudFront are recorded."""
    enable_log_file_validation: bool = True
    """Whether signed digests tell that a file was changed or deleted afterwards."""
    log_group: Ref[LogGroup] | None = None
    """Where the events go as well, to be searched."""
    log_role: Ref[Role] | None = None
    """Lets CloudTrail write to the log group."""


@dataclass(frozen=True, kw_only=True)
class ConfigurationRecorder(Resource):
    """The recorder of AWS Config, of which a region of an account has one. It records every supported type."""

    title: ClassVar[str] = "AWS Config recorder"
    taggable: ClassVar[bool] = False
    recorder_name: str
    role: Ref[Role]
    include_global_resource_types: bool = True
    """Whether IAM users, groups, roles and policies are recorded."""


@dataclass(frozen=True, kw_only=True)
class DeliveryChannel(Resource):
    """Where AWS Config writes snapshots and histories. A recorder records only with one."""

    title: ClassVar[str] = "AWS Config delivery channel"
    taggable: ClassVar[bool] = False
    channel_name: str
    recorder: Ref[ConfigurationRecorder]
    bucket: Ref[Bucket]
    kms_key: Ref[Key] | None = None


@dataclass(frozen=True, kw_only=True)
class ConfigRule(Resource):
    """An AWS managed rule of AWS Config."""

    title: ClassVar[str] = "AWS Config rule"
    taggable: ClassVar[bool] = False
    rule_name: str
    source_identifier: str
    """What AWS calls the managed rule: ``RDS_STORAGE_ENCRYPTED``."""
    input_parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ConformancePack(Resource):
    """Rules of AWS Config that are judged together."""

    title: ClassVar[str] = "AWS Config conformance pack"
    taggable: ClassVar[bool] = False
    pack_name: str
    template_body: str
    """YAML with nothing but rules.
    Source: https://docs.aws.amazon.com/config/latest/developerguide/custom-conformance-pack.html"""


@dataclass(frozen=True, kw_only=True)
class BackupVault(Resource):
    """A vault of AWS Backup, encrypted with its own key."""

    title: ClassVar[str] = "backup vault"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    holds_data: ClassVar[bool] = True
    vault_name: str
    kms_key: Ref[Key] | None = None
    min_retention_days: int | None = None
    """Vault lock in governance mode: nothing is deleted earlier. None: no lock."""
    max_retention_days: int | None = None
    """What is to be kept longer is not taken. Only with ``min_retention_days``."""
    keep: bool = True
    """Whether the vault and its recovery points survive the destruction of the environment."""


@dataclass(frozen=True, kw_only=True)
class BackupCopy(Record):
    """A copy of each recovery point in another vault."""

    vault: Ref[BackupVault]
    delete_after_days: int


@dataclass(frozen=True, kw_only=True)
class BackupRule(Record):
    """When a recovery point is made, where it is kept and for how long."""

    rule_name: str
    vault: Ref[BackupVault]
    schedule_expression: str
    """``cron(0 5 ? * * *)``, in UTC."""
    start_window_minutes: int = 60
    """A backup that has not begun by then is not made."""
    completion_window_minutes: int = 720
    """A backup that has not ended by then is stopped."""
    delete_after_days: int
    copies: tuple[BackupCopy, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BackupPlan(Resource):
    """Rules of AWS Backup for what is selected."""

    title: ClassVar[str] = "backup plan"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    plan_name: str
    rules: tuple[BackupRule, ...]


@dataclass(frozen=True, kw_only=True)
class BackupSelection(Resource):
    """What a backup plan backs up."""

    title: ClassVar[str] = "backup selection"
    taggable: ClassVar[bool] = False
    selection_name: str
    plan: Ref[BackupPlan]
    role: Ref[Role]
    """What AWS Backup does its work as."""
    resource_arns: tuple[Textual, ...]
    """ARNs, which may hold ``*``."""
    tag_conditions: Mapping[str, str] = field(default_factory=dict)
    """Tags that the resources have to carry as well, all of them."""


@dataclass(frozen=True, kw_only=True)
class RestoreTestingPlan(Resource):
    """When AWS Backup restores recovery points to see that it can; what it restored is deleted again.

    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
    """

    title: ClassVar[str] = "restore testing plan"
    plan_name: str
    schedule_expression: str
    """``cron(0 8 ? * SUN *)``, in UTC."""
    start_window_hours: int = 8
    """The tests begin within this time."""
    vaults: tuple[Ref[BackupVault], ...]
    """Where the recovery points are taken from: the newest of each resource."""
    selection_window_days: int
    """A recovery point that is older is not tested."""


@dataclass(frozen=True, kw_only=True)
class RestoreTestingSelection(Resource):
    """What a restore testing plan restores, of one type of resource."""

    title: ClassVar[str] = "restore testing selection"
    taggable: ClassVar[bool] = False
    selection_name: str
    plan: Ref[RestoreTestingPlan]
    role: Ref[Role]
    """What AWS Backup restores as."""
    protected_resource_type: Literal["RDS", "S3", "EFS", "EBS"]
    protected_resource_arns: tuple[Textual, ...]
    """At most 30, or ``*``."""
    tag_conditions: Mapping[str, str] = field(default_factory=dict)
    """Tags that the resources have to carry as well, all of them. With ``*`` alone."""
    restore_metadata_overrides: Mapping[str, Textual] = field(default_factory=dict)
    """Where it is restored to, where AWS's own choice would be the default VPC, which may not exist.
    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html"""
    validation_window_hours: int = 1
    """How long the restored stays to be looked at."""
