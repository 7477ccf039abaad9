"""GP-REL-066."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of, zones_of
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.files import FileSystem, MountTarget
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup
from groundplan.resources.values import Ref


class MountTargetZones(Rule):
    id = "GP-REL-066"
    title = "A file system can be mounted in every zone in which its users run"
    severity = "error"
    why = "Tasks and pods that start in a zone without a mount target wait for their files for ever."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_efs_mount_target: one in each zone",
        cloudformation="AWS::EFS::MountTarget: one in each zone",
    )
    source = "https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        zones: dict[Ref[FileSystem], set[str]] = {}
        for target in architecture.of(MountTarget):
            zones.setdefault(target.file_system, set()).add(architecture[target.subnet].availability_zone)
        for cluster in architecture.of(KubernetesCluster):
            of_nodes = {
                zone
                for group in architecture.of(NodeGroup)
                if group.cluster == cluster.ref
                for zone in zones_of(architecture, group.subnets)
            }
            for system, found in zones.items():
                if (
                    region_of(architecture, architecture[system]) == region_of(architecture, cluster)
                    and of_nodes - found
                ):
                    missing = sorted(of_nodes - found)
                    yield self.violation(
                        architecture[system], f"has no mount target in {listed(missing)}, where nodes run"
                    )
