"""Amazon EFS: files that several machines read and write at once."""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.security import Key
from groundplan.resources.values import Ref


@dataclass(frozen=True, kw_only=True)
class FileSystem(Resource):
    """An EFS file system over all zones of its region, which grows and shrinks with what is in it."""

    title: ClassVar[str] = "EFS file system"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    holds_data: ClassVar[bool] = True
    encrypted: bool = True
    kms_key: Ref[Key] | None = None
    """None: EFS's own key."""
    performance_mode: Literal["generalPurpose", "maxIO"] = "generalPurpose"
    throughput_mode: Literal["elastic", "bursting"] = "elastic"
    """``elastic``: what is read and written is paid; ``bursting``: the more is stored, the faster."""
    transition_to_ia: str | None = "AFTER_30_DAYS"
    """When a file that nobody reads moves to the cheaper class Infrequent Access."""
    transition_to_primary: str | None = "AFTER_1_ACCESS"
    """When it comes back."""
    automatic_backups: bool = True
    """Whether AWS Backup keeps a copy of every day for 35 days.
    Source: https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html"""
    keep: bool = True
    """Whether it survives the destruction of the environment."""


@dataclass(frozen=True, kw_only=True)
class MountTarget(Resource):
    """Where machines of a zone reach a file system; ``key`` is the zone's letter."""

    title: ClassVar[str] = "EFS mount target"
    attributes: ClassVar[frozenset[str]] = frozenset({"id"})
    taggable: ClassVar[bool] = False
    file_system: Ref[FileSystem]
    subnet: Ref[Subnet]
    security_groups: tuple[Ref[SecurityGroup], ...]


@dataclass(frozen=True, kw_only=True)
class AccessPoint(Resource):
    """A way into a file system that begins at a directory, as one user, whoever comes."""

    title: ClassVar[str] = "EFS access point"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    file_system: Ref[FileSystem]
    path: str
    """The directory, which is created with the first visit."""
    uid: int
    """POSIX user that owns the directory, and that everything is done as."""
    gid: int
    permissions: str = "0750"
