"""Files that pods share: Amazon EFS. Volumes of single pods are made by the cluster itself, from EBS."""

from __future__ import annotations

from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import files_key
from groundplan.design.security_groups import CLUSTER as PODS
from groundplan.design.security_groups import add_group, allow
from groundplan.resources.files import AccessPoint, FileSystem, MountTarget
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.values import Ref

GROUP = Ref(SecurityGroup, "files")
NFS = 2049
USER = 1000
"""POSIX user and group that own the files, whoever the image runs as."""


def file_system(service: str, volume: str) -> Ref[FileSystem]:
    """The file system of a shared volume."""
    return Ref(FileSystem, f"{identifier(service)}_{identifier(volume)}")


def access_point(service: str, volume: str) -> Ref[AccessPoint]:
    """The way into the file system of a shared volume."""
    return Ref(AccessPoint, file_system(service, volume).name)


def add_volumes(draft: Draft) -> None:
    """A file system for each shared volume, with a mount target in every zone that pods may run in."""
    shared = [
        (name, called)
        for name, service in draft.blueprint.services.items()
        for called, volume in service.volumes.items()
        if volume.shared
    ]
    if not shared:
        return
    add_group(draft, GROUP.name, "Files that pods share", "project")
    allow(draft, PODS, GROUP, NFS, "Pods to files that they share")
    for name, called in shared:
        _add_file_system(draft, name, called)


def _add_file_system(draft: Draft, service: str, volume: str) -> None:
    system, shown = file_system(service, volume), f"{service}-{volume}"
    draft.add(
        FileSystem(
            name=system.name,
            concern="storage",
            kms_key=files_key(draft),
            # A backup plan takes them along; without one EFS keeps a copy of every day itself.
            automatic_backups=not draft.blueprint.backup and draft.blueprint.profile in ("staging", "production"),
            keep=draft.blueprint.profile == "production",
            tags=draft.name_tag(shown),
        )
    )
    for letter in draft.blueprint.network.zones:
        draft.add(
            MountTarget(
                name=system.name,
                key=letter,
                concern="storage",
                file_system=system,
                subnet=Ref(Subnet, "private", letter),
                security_groups=(GROUP,),
            )
        )
    draft.add(
        AccessPoint(
            name=system.name,
            concern="storage",
            file_system=system,
            path=f"/{volume}",
            uid=USER,
            gid=USER,
            tags=draft.name_tag(shown),
        )
    )
    draft.output(f"{system.name}_files", f"File system of the volume {volume} of {service}", system.attribute("id"))
