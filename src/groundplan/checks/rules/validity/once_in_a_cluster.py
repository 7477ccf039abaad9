"""GP-VAL-128."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.kubernetes import AccessEntry, ClusterAddon, PodIdentityAssociation


class OnceInACluster(Rule):
    id = "GP-VAL-128"
    title = "Add-ons, access entries and pod identities stand once in a cluster"
    severity = "error"
    why = "EKS refuses the second one (ResourceInUseException)."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_eks_addon, aws_eks_access_entry, aws_eks_pod_identity_association",
        cloudformation="AWS::EKS::Addon, AWS::EKS::AccessEntry, AWS::EKS::PodIdentityAssociation",
    )
    source = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        known: dict[tuple[object, ...], str] = {}
        for resource, what in _told_apart(architecture):
            first = known.setdefault((type(resource), *what), resource.address)
            if first != resource.address:
                yield self.violation(resource, f"is for {', '.join(map(str, what[1:]))}, as {first} is; one is right")


def _told_apart(architecture: Architecture) -> Iterator[tuple[Resource, tuple[object, ...]]]:
    for addon in architecture.of(ClusterAddon):
        yield addon, (addon.cluster, addon.addon_name)
    for entry in architecture.of(AccessEntry):
        yield entry, (entry.cluster, entry.principal_arn)
    for pod in architecture.of(PodIdentityAssociation):
        yield pod, (pod.cluster, pod.namespace, pod.service_account)
