"""GP-VAL-084."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import instances
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.kubernetes import NodeGroup


class NodeImage(Rule):
    id = "GP-VAL-084"
    title = "The instance types of a node group exist and run its image"
    severity = "error"
    why = "EKS refuses a group whose AMI is made for another processor than its instances have."
    fix = Fix(
        blueprint="Write in kubernetes.nodes.<name>.instances types that EC2 has, all with one kind of processor.",
        terraform="aws_eks_node_group: instance_types, ami_type",
        cloudformation="AWS::EKS::Nodegroup: InstanceTypes, AmiType",
    )
    source = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for group in architecture.of(NodeGroup):
            runs = "arm64" if "ARM_64" in group.ami_type else "x86_64"
            for name in group.instance_types:
                instance = instances.ec2_types().get(name)
                if instance is None:
                    yield self.violation(
                        group, f"has instance_types {name}, which EC2 has not{instances.suggest(name)}"
                    )
                elif instance.architecture and instance.architecture != runs:
                    yield self.violation(
                        group,
                        f"has instance_types {name} ({instance.architecture}) and ami_type {group.ami_type} ({runs})",
                    )
