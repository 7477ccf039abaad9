"""Amazon EFS in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Argument, Block, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.resources.files import AccessPoint, FileSystem, MountTarget

FILE = "efs.tf"


def _file_system(system: FileSystem, _: Context) -> dict[str, object]:
    return {"kms_key_id": system.kms_key.arn if system.kms_key else None}


def _file_system_blocks(system: FileSystem, context: Context) -> Iterator[Block]:
    """Each time stands in a block of its own: the provider reads them back so."""
    for name in ("transition_to_ia", "transition_to_primary"):
        name_there = {"transition_to_primary": "transition_to_primary_storage_class"}.get(name, name)
        if value := getattr(system, name):
            yield context.block("lifecycle_policy", {name_there: value})


def _backups(system: FileSystem, context: Context) -> Iterator[Block]:
    yield context.resource(
        "aws_efs_backup_policy",
        label(system.ref),
        Argument("file_system_id", Expression(f"{context.address(system.ref)}.id")),
        context.block("backup_policy", {"status": "ENABLED" if system.automatic_backups else "DISABLED"}),
    )


def _access_point_blocks(point: AccessPoint, context: Context) -> Iterator[Block]:
    yield context.block("posix_user", {"uid": point.uid, "gid": point.gid})
    owner = {"owner_uid": point.uid, "owner_gid": point.gid, "permissions": point.permissions}
    yield context.block("root_directory", {"path": point.path}, context.block("creation_info", owner))


ROWS = (
    Row(
        FileSystem,
        "aws_efs_file_system",
        FILE,
        protects=lambda system: system.keep,
        attributes={"id": "id", "arn": "arn"},
        arguments=_file_system,
        blocks=_file_system_blocks,
        beside=_backups,
        written=frozenset({"kms_key", "transition_to_ia", "transition_to_primary", "automatic_backups", "keep"}),
    ),
    Row(
        MountTarget,
        "aws_efs_mount_target",
        FILE,
        attributes={"id": "id"},
        rename={"security_groups": "security_groups"},
        section=1,
    ),
    Row(
        AccessPoint,
        "aws_efs_access_point",
        FILE,
        attributes={"id": "id", "arn": "arn"},
        blocks=_access_point_blocks,
        written=frozenset({"path", "uid", "gid", "permissions"}),
        section=2,
    ),
)
