"""Amazon EKS: cluster, node groups, add-ons, access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from groundplan.resources.base import Resource
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import SecurityGroup, Subnet
from groundplan.resources.record import Record
from groundplan.resources.security import Key, Role
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class KubernetesCluster(Resource):
    """An EKS cluster. Access is by access entries only; nobody is an administrator because they created it."""

    title: ClassVar[str] = "EKS cluster"
    attributes: ClassVar[frozenset[str]] = frozenset(
        {"id", "arn", "endpoint", "certificate_authority", "cluster_security_group_id", "oidc_issuer"}
    )
    cluster_name: str
    version: str
    role: Ref[Role]
    subnets: tuple[Ref[Subnet], ...]
    security_groups: tuple[Ref[SecurityGroup], ...] = ()
    endpoint_private_access: bool = True
    endpoint_public_access: bool = False
    public_access_cidrs: tuple[str, ...] = ()
    log_types: tuple[str, ...] = ("api", "audit", "authenticator", "controllerManager", "scheduler")
    log_group: Ref[LogGroup] | None = None
    """Where EKS writes them: the name is prescribed, so it has to exist first to have a retention."""
    secrets_key: Ref[Key] | None = None
    """Envelope encryption of Kubernetes secrets."""
    support_type: Literal["STANDARD", "EXTENDED"] = "STANDARD"
    """``STANDARD``: AWS upgrades the cluster when the version's standard support ends, instead of charging more."""
    deletion_protection: bool = True


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NodeTaint(Record):
    """Keeps pods away that do not tolerate it."""

    key: str
    value: str | None = None
    effect: Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NodeLaunchTemplate(Resource):
    """How a node is started: encrypted volume, IMDSv2 out of the reach of pods."""

    title: ClassVar[str] = "launch template"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "latest_version"})
    launch_template_name: str
    volume_size: int
    """GiB of the root volume."""
    volume_encrypted: bool = True
    http_tokens: Literal["required", "optional"] = "required"
    http_put_response_hop_limit: int = 1
    """1: pods do not reach the node's role."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NodeGroup(Resource):
    """A managed node group. ``desired_size`` counts at creation only: the autoscaler owns it afterwards."""

    title: ClassVar[str] = "EKS node group"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "auto_scaling_group_name"})
    cluster: Ref[KubernetesCluster]
    nodegroup_name: str
    role: Ref[Role]
    subnets: tuple[Ref[Subnet], ...]
    instance_types: tuple[str, ...]
    capacity_type: Literal["ON_DEMAND", "SPOT"] = "ON_DEMAND"
    ami_type: Literal["AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD"] = "AL2023_x86_64_STANDARD"
    launch_template: Ref[NodeLaunchTemplate]
    min_size: int
    max_size: int
    desired_size: int
    max_unavailable_percentage: int = 33
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[NodeTaint, ...] = ()
    node_repair: bool = True
    """Whether EKS replaces nodes that it finds unhealthy."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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
    configuration: str | None = None
    """The add-on's settings as JSON."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PodIdentityAssociation(Resource):
    """Gives pods of a service account the rights of a role."""

    title: ClassVar[str] = "EKS pod identity association"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    cluster: Ref[KubernetesCluster]
    namespace: str
    service_account: str
    role: Ref[Role]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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
