"""What holds data in an environment, what becomes of it when the environment is destroyed, and how it is emptied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from groundplan.operations import direct, stacks
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Location, Rendering

Fate = Literal["goes", "keeps a last snapshot", "stays"]
SECURE_PARAMETER = "SecureString parameter"
"""The type of a holding that is in no stack."""
RECOVERY_DAYS = 30
"""The longest time that AWS lets a deleted key or secret be brought back."""
FATES: Mapping[str, Fate] = {
    "Retain": "stays",
    "RetainExceptOnCreate": "stays",
    "Snapshot": "keeps a last snapshot",
}
"""DeletionPolicy to what becomes of the resource."""


@dataclass(frozen=True)
class Holding:
    """One thing that holds data."""

    address: str
    type: str
    """CloudFormation type."""
    physical_id: str
    region: str
    fate: Fate


def holdings(
    connection: Connection, architecture: Architecture, rendering: Rendering, there: set[str]
) -> tuple[Holding, ...]:
    """Everything that holds data in the stacks named by ``there``."""
    physical = {stack.name: stacks.physical_ids(connection, stack.name, stack.region) for stack in rendering.stacks
                if stack.name in there}  # fmt: skip
    found: list[Holding] = []
    for resource in architecture:
        places = rendering.locations.get(resource.ref, ())
        if not resource.holds_data or not places or places[0].logical_id not in physical.get(places[0].stack, {}):
            continue
        place = places[0]
        found.append(
            Holding(
                address=resource.address,
                type=place.type,
                physical_id=physical[place.stack][place.logical_id],
                region=resource.region or architecture.region,
                fate=FATES.get(_deletion_policy(rendering, place), "goes"),
            )
        )
    return tuple(found)


def direct_holdings(reach: direct.Reach, regions: set[str]) -> list[Holding]:
    """Parameters with secrets, which are in no stack. Like secrets, those stay that a person filled in."""
    return [
        Holding(address, SECURE_PARAMETER, item.name, item.region, "stays" if item.filled_by_a_person else "goes")
        for address, item in direct.remains(reach, regions)
    ]


def _deletion_policy(rendering: Rendering, place: Location) -> str:
    template = next(stack.template for stack in rendering.stacks if stack.name == place.stack)
    resources = template["Resources"]
    return str(resources[place.logical_id].get("DeletionPolicy", "")) if isinstance(resources, Mapping) else ""


def empty(connection: Connection, holding: Holding) -> int:
    """Delete what AWS wants gone before the thing itself can go. Returns how many objects, images, recovery points."""
    with explained(f"Emptying {holding.address}"):
        if holding.type == "AWS::S3::Bucket":
            return sum(_delete_objects(connection, holding))
        if holding.type == "AWS::ECR::Repository":
            return sum(_delete_images(connection, holding))
        if holding.type == "AWS::Backup::BackupVault":
            return sum(_delete_recovery_points(connection, holding))
    return 0


def _delete_objects(connection: Connection, bucket: Holding) -> Iterator[int]:
    """Every version of every object, a thousand at a time, which is what the API takes."""
    client = connection.s3(bucket.region)
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket.physical_id):
        versions = [(item["Key"], item["VersionId"]) for item in page.get("Versions", [])]
        versions += [(item["Key"], item["VersionId"]) for item in page.get("DeleteMarkers", [])]
        if versions:
            client.delete_objects(
                Bucket=bucket.physical_id,
                Delete={"Objects": [{"Key": key, "VersionId": version} for key, version in versions], "Quiet": True},
            )
            yield len(versions)


def _delete_images(connection: Connection, repository: Holding) -> Iterator[int]:
    client = connection.ecr(repository.region)
    for page in client.get_paginator("list_images").paginate(repositoryName=repository.physical_id):
        if page["imageIds"]:
            client.batch_delete_image(repositoryName=repository.physical_id, imageIds=page["imageIds"])
            yield len(page["imageIds"])


def _delete_recovery_points(connection: Connection, vault: Holding) -> Iterator[int]:
    """AWS refuses where a lock says that it is too early."""
    client = connection.backup(vault.region)
    pages = client.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName=vault.physical_id)
    for page in pages:
        for point in page["RecoveryPoints"]:
            client.delete_recovery_point(BackupVaultName=vault.physical_id, RecoveryPointArn=point["RecoveryPointArn"])
            yield 1


def empty_zone(connection: Connection, zone: str, region: str) -> int:
    """Delete the records that a hosted zone still has beside its own. Returns how many those were.

    CloudFormation writes the records that validate certificates, and leaves them; Route 53 deletes no zone with them.
    Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html
    """
    client = connection.route53(region)
    with explained(f"Emptying the hosted zone {zone}"):
        name = client.get_hosted_zone(Id=zone)["HostedZone"]["Name"]
        pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
        found = [record for page in pages for record in page["ResourceRecordSets"]]
        left = [record for record in found if record["Name"] != name or record["Type"] not in ("NS", "SOA")]
        for record in left:
            client.change_resource_record_sets(
                HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
            )
    return len(left)


def delete_kept(connection: Connection, holding: Holding) -> str:
    """Delete what its stack left in the account. Returns what happened, in words."""
    with explained(f"Deleting {holding.address}"):
        if holding.type == "AWS::S3::Bucket":
            count = empty(connection, holding)
            connection.s3(holding.region).delete_bucket(Bucket=holding.physical_id)
            return f"deleted with {count} objects"
        if holding.type == "AWS::Backup::BackupVault":
            count = empty(connection, holding)
            connection.backup(holding.region).delete_backup_vault(BackupVaultName=holding.physical_id)
            return f"deleted with {count} recovery points"
        if holding.type == "AWS::KMS::Key":
            connection.kms(holding.region).schedule_key_deletion(
                KeyId=holding.physical_id, PendingWindowInDays=RECOVERY_DAYS
            )
            return f"goes in {RECOVERY_DAYS} days, until which it can be brought back"
        if holding.type == "AWS::SecretsManager::Secret":
            connection.secretsmanager(holding.region).delete_secret(
                SecretId=holding.physical_id, RecoveryWindowInDays=RECOVERY_DAYS
            )
            return f"goes in {RECOVERY_DAYS} days, until which it can be brought back"
        if holding.type == SECURE_PARAMETER:
            connection.ssm(holding.region).delete_parameters(Names=[holding.physical_id])
            return "deleted"
    return "stays: Groundplan does not delete this kind of thing"
