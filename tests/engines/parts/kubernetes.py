"""An EKS cluster with node groups on demand and Spot, add-ons, rights of pods, and files that pods share."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from tests.engines.parts.names import DATA_KEY, LOGS_KEY, VPC, ZONES, subnets

from groundplan.resources import Resource
from groundplan.resources.files import AccessPoint, FileSystem, MountTarget
from groundplan.resources.kubernetes import (
    AccessEntry,
    ClusterAddon,
    KubernetesCluster,
    NodeGroup,
    NodeLaunchTemplate,
    NodeTaint,
    PodIdentityAssociation,
)
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import ANYWHERE, SecurityGroup, SecurityGroupRule, Subnet
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Statement, pod_trust, service_trust
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import JsonDocument, Pseudo, Ref, Textual, text

NAME = "sample-production-pods"
PODS = Ref(KubernetesCluster, "pods")
GROUP = Ref(SecurityGroup, "pods")


def kubernetes() -> Iterator[Resource]:
    """The cluster, and everything of it that AWS knows."""
    yield from _network()
    yield LogGroup(
        name="pods",
        concern="services",
        log_group_name=f"/aws/eks/{NAME}/cluster",
        retention_in_days=90,
        kms_key=LOGS_KEY,
    )
    yield _role("pods", service_trust("eks.amazonaws.com"), "AmazonEKSClusterPolicy")
    yield KubernetesCluster(
        name="pods",
        concern="services",
        cluster_name=NAME,
        version="1.35",
        role=Ref(Role, "pods"),
        subnets=subnets("private"),
        security_groups=(GROUP,),
        endpoint_public_access=True,
        public_access_cidrs=(IPv4Network("203.0.113.0/24"),),
        secrets_key=DATA_KEY,
        depends_on=(Ref(LogGroup, "pods"),),
        tags={"Name": NAME},
    )
    yield _role("network-plugin", _pods(), "AmazonEKS_CNI_Policy")
    yield ClusterAddon(
        name="vpc-cni",
        concern="services",
        cluster=PODS,
        addon_name="vpc-cni",
        service_account="aws-node",
        role=Ref(Role, "network-plugin"),
        configuration=JsonDocument({"enableNetworkPolicy": "true"}),
    )
    yield from _nodes()
    yield ClusterAddon(
        name="coredns",
        concern="services",
        cluster=PODS,
        addon_name="coredns",
        addon_version="v1.12.4-eksbuild.1",
        depends_on=(Ref(NodeGroup, "general"),),
    )
    yield Role(
        name="reader",
        concern="services",
        role_name="sample-production-reader",
        description="What the reader itself may do",
        trust=_pods(),
        inline_policies=(
            InlinePolicy(
                "read",
                PolicyDocument(
                    (
                        Statement(actions=("s3:GetObject",), resources=(text(Ref(Bucket, "uploads").arn, "/*"),)),
                        Statement(actions=("kms:Decrypt",), resources=(DATA_KEY.arn,)),
                    )
                ),
            ),
        ),
    )
    yield PodIdentityAssociation(
        name="reader",
        concern="services",
        cluster=PODS,
        namespace="sample",
        service_account="reader",
        role=Ref(Role, "reader"),
        tags={"Name": "reader"},
    )
    for name, policy, namespaces in (
        ("admin", "AmazonEKSClusterAdminPolicy", ()),
        ("viewer", "AmazonEKSViewPolicy", ("sample",)),
    ):
        yield AccessEntry(
            name=name,
            concern="services",
            cluster=PODS,
            principal_arn=f"arn:aws:iam::210987654321:role/{name}",
            policy_arn=text("arn:", Pseudo.PARTITION, f":eks::aws:cluster-access-policy/{policy}"),
            namespaces=namespaces,
            kubernetes_groups=tuple(f"{namespace}:viewers" for namespace in namespaces),
            tags={"Name": name},
        )
    yield from _files()


def _pods() -> PolicyDocument:
    ours: Textual = text("arn:", Pseudo.PARTITION, ":eks:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":cluster/{NAME}")
    return pod_trust(
        Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,)),
        Condition(operator="ArnEquals", key="aws:SourceArn", values=(ours,)),
    )


def _role(name: str, trust: PolicyDocument, *policies: str) -> Role:
    return Role(
        name=name,
        concern="services",
        role_name=f"sample-production-{name}",
        description=f"What {name} may do",
        trust=trust,
        managed_policy_arns=tuple(text("arn:", Pseudo.PARTITION, f":iam::aws:policy/{policy}") for policy in policies),
    )


def _network() -> Iterator[Resource]:
    for name, description in (("pods", "Control plane, nodes and pods"), ("files", "Files that pods share")):
        yield SecurityGroup(
            name=name,
            concern="network",
            vpc=VPC,
            group_name=f"sample-production-{name}",
            description=description,
            tags={"Name": name},
        )
    files = Ref(SecurityGroup, "files")
    for name, group, direction, ports, peer in (
        ("pods-to-pods", GROUP, "egress", None, GROUP),
        ("pods-from-pods", GROUP, "ingress", None, GROUP),
        ("pods-to-internet", GROUP, "egress", 443, ANYWHERE),
        ("pods-to-files", GROUP, "egress", 2049, files),
        ("files-from-pods", files, "ingress", 2049, GROUP),
    ):
        yield SecurityGroupRule(
            name=name,
            concern="network",
            security_group=group,
            direction="egress" if direction == "egress" else "ingress",
            protocol="tcp" if ports else "all",
            from_port=ports,
            to_port=ports,
            peer=peer,
            description=name.replace("-", " "),
        )


def _nodes() -> Iterator[Resource]:
    policies = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore")
    yield _role("nodes", service_trust("ec2.amazonaws.com"), *policies)
    yield NodeLaunchTemplate(
        name="nodes",
        concern="services",
        launch_template_name="sample-production-nodes",
        security_groups=(GROUP,),
        volume_size=50,
        tags={"Name": "node"},
    )
    for name, spot in (("general", False), ("batch", True)):
        yield NodeGroup(
            name=name,
            concern="services",
            cluster=PODS,
            nodegroup_name=f"sample-production-{name}",
            version="1.35",
            role=Ref(Role, "nodes"),
            subnets=subnets("private"),
            instance_types=("c5.large", "c5.xlarge") if spot else ("t3.large",),
            capacity_type="SPOT" if spot else "ON_DEMAND",
            launch_template=Ref(NodeLaunchTemplate, "nodes"),
            min_size=10,
            max_size=30,
            desired_size=20,
            scheduled=spot,
            labels={"node-group": name},
            taints=(
                NodeTaint(key="dedicated", value="batch", effect="NO_SCHEDULE"),
                NodeTaint(key="spot", effect="PREFER_NO_SCHEDULE"),
            )
            if spot
            else (),
            depends_on=(Ref(ClusterAddon, "vpc-cni"),),
            tags={"Name": name},
        )


def _files() -> Iterator[Resource]:
    system = Ref(FileSystem, "shared")
    yield FileSystem(name="shared", concern="storage", kms_key=DATA_KEY, tags={"Name": "shared"})
    yield FileSystem(
        name="scratch",
        concern="storage",
        throughput_mode="bursting",
        transition_to_ia=None,
        transition_to_primary=None,
        automatic_backups=False,
        keep=False,
        tags={"Name": "scratch"},
    )
    for zone in ZONES:
        yield MountTarget(
            name="shared",
            key=zone,
            concern="storage",
            file_system=system,
            subnet=Ref(Subnet, "private", zone),
            security_groups=(Ref(SecurityGroup, "files"),),
        )
    yield AccessPoint(
        name="shared",
        concern="storage",
        file_system=system,
        path="/uploads",
        uid=1000,
        gid=1000,
        tags={"Name": "shared"},
    )
