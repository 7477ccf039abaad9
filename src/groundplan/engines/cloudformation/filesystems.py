"""Amazon EFS in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Kept, Row, present
from groundplan.resources import Architecture
from groundplan.resources.files import AccessPoint, FileSystem, MountTarget


def _file_system(system: FileSystem, _: Architecture) -> dict[str, object]:
    policies = [
        {name: value}
        for name, value in (
            ("TransitionToIA", system.transition_to_ia),
            ("TransitionToPrimaryStorageClass", system.transition_to_primary),
        )
        if value
    ]
    return present(
        KmsKeyId=system.kms_key.arn if system.kms_key else None,
        LifecyclePolicies=policies or None,
        BackupPolicy={"Status": "ENABLED" if system.automatic_backups else "DISABLED"},
    )


def _kept(system: FileSystem, _: Architecture) -> Kept:
    return Kept("RetainExceptOnCreate" if system.keep else "Delete", "Retain")


def _mount_target(target: MountTarget, _: Architecture) -> dict[str, object]:
    return {"SecurityGroups": target.security_groups}


def _access_point(point: AccessPoint, _: Architecture) -> dict[str, object]:
    uid, gid = str(point.uid), str(point.gid)
    return {
        "PosixUser": {"Uid": uid, "Gid": gid},
        "RootDirectory": {
            "Path": point.path,
            "CreationInfo": {"OwnerUid": uid, "OwnerGid": gid, "Permissions": point.permissions},
        },
    }


ROWS = (
    Row(
        FileSystem,
        "AWS::EFS::FileSystem",
        attributes={"id": RETURNED, "arn": "Arn"},
        write=_file_system,
        written=frozenset({"kms_key", "transition_to_ia", "transition_to_primary", "automatic_backups", "keep"}),
        tag_property="FileSystemTags",
        kept=_kept,
    ),
    Row(
        MountTarget,
        "AWS::EFS::MountTarget",
        attributes={"id": RETURNED},
        write=_mount_target,
        written=frozenset({"security_groups"}),
    ),
    Row(
        AccessPoint,
        "AWS::EFS::AccessPoint",
        attributes={"id": RETURNED, "arn": "Arn"},
        write=_access_point,
        written=frozenset({"path", "uid", "gid", "permissions"}),
        tag_property="AccessPointTags",
    ),
)
