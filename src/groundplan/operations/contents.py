"""How much is in what holds data, as far as AWS tells it in a request or a few."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from groundplan.targets.connection import Connection

GIB = 2**30
_PAGES = 10
"""Pages of a thousand objects that are counted; of more it is said that there are more."""


@dataclass(frozen=True)
class Contents:
    """What is in something."""

    told: str
    """``12 objects, 3.4 MiB``"""
    gigabytes: Decimal | None = None
    """GiB that are paid for by the month; None: not known."""


def contents(connection: Connection, kind: str, physical_id: str, region: str) -> Contents | None:
    """What is in it. ``kind`` is CloudFormation's type. None: AWS does not tell, or does not let it be seen."""
    from botocore.exceptions import BotoCoreError, ClientError

    from groundplan.errors import EnvironmentalError

    try:
        return _contents(connection, kind, physical_id, region)
    except (BotoCoreError, ClientError, EnvironmentalError):
        return None


def _contents(connection: Connection, kind: str, name: str, region: str) -> Contents | None:
    match kind:
        case "AWS::S3::Bucket":
            return _bucket(connection, name, region)
        case "AWS::RDS::DBInstance":
            (found,) = connection.rds(region).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
            return Contents(f"{found['AllocatedStorage']} GiB allocated", Decimal(found["AllocatedStorage"]))
        case "AWS::DynamoDB::Table":
            table = connection.dynamodb(region).describe_table(TableName=name)["Table"]
            size = table.get("TableSizeBytes", 0)
            return Contents(f"{_counted(table.get('ItemCount', 0), 'item')}, {amount(size)}", Decimal(size) / GIB)
        case "AWS::EFS::FileSystem":
            (system,) = connection.efs(region).describe_file_systems(FileSystemId=name)["FileSystems"]
            return Contents(amount(size := system["SizeInBytes"]["Value"]), Decimal(size) / GIB)
        case "AWS::ECR::Repository":
            pages = connection.ecr(region).get_paginator("describe_images").paginate(repositoryName=name)
            images = [image for page in pages for image in page["imageDetails"]]
            size = sum(image.get("imageSizeInBytes", 0) for image in images)
            return Contents(f"{_counted(len(images), 'image')}, {amount(size)}", Decimal(size) / GIB)
        case "AWS::Backup::BackupVault":
            points = connection.backup(region).get_paginator("list_recovery_points_by_backup_vault")
            count = sum(len(page["RecoveryPoints"]) for page in points.paginate(BackupVaultName=name))
            return Contents(_counted(count, "recovery point"))
        case "AWS::SQS::Queue":
            told = connection.sqs(region).get_queue_attributes(QueueUrl=name, AttributeNames=["All"])["Attributes"]
            waiting = (int(told[key]) for key in told if key.startswith("ApproximateNumberOfMessages"))
            return Contents(f"about {_counted(sum(waiting), 'message')}")
    return None


def _bucket(connection: Connection, name: str, region: str) -> Contents:
    """Every version counts: each is paid for, and each goes."""
    count = size = 0
    pages = connection.s3(region).get_paginator("list_object_versions").paginate(Bucket=name)
    for number, page in enumerate(pages):
        if number == _PAGES:
            return Contents(f"more than {count:,} versions of objects, {amount(size)}")
        count += len(page.get("Versions", []))
        size += sum(version["Size"] for version in page.get("Versions", []))
    return Contents(f"{_counted(count, 'version')} of objects, {amount(size)}", Decimal(size) / GIB)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def amount(size: int) -> str:
    """``3.4 MiB``. ``size`` is in bytes."""
    value, unit = float(size), "B"
    for bigger in ("KiB", "MiB", "GiB", "TiB"):
        if value < 1024:
            break
        value, unit = value / 1024, bigger
    return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
