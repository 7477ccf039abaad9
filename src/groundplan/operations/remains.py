"""What is left of an environment after it was destroyed: on purpose, with what it costs, and otherwise.

Every region is swept by the tags that all of an environment bears, which AWS's index of tagged resources knows for
most services; what the environment's services made themselves, without tags, is looked for by name.
Source: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from groundplan.catalog.prices import price
from groundplan.errors import EnvironmentalError
from groundplan.operations.contents import GIB, amount
from groundplan.operations.direct.parameters import MARKS
from groundplan.operations.formers import Former
from groundplan.operations.holdings import Holding
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsCluster
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_resourcegroupstaggingapi.type_defs import TagFilterTypeDef

GLOBAL_REGION = "us-east-1"
"""Where the index has what is in no region."""
_PRICES: Mapping[str, str] = {
    "AWS::S3::Bucket": "s3.standard.gb_month",
    "AWS::ECR::Repository": "ecr.storage.gb_month",
    "AWS::EFS::FileSystem": "efs.standard.gb_month",
    "AWS::DynamoDB::Table": "dynamodb.storage.gb_month",
}
"""What a GiB costs for a month, where that is nearly all that something costs that nobody uses."""
_EACH: Mapping[str, str] = {
    "AWS::KMS::Key": "kms.key.month",
    "AWS::SecretsManager::Secret": "secretsmanager.secret.month",
}
"""What one costs for a month."""
_GONE = frozenset({"INACTIVE", "DELETE_IN_PROGRESS", "terminated", "shutting-down", "deleted", "deleting"})
"""States of what was deleted and is shown for a while."""
_FREE = Decimal(0)


@dataclass(frozen=True)
class Left:
    """One thing that stays on purpose."""

    what: str
    id: str
    region: str
    why: str
    monthly: Decimal | None = None
    """USD, at most; None: not known."""


_KEY = "AWS::KMS::Key"
_GIVEN_UP = "kept by its policy when another took its place, or it went out of the blueprint"
_OLD_KEY = "kept when it was replaced, or by an earlier destruction: for the snapshots and objects of then"


@dataclass(frozen=True)
class Remains:
    """All that is left."""

    on_purpose: tuple[Left, ...]
    leftovers: tuple[str, ...]
    """ARNs of what nobody meant to leave."""
    unseen: tuple[str, ...] = ()
    """What could not be looked at, and why."""

    @property
    def monthly(self) -> Decimal:
        """USD a month of what is known to cost something."""
        return sum((item.monthly or _FREE for item in self.on_purpose), start=_FREE)


@dataclass
class Sweep:
    """A look at what is left."""

    connection: Connection
    architecture: Architecture
    staying: Sequence[Holding]
    regions: Collection[str]
    formers: Sequence[Former] = ()
    """What its stacks gave up before they were deleted."""
    unseen: list[str] = field(default_factory=list)

    def run(self) -> Remains:
        """Look everywhere; what AWS does not let be seen is told as such."""
        kept = [self._kept(item) for item in self.staying]
        for part in (self._snapshots, self._cache_snapshots, self._journals, self._log_groups):
            kept += self._seen(part)
        ids = {name for item in kept for name in (item.id, item.id.rpartition("/")[2])}
        leftovers = []
        for arn, region in self._tagged.items():
            known = self._explained(arn, region) or self._kept_by_policy(arn, region)
            if known:
                kept.append(known)
            elif not self._stands_for(arn, ids) and not self._is_gone(arn, region):
                if ":kms:" in arn and ":key/" in arn:
                    kept.append(Left("key", arn, region, _OLD_KEY, _priced(_EACH.get(_KEY), region, Decimal(1))))
                else:
                    leftovers.append(arn)
        unique = {(item.id, item.region): item for item in reversed(kept)}
        return Remains(tuple(reversed(unique.values())), tuple(sorted(leftovers)), tuple(dict.fromkeys(self.unseen)))

    def _seen(self, part: Callable[[], Iterable[Left]]) -> list[Left]:
        try:
            return list(part())
        except EnvironmentalError as error:
            self.unseen.append(str(error))
            return []

    @cached_property
    def _tagged(self) -> dict[str, str]:
        """ARNs of all that bears the environment's tags, each with its region."""
        found: dict[str, str] = {}
        for region in sorted({*self.regions, GLOBAL_REGION}):
            try:
                with explained(f"Looking for what is left in {region}"):
                    for arn in self._bearing(region):
                        found.setdefault(arn, region)
            except EnvironmentalError as error:
                self.unseen.append(str(error))
        return found

    def _bearing(self, region: str) -> Iterator[str]:
        """What bears the environment's tags, and what an EKS cluster's controllers have made and tagged as its own."""
        marks = {key: self.architecture.tags[key] for key in MARKS if key in self.architecture.tags}
        filters: list[list[TagFilterTypeDef]] = [[{"Key": key, "Values": [value]} for key, value in marks.items()]]
        for cluster in self.architecture.of(KubernetesCluster):
            filters.append([{"Key": f"kubernetes.io/cluster/{cluster.cluster_name}", "Values": ["owned"]}])
            filters.append([{"Key": "elbv2.k8s.aws/cluster", "Values": [cluster.cluster_name]}])
        pages = self.connection.resource_tags(region).get_paginator("get_resources")
        for wanted in filters:
            for page in pages.paginate(TagFilters=wanted):
                for item in page["ResourceTagMappingList"]:
                    tags = {tag["Key"] for tag in item["Tags"]}
                    if "Owner" in self.architecture.tags or "Owner" not in tags:
                        yield item["ResourceARN"]

    def _kept(self, item: Holding) -> Left:
        size = item.contents.gigabytes if item.contents else None
        monthly = _priced(_EACH.get(item.type), item.region, Decimal(1))
        if monthly is None and size == 0:
            monthly = _FREE
        elif monthly is None and size is not None:
            monthly = _priced(_PRICES.get(item.type), item.region, size)
        return Left(item.address, item.physical_id, item.region, f"stays{item.told}", monthly)

    def _kept_by_policy(self, arn: str, region: str) -> Left | None:
        """What another took the place of in its stack, and a policy had stay."""
        for former in self.formers:
            if former.kept and former.region == region and self._stands_for(arn, {former.physical_id}):
                monthly = _priced(_EACH.get(former.type), region, Decimal(1))
                return Left(former.logical_id, arn, region, _GIVEN_UP, monthly)
        return None

    def _replaced(self, kind: str) -> Iterator[Former]:
        """Those that were deleted when another took their place, which leaves a last snapshot."""
        return (former for former in self.formers if former.type == kind and not former.kept)

    def _databases(self) -> Iterator[tuple[str, str, str]]:
        for instance in self.architecture.of(DatabaseInstance):
            yield instance.address, instance.identifier, instance.region or self.architecture.region
        for former in self._replaced("AWS::RDS::DBInstance"):
            yield f"the replaced {former.logical_id}", former.physical_id, former.region

    def _snapshots(self) -> Iterator[Left]:
        for address, identifier, region in self._databases():
            with explained(f"Looking for snapshots of {address}"):
                pages = self.connection.rds(region).get_paginator("describe_db_snapshots")
                for page in pages.paginate(DBInstanceIdentifier=identifier):
                    for found in page["DBSnapshots"]:
                        if found["SnapshotType"] not in ("manual", "automated"):
                            continue
                        size = found.get("AllocatedStorage", 0)
                        by_hand = found["SnapshotType"] == "manual"
                        kept = "a last snapshot, or a backup somebody made" if by_hand else "an automatic backup"
                        yield Left(
                            f"snapshot of {address}",
                            found["DBSnapshotIdentifier"],
                            region,
                            f"{kept}: of {size} GiB at most",
                            _priced("rds.backup.gb_month", region, Decimal(size)),
                        )

    def _cache_snapshots(self) -> Iterator[Left]:
        home = self.architecture.region
        caches = [
            (cache.address, cache.replication_group_id, cache.region or home)
            for cache in self.architecture.of(CacheReplicationGroup)
        ]
        caches += [
            (f"the replaced {former.logical_id}", former.physical_id, former.region)
            for former in self._replaced("AWS::ElastiCache::ReplicationGroup")
        ]
        for name, identifier, region in caches:
            with explained(f"Looking for snapshots of {name}"):
                pages = self.connection.elasticache(region).get_paginator("describe_snapshots")
                every = (item for page in pages.paginate() for item in page["Snapshots"])
                # Asked for a group that is gone, ElastiCache says that there is none, whatever it left.
                for found in every:
                    if found.get("ReplicationGroupId") == identifier:
                        yield Left(f"snapshot of {name}", found["SnapshotName"], region, "a last snapshot")

    def _journals(self) -> Iterator[Left]:
        path = f"/groundplan/{self.architecture.project}/{self.architecture.stage}"
        region = self.architecture.region
        reasons = {"deployments": "tells who did what (groundplan history)"}
        with explained(f"Looking for parameters below {path}"):
            pages = self.connection.ssm(region).get_paginator("get_parameters_by_path")
            for page in pages.paginate(Path=path, Recursive=True):
                for found in page["Parameters"]:
                    name = found["Name"].rpartition("/")[2]
                    lock = name.partition("-")[0] == "lock"
                    why = "says who is at work" if lock else reasons.get(name, "written by groundplan")
                    yield Left("parameter", found["Name"], region, why, _FREE)

    def _log_groups(self) -> Iterator[Left]:
        """Those that services made by themselves: AWS puts no tags on them, and keeps them for ever."""
        for prefix, region in self._log_prefixes():
            with explained(f"Looking for log groups below {prefix}"):
                pages = self.connection.logs(region).get_paginator("describe_log_groups")
                for page in pages.paginate(logGroupNamePrefix=prefix):
                    for found in page["logGroups"]:
                        size = found.get("storedBytes", 0)
                        yield Left(
                            "log group",
                            found["logGroupName"],
                            region,
                            f"logs that a service of AWS wrote by itself: {amount(size)}",
                            _priced("cloudwatch.logs_storage.gb_month", region, Decimal(size) / GIB),
                        )

    def _log_prefixes(self) -> Iterator[tuple[str, str]]:
        home = self.architecture.region
        for _, identifier, region in self._databases():
            yield f"/aws/rds/instance/{identifier}/", region
        for cluster in self.architecture.of(EcsCluster):
            yield f"/aws/ecs/containerinsights/{cluster.cluster_name}/", cluster.region or home
        for eks in self.architecture.of(KubernetesCluster):
            yield f"/aws/eks/{eks.cluster_name}/", eks.region or home
            yield f"/aws/containerinsights/{eks.cluster_name}/", eks.region or home

    def _explained(self, arn: str, region: str) -> Left | None:
        """What goes by itself: keys and secrets that can be brought back for a while."""
        service, kind = arn.split(":")[2], arn.split(":", 5)[5]
        try:
            if service == "kms" and kind.startswith("key/"):
                with explained(f"Looking at {arn}"):
                    key = self.connection.kms(region).describe_key(KeyId=arn)["KeyMetadata"]
                if key["KeyState"] == "PendingDeletion":
                    return Left("key", arn, region, f"goes on {key['DeletionDate']:%Y-%m-%d}, uncharged", _FREE)
            if service == "secretsmanager":
                with explained(f"Looking at {arn}"):
                    secret = self.connection.secretsmanager(region).describe_secret(SecretId=arn)
                if "DeletedDate" in secret:
                    return Left("secret", arn, region, "deleted, can be brought back for a while, uncharged", _FREE)
        except EnvironmentalError as error:
            self.unseen.append(str(error))
        return None

    def _is_gone(self, arn: str, region: str) -> bool:
        """Whether it is deleted: ECS shows what was deleted as INACTIVE, EC2 for an hour or so as terminated.

        Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html,
        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
        """
        service, kind = arn.split(":")[2], arn.split(":", 5)[5]
        if service not in ("ec2", "ecs"):
            return False
        try:
            with explained(f"Looking at {arn}"):
                states = self._states_in_ec2(kind, region) if service == "ec2" else self._states_in_ecs(arn, region)
        except EnvironmentalError as error:
            if "NotFound" in str(error):
                return True
            self.unseen.append(str(error))
            return False
        return states is not None and set(states) <= _GONE

    def _states_in_ec2(self, kind: str, region: str) -> list[str] | None:
        client, name = self.connection.ec2(region), kind.partition("/")[2]
        match kind.partition("/")[0]:
            case "instance":
                found = client.describe_instances(InstanceIds=[name])["Reservations"]
                return [item["State"]["Name"] for reservation in found for item in reservation["Instances"]]
            case "natgateway":
                return [item["State"] for item in client.describe_nat_gateways(NatGatewayIds=[name])["NatGateways"]]
            case "vpc-endpoint":
                return [item["State"] for item in client.describe_vpc_endpoints(VpcEndpointIds=[name])["VpcEndpoints"]]
        return None

    def _states_in_ecs(self, arn: str, region: str) -> list[str] | None:
        client, kind = self.connection.ecs(region), arn.split(":", 5)[5]
        match kind.partition("/")[0]:
            case "cluster":
                return [item["status"] for item in client.describe_clusters(clusters=[arn])["clusters"]]
            case "service":
                found = client.describe_services(cluster=kind.split("/")[1], services=[arn])["services"]
                return [item["status"] for item in found]
            case "task-definition":
                return [client.describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"]]
        return None

    def _stands_for(self, arn: str, ids: AbstractSet[str]) -> bool:
        """Whether an ARN is that of something whose name, id or ARN is known."""
        rest = arn.split(":", 5)[5]
        names = {arn, rest, rest.rpartition("/")[2], rest.partition("/")[2], rest.partition(":")[2]}
        return not ids.isdisjoint(names)


def _priced(sku: str | None, region: str, quantity: Decimal) -> Decimal | None:
    found = price(sku, region) if sku else None
    return found.usd * quantity if found else None
