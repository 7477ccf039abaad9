"""Storage classes: what volumes are made of."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.model import Manifest

EBS_CLASS, EFS_CLASS = "gp3", "efs-sc"


def storage_classes(context: Context) -> Iterator[Manifest]:
    """EBS for volumes of single pods, made in the zone that the pod runs in; EFS where pods share files."""
    volumes = [volume for service in context.services for volume in service.volumes]
    # Prometheus keeps its data on one, too.
    if context.monitoring or any(volume.file_system is None for volume in volumes):
        yield {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": EBS_CLASS, "labels": context.labels()},
            "provisioner": "ebs.csi.aws.com",
            "parameters": {"type": "gp3", "encrypted": "true", "csi.storage.k8s.io/fstype": "ext4"},
            "reclaimPolicy": "Retain",
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": True,
        }
    if any(volume.file_system for volume in volumes):
        yield {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": EFS_CLASS, "labels": context.labels()},
            "provisioner": "efs.csi.aws.com",
            "reclaimPolicy": "Retain",
            "volumeBindingMode": "Immediate",
        }
