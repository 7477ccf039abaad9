"""Who did what, is it as it should be, can it be restored: CloudTrail, AWS Config, AWS Backup."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from groundplan.blueprint.base import Part
from groundplan.units import Duration

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


class Backup(Part):
    """AWS Backup for databases and buckets with ``keep``, beside what they keep themselves: in a vault of its own,
    encrypted. It knows no caches."""

    schedule: str = Field(default="cron(0 5 ? * * *)", pattern=r"^cron\(.+\)$")
    """When, in UTC: minutes, hours, day of month, month, day of week, year."""
    keep: Duration = Duration(35 * 86400)
    """How long recovery points are kept: all of them are paid for."""
    copy_to: str | None = None
    """Region that every recovery point is copied to, into a vault with a key there. Paid as storage and transfer."""
    lock: bool = False
    """Vault lock in governance mode: recovery points cannot be deleted before their time without special rights."""
