"""What holds data in an environment, what becomes of it when the environment is destroyed, and how it is emptied."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from groundplan.errors import InputError, Problem, suggestion
from groundplan.operations import direct, stacks
from groundplan.operations.contents import Contents, contents
from groundplan.operations.templates import deployed_template
from groundplan.resources import Resource
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance
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
    protected: bool = False
    """Whether AWS refuses to delete it, and nothing else has what is in it."""
    contents: Contents | None = None
    """How much is in it; None: AWS does not tell."""
    asked_for: bool = True
    """Whether the blueprint has it."""

    @property
    def told(self) -> str:
        """What is in it, for a line about it."""
        return f": {self.contents.told}" if self.contents else ""


@dataclass(frozen=True)
class Forfeit:
    """What a person gives up: by name, or everything."""

    everything: bool = False
    names: frozenset[str] = frozenset()

    def __contains__(self, address: object) -> bool:
        return self.everything or address in self.names

    def require(self, found: Sequence[Holding], known: Collection[str]) -> None:
        """Raises InputError for a name that stands for nothing, and for what is protected and was not named.

        ``known``: addresses of the blueprint; one that is gone already may be named again.
        """
        addresses = [item.address for item in found]
        strange = sorted(self.names - {*addresses, *known})
        if strange:
            raise InputError(
                [
                    Problem(f'--delete-protected {name}: nothing that holds data is called "{name}"'
                            f"{suggestion(name, addresses or known)}")
                    for name in strange
                ]
            )  # fmt: skip
        spared = [item for item in found if item.protected and item.fate != "stays" and item.address not in self]
        if spared:
            told = "".join(f"\n  {item.address} ({item.physical_id}): {item.fate}{item.told}" for item in spared)
            options = " ".join(f"--delete-protected {item.address}" for item in spared)
            raise InputError(
                f"refused, and nothing was touched: what is protected from deletion goes only if it is named{told}\n"
                f"To have it all the same: {options}"
            )


NOTHING = Forfeit()
_PROTECTED = ("DeletionProtection", "DeletionProtectionEnabled")
"""Properties of CloudFormation's types that have AWS refuse a deletion."""


def is_protected(resource: Resource) -> bool:
    """Whether the blueprint has AWS refuse to delete it, and it is no copy of another."""
    copy = isinstance(resource, DatabaseInstance) and resource.source is not None
    return resource.holds_data and not copy and getattr(resource, "deletion_protection", None) is True


def with_contents(
    connection: Connection, found: Sequence[Holding], types: Mapping[str, str] | None = None
) -> tuple[Holding, ...]:
    """The same, with how much is in each. ``types``: CloudFormation's type of each other one."""
    from concurrent.futures import ThreadPoolExecutor

    if not found:
        return ()

    def inside(item: Holding) -> Contents | None:
        kind = types.get(item.type, "") if types is not None else item.type
        return contents(connection, kind, item.physical_id, item.region)

    with ThreadPoolExecutor(min(8, len(found))) as pool:
        told = pool.map(inside, found)
        return tuple(replace(item, contents=held) for item, held in zip(found, told, strict=True))


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
                protected=is_protected(resource),
            )
        )
    return tuple(found)


def unasked(
    connection: Connection, there: Sequence[stacks.DeployedStack], rendering: Rendering, types: frozenset[str]
) -> tuple[Holding, ...]:
    """What holds data in stacks and is not in the blueprint any more, by its logical id. ``types``: CloudFormation's
    that hold data."""
    asked = {(place.stack, place.logical_id) for places in rendering.locations.values() for place in places}
    found = []
    for stack in there:
        physical = stacks.physical_ids(connection, stack.name, stack.region)
        if all((stack.name, name) in asked for name in physical):
            continue
        for name, resource in deployed_template(connection, stack.name, stack.region).resources.items():
            kind, properties = str(resource.get("Type")), resource.get("Properties")
            if kind in types and name in physical and (stack.name, name) not in asked:
                held = properties if isinstance(properties, Mapping) else {}
                fate = FATES.get(str(resource.get("DeletionPolicy", "")), "goes")
                protected = any(str(held.get(key)).lower() == "true" for key in _PROTECTED)
                found.append(
                    Holding(name, kind, physical[name], stack.region, fate, protected=protected, asked_for=False)
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
