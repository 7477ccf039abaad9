"""Amazon EKS: cluster, node groups, add-ons, access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from ipaddress import IPv4Network
from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.security import Key, Role
from groundplan.resources.values import JsonDocument, Ref, Textual


@dataclass(frozen=True, kw_only=True)
class KubernetesCluster(Resource):
    """An EKS cluster. Access is by access entries only; nobody is an administrator because they created it. Every
    add-on is a resource of its own, those that EKS would otherwise install unasked included.

    EKS writes the control plane's logs to ``/aws/eks/<cluster_name>/cluster``, and creates that group, for ever and
    unencrypted, where it does not exist: it is what a cluster depends on.
    """

    title: ClassVar[str] = "EKS cluster"
    attributes: ClassVar[frozenset[str]] = frozenset(
        {"id", "arn", "endpoint", "certificate_authority", "cluster_security_group_id", "oidc_issuer"}
    )
    cluster_name: str
    version: str
    """``1.35``."""
    role: Ref[Role]
    subnets: tuple[Ref[Subnet], ...]
    """Where the control plane's network interfaces stand: at least two zones."""
    security_groups: tuple[Ref[SecurityGroup], ...] = ()
    """Of those interfaces, beside the group that EKS makes itself."""
    endpoint_private_access: bool = True
    endpoint_public_access: bool = False
    public_access_cidrs: tuple[IPv4Network, ...] = ()
    """From where the public endpoint answers. Empty with a public endpoint: from everywhere."""
    log_types: tuple[str, ...] = ("api", "audit", "authenticator", "controllerManager", "scheduler")
    """What the control plane writes to CloudWatch Logs."""
    secrets_key: Ref[Key] | None = None
    """Envelope encryption of Kubernetes secrets."""
    support_type: Literal["STANDARD", "EXTENDED"] = "STANDARD"
    """``STANDARD``: AWS upgrades the cluster when the version's standard support ends, instead of charging more."""
    deletion_protection: bool = True


@dataclass(frozen=True, kw_only=True)
class NodeTaint(Record):
    """Keeps pods away that do not tolerate it."""

    key: str
    value: str | None = None
    effect: Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"]


@dataclass(frozen=True, kw_only=True)
class NodeLaunchTemplate(Resource):
    """How a node is started: encrypted volume, IMDSv2 out of the reach of pods. AMI and instance type are the node
    group's; EKS adds what joins the node to the cluster. Its tags stand on instances and volumes as well.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
    """

    title: ClassVar[str] = "launch template"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "latest_version"})
    launch_template_name: str
    security_groups: tuple[Ref[SecurityGroup], ...]
    """Of the nodes and, because pods take addresses of the node's network interfaces, of all pods."""
    root_device_name: str = "/dev/xvda"
    volume_type: Literal["gp3", "gp2"] = "gp3"
    volume_size: int
    """GiB of the root volume."""
    volume_encrypted: bool = True
    http_tokens: Literal["required", "optional"] = "required"
    http_put_response_hop_limit: int = 1
    """1: pods do not reach the node's role."""


@dataclass(frozen=True, kw_only=True)
class NodeGroup(Resource):
    """A managed node group. ``desired_size`` counts at creation only: the autoscaler owns it afterwards.

    EKS refuses a ``min_size`` above the number of nodes that run at the moment, so that whoever raises it has to scale
    the group first. Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html
    """

    title: ClassVar[str] = "EKS node group"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    cluster: Ref[KubernetesCluster]
    nodegroup_name: str
    version: str
    """Kubernetes version of the nodes: the cluster's, or up to three minor versions behind it while it is upgraded."""
    role: Ref[Role]
    subnets: tuple[Ref[Subnet], ...]
    instance_types: tuple[str, ...]
    capacity_type: Literal["ON_DEMAND", "SPOT"] = "ON_DEMAND"
    ami_type: Literal["AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD"] = "AL2023_x86_64_STANDARD"
    launch_template: Ref[NodeLaunchTemplate]
    min_size: int
    max_size: int
    desired_size: int
    scheduled: bool = False
    """Whether schedules set ``min_size`` as well, so that it counts at creation only."""
    max_unavailable_percentage: int = 33
    """How many of the nodes an update replaces at a time."""
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[NodeTaint, ...] = ()
    node_repair: bool = True
    """Whether EKS replaces nodes that it finds unhealthy."""


@dataclass(frozen=True, kw_only=True)
class ClusterAddon(Resource):
    """Software that EKS installs and keeps current in the cluster."""

    title: ClassVar[str] = "EKS add-on"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    cluster: Ref[KubernetesCluster]
    addon_name: str
    addon_version: str | None = None
    """None: EKS's default for the cluster's version."""
    service_account: str | None = None
    role: Ref[Role] | None = None
    """Rights of ``service_account`` by pod identity."""
    configuration: JsonDocument | None = None
    """The add-on's settings."""


@dataclass(frozen=True, kw_only=True)
class PodIdentityAssociation(Resource):
    """Gives pods of a service account the rights of a role."""

    title: ClassVar[str] = "EKS pod identity association"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    cluster: Ref[KubernetesCluster]
    namespace: str
    service_account: str
    role: Ref[Role]
    """What trusts ``pods.eks.amazonaws.com``. Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html"""


@dataclass(frozen=True, kw_only=True)
class AccessEntry(Resource):
    """Lets an IAM role or user into the cluster's API."""

    title: ClassVar[str] = "EKS access entry"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    cluster: Ref[KubernetesCluster]
    principal_arn: Textual
    policy_arn: Textual
    """An EKS access policy, like AmazonEKSClusterAdminPolicy."""
    namespaces: tuple[str, ...] = ()
    """The only namespaces that the policy holds in. Empty: the whole cluster."""
    kubernetes_groups: tuple[str, ...] = ()
    """Groups of Kubernetes that role bindings name, beside what the policy allows."""
