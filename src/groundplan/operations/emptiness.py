"""Whether what can hold data holds any."""

from __future__ import annotations

from groundplan.targets.connection import Connection


def is_empty(connection: Connection, kind: str, physical_id: str, region: str) -> bool:
    """Whether nothing is in it: asked where AWS tells in one request, of a bucket, a repository, a vault or a queue.

    False also where AWS does not let it be seen: nobody then knows. ``kind`` is CloudFormation's type.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        match kind:
            case "AWS::S3::Bucket":
                page = connection.s3(region).list_object_versions(Bucket=physical_id, MaxKeys=1)
                return not page.get("Versions") and not page.get("DeleteMarkers")
            case "AWS::ECR::Repository":
                return not connection.ecr(region).list_images(repositoryName=physical_id, maxResults=1)["imageIds"]
            case "AWS::Backup::BackupVault":
                points = connection.backup(region).list_recovery_points_by_backup_vault(
                    BackupVaultName=physical_id, MaxResults=1
                )
                return not points["RecoveryPoints"]
            case "AWS::SQS::Queue":
                found = connection.sqs(region).get_queue_attributes(QueueUrl=physical_id, AttributeNames=["All"])
                counts = [
                    value
                    for name, value in found["Attributes"].items()
                    if name.startswith("ApproximateNumberOfMessages")
                ]
                return bool(counts) and not any(int(count) for count in counts)
            case _:
                return False
    except (BotoCoreError, ClientError):
        return False
