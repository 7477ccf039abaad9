"""The second step of a restore: the restored database takes the name of the one in use.

An RDS instance is reached by its name, and infrastructure knows it by its name: once the restored one bears it,
services find it where they always did, and a plan finds nothing to change. The old one stays, under another name.
Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from groundplan.errors import DeploymentError, InputError
from groundplan.operations.backup.instances import (
    REPLACED,
    RESTORED,
    as_tags,
    look,
    marked,
    settled_like,
    tags_of,
    wait,
)
from groundplan.operations.backup.stores import Store, replicas_of
from groundplan.operations.events import Report
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_rds.type_defs import CreateDBInstanceReadReplicaMessageTypeDef, DBInstanceTypeDef

_NAME_LIMIT = 63


@dataclass(frozen=True, slots=True)
class Switch:
    """What takes whose place."""

    store: Store
    new: str
    """The restored instance, which is called :attr:`store`'s id afterwards."""
    old: str
    """What the instance in use is called afterwards."""
    begun: bool
    """Whether the old one has been renamed already, by a switch that was interrupted."""
    managed: bool
    """Whether RDS keeps the password, in a secret that the new instance does not share."""
    replicas: tuple[tuple[str, str], ...]
    """Name and region of the replicas that are made anew."""


@dataclass(frozen=True, slots=True)
class Switched:
    """What was done."""

    store: str
    address: str
    old: str
    replicas: tuple[str, ...]
    resource_ids: Mapping[str, str]
    """RDS's own id of each instance that bears a name now which another one had."""
    secret: str = ""
    """ARN of the secret with the password, where RDS keeps it: another one than before."""


def prepare(
    connection: Connection, architecture: Architecture, store: Store, chosen: str | None, now: datetime | None = None
) -> Switch:
    """Find what was restored. ``chosen``: its name, where there are several.

    Raises InputError where nothing was restored, or it is not ready.
    """
    restored = {item["DBInstanceIdentifier"]: item for item in marked(connection, store.region, RESTORED, store.name)}
    if not restored:
        raise InputError(
            f"nothing is restored beside {store.name}; begin with groundplan restore {store.name} --to TIME"
        )
    if chosen is None and len(restored) > 1:
        raise InputError(f"beside {store.name} stand {', '.join(sorted(restored))}; choose one with --from")
    name = chosen or next(iter(restored))
    if name not in restored:
        raise InputError(f"--from {name}: beside {store.name} stands {', '.join(sorted(restored))}")
    if restored[name]["DBInstanceStatus"] != "available":
        raise InputError(f"{name} is {restored[name]['DBInstanceStatus']}; wait until it is available")
    current = look(connection, store.region, store.id)
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S")
    replicas = tuple((item.identifier, item.region or architecture.region) for item in replicas_of(architecture, store))
    return Switch(
        store, name, _former(store.id, stamp), begun=current is None, managed="MasterUserSecret" in restored[name],
        replicas=replicas,
    )  # fmt: skip


def _former(name: str, stamp: str) -> str:
    ending = f"-before-{stamp}"
    return f"{name[: _NAME_LIMIT - len(ending)].rstrip('-')}{ending}"


def switch(connection: Connection, architecture: Architecture, ahead: Switch, report: Report) -> Switched:
    """Rename the old, rename the new, make replicas anew. Between the two names nobody is reached.

    Begun again after an interruption it goes on. Raises DeploymentError where RDS gives up.
    """
    store = ahead.store
    if not ahead.begun:
        current = look(connection, store.region, store.id)
        assert current
        _retag(connection, store.region, current, add={REPLACED: store.name})
        rename(connection, store.region, store.id, ahead.old, report)
    made = rename(connection, store.region, ahead.new, store.id, report)
    _retag(connection, store.region, made, drop=RESTORED)
    stamp = ahead.old[-15:]
    ids = {store.id: made["DbiResourceId"]}
    for name, region in ahead.replicas:
        copied = _replicate(connection, store, made, name, region, stamp, report)
        if copied is not None:
            ids[name] = copied["DbiResourceId"]
    return Switched(
        store.name,
        made.get("Endpoint", {}).get("Address", ""),
        ahead.old,
        tuple(name for name in ids if name != store.id),
        ids,
        made.get("MasterUserSecret", {}).get("SecretArn", ""),
    )


def rename(connection: Connection, region: str, old: str, new: str, report: Report) -> DBInstanceTypeDef:
    """Give an instance another name, for which RDS restarts it, and wait until it is reached under it."""
    with explained(f"Renaming {old} to {new}"):
        connection.rds(region).modify_db_instance(
            DBInstanceIdentifier=old, NewDBInstanceIdentifier=new, ApplyImmediately=True
        )
    report(f"{old}: called {new} from now on")
    started = time.monotonic()
    while look(connection, region, old) is not None:
        if time.monotonic() - started > _RENAMING:
            raise DeploymentError(
                f"{old}: RDS has not renamed it to {new} in {_RENAMING // 60} minutes; look at its events"
            )
        report(f"{old}: waiting for its new name {new}", passing=True)
        time.sleep(connection.poll_seconds)
    return wait(connection, region, new, report, "renaming")


_RENAMING = 1800
"""Seconds that a new name may take; RDS says that it takes several minutes."""


def _retag(
    connection: Connection,
    region: str,
    instance: DBInstanceTypeDef,
    *,
    add: dict[str, str] | None = None,
    drop: str = "",
) -> None:
    client, arn = connection.rds(region), instance["DBInstanceArn"]
    with explained(f"Tagging {instance['DBInstanceIdentifier']}"):
        if drop:
            client.remove_tags_from_resource(ResourceName=arn, TagKeys=[drop])
        if add:
            client.add_tags_to_resource(ResourceName=arn, Tags=as_tags(add))


def _replicate(
    connection: Connection,
    store: Store,
    primary: DBInstanceTypeDef,
    name: str,
    region: str,
    stamp: str,
    report: Report,
) -> DBInstanceTypeDef | None:
    """Put the old replica aside, which goes on copying the old database, and make one like it of the new. None: there
    was never one."""
    here = region == store.region
    sources = (primary["DBInstanceIdentifier"], primary["DBInstanceArn"])
    old = look(connection, region, name)
    if old is not None:
        if old.get("ReadReplicaSourceDBInstanceIdentifier") in sources:
            return old
        _retag(connection, region, old, add={REPLACED: name})
        old = rename(connection, region, name, _former(name, stamp), report)
    else:
        # Put aside by a switch that was interrupted; else it was never deployed.
        aside = sorted(marked(connection, region, REPLACED, name), key=lambda item: item["DBInstanceIdentifier"])
        if not aside:
            return None
        old = aside[-1]
    client = connection.rds(region)
    asked: CreateDBInstanceReadReplicaMessageTypeDef = {
        "DBInstanceIdentifier": name,
        "SourceDBInstanceIdentifier": sources[0] if here else sources[1],
        "DBInstanceClass": old["DBInstanceClass"],
        "MultiAZ": old["MultiAZ"],
        "PubliclyAccessible": old.get("PubliclyAccessible", False),
        "AutoMinorVersionUpgrade": old["AutoMinorVersionUpgrade"],
        "CopyTagsToSnapshot": old["CopyTagsToSnapshot"],
        "DeletionProtection": old["DeletionProtection"],
        "VpcSecurityGroupIds": [
            item["VpcSecurityGroupId"] for item in old["VpcSecurityGroups"] if "VpcSecurityGroupId" in item
        ],
        "Tags": as_tags({key: value for key, value in tags_of(old).items() if key != REPLACED}),
    }
    if not here:
        # Another region's replica has a network and a key of its own; botocore signs the call into the source's region.
        asked["SourceRegion"] = store.region
        if "DBSubnetGroup" in old:
            asked["DBSubnetGroupName"] = old["DBSubnetGroup"]["DBSubnetGroupName"]
        if "KmsKeyId" in old:
            asked["KmsKeyId"] = old["KmsKeyId"]
    with explained(f"Making the replica {name}"):
        client.create_db_instance_read_replica(**asked)
    made = wait(connection, region, name, report, "copying")
    changes = settled_like(old, made)
    if len(changes) > 1:
        changes["ApplyImmediately"] = True
        with explained(f"Setting up {name}"):
            client.modify_db_instance(**changes)
        made = wait(connection, region, name, report, "setting up")
    return made
