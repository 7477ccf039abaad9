"""Who did what, is it as it should be, can it be restored: CloudTrail, AWS Config, AWS Backup."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from groundplan.blueprint.base import Part, PrincipalArn
from groundplan.units import Duration, MonthlyAmount

ConfigRuleName = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_]{3,100}$")]
"""Identifier of an AWS managed rule, like ``RDS_STORAGE_ENCRYPTED``."""


class Audit(Part):
    """What watches the account. One environment of an account should have it: AWS Config has one recorder for an
    account and region."""

    trail: Duration | None = Duration(365 * 86400)
    """AWS CloudTrail over all regions, into a bucket that keeps the records for this time. ``null``: no trail."""
    logs: Duration | None = None
    """How long CloudWatch Logs keeps the trail's events as well, to search in. Paid as logs. ``null``: not there."""
    config: bool = True
    """AWS Config: records every resource of the region and each of its changes. Paid per recorded change and rule
    evaluation."""
    rules: list[ConfigRuleName] = Field(
        default=[
            "CLOUD_TRAIL_ENABLED",
            "ENCRYPTED_VOLUMES",
            "IAM_USER_NO_POLICIES_CHECK",
            "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
            "RDS_STORAGE_ENCRYPTED",
            "ROOT_ACCOUNT_MFA_ENABLED",
            "S3_BUCKET_PUBLIC_READ_PROHIBITED",
            "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
            "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
            "VPC_FLOW_LOGS_ENABLED",
        ]
    )
    """Managed rules of AWS Config. One that needs parameters which AWS has no default for is refused.
    Source: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html"""
    conformance_packs: list[str] = Field(default=[])
    """Names of AWS's sample packs of rules, like ``Operational-Best-Practices-for-CIS-AWS-v1.4-Level1``, as far as
    Groundplan knows them, without what AWS Config cannot check by itself. Paid per rule evaluation.
    Source: https://docs.aws.amazon.com/config/latest/developerguide/conformancepack-sample-templates.html"""


ProtectionPlan = Literal["s3", "eks-audit", "ebs-malware", "rds-login", "lambda", "runtime"]
PROTECTION_PLANS: list[ProtectionPlan] = ["s3", "eks-audit", "ebs-malware", "rds-login"]
Standard = Literal["fsbp", "cis-1.2", "cis-1.4", "cis-3.0", "nist-800-53", "pci-dss-3.2.1"]
STANDARDS: list[Standard] = ["fsbp", "cis-3.0"]


class Security(Part):
    """What looks for threats and weaknesses: Amazon GuardDuty, AWS Security Hub, IAM Access Analyzer. There is one of
    each in an account and region; it belongs into ``shared:`` where several environments share an account."""

    guardduty: list[ProtectionPlan] | None = Field(default=PROTECTION_PLANS)
    """Protection plans of GuardDuty beside its foundation (CloudTrail, flow logs, DNS). Paid by analysed volume.
    ``null``: no GuardDuty. Source: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html"""
    standards: list[Standard] | None = Field(default=STANDARDS)
    """Standards that Security Hub holds the account to. Paid per check; they need AWS Config. ``null``: no Security
    Hub. Source: https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html"""
    access_analyzer: bool = True
    """Whether IAM Access Analyzer tells what is reachable from outside of the account. Free."""
    severity: Literal["low", "medium", "high", "critical"] = "high"
    """From which severity on findings are told to the people of ``alarms:``."""
    regions: list[str] = Field(default=[])
    """Further regions that are watched as well, like those of a standby and of copies. With ``standards`` AWS Config
    records there, too."""


class Passwords(Part):
    """The password policy of IAM users. There is one in an account. Default: what CIS AWS Foundations asks."""

    length: int = Field(default=14, ge=6, le=128)
    """Shortest password."""
    reuse: int = Field(default=24, ge=1, le=24)
    """How many old passwords may not come again."""
    expire: Duration | None = None
    """How long a password is good: 1 to 1095 days. ``null``: as long as it is not known to be lost."""


class Account(Part):
    """What stands once in an AWS account; it belongs into ``shared:`` where several environments share one."""

    passwords: Passwords | None = Field(default_factory=Passwords.model_construct)
    """The password policy of IAM users. ``null``: as it is. CloudFormation cannot make it: ``groundplan deploy`` sets
    it through IAM's API."""
    administrators: list[PrincipalArn] | None = None
    """ARNs of IAM users or roles that may take the role of administrators, with multi-factor authentication only;
    empty: everybody of the account whom their own policies let. ``null``: there is no such role."""
    cost_tags: bool = True
    """Whether the common tags are activated as cost allocation tags. CloudFormation cannot: ``groundplan deploy`` asks
    Cost Explorer's API, which knows a tag about a day after its first use."""
    anomalies: MonthlyAmount | None = None
    """From which unusual amount on AWS Cost Anomaly Detection tells, like ``50 USD/month``, of what carries the tag
    ``Project`` once ``cost_tags`` are active. ``null``: it does not watch. Free."""


class Backup(Part):
    """AWS Backup for databases, buckets with ``keep`` and the volumes of pods, beside what they keep themselves: in a
    vault of its own, encrypted. It knows no caches. Whoever hears of alarms hears of each backup, copy and restore that
    did not succeed."""

    schedule: str = Field(default="cron(0 5 ? * * *)", pattern=r"^cron\(.+\)$")
    """When, in UTC: minutes, hours, day of month, month, day of week, year."""
    keep: Duration = Duration(35 * 86400)
    """How long recovery points are kept: all of them are paid for."""
    copy_to: str | None = None
    """Region that every recovery point is copied to, into a vault with a key there. Paid as storage and transfer."""
    lock: bool = False
    """Vault lock in governance mode, for copies too: recovery points cannot be deleted before their time without
    special rights, nor kept for more than twice as long."""
    test: str | None = Field(default=None, pattern=r"^cron\(.+\)$")
    """When AWS Backup restores the newest recovery point of each database, bucket, file system and volume to see that
    it can, and deletes the restored again, in UTC. Paid per test and as what is restored. ``null``: never."""
