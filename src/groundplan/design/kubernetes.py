"""The EKS cluster: control plane, add-ons, node groups, and who gets in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from groundplan.blueprint.kubernetes import NodeGroup as NodeGroupSpec
from groundplan.catalog import engines, instances, prices
from groundplan.catalog import kubernetes as catalog
from groundplan.catalog.engines import Support
from groundplan.catalog.instances import Instance
from groundplan.design.access import add_role
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import kubernetes_key, same_account
from groundplan.design.logs import add_log_group
from groundplan.design.networking import subnets_of
from groundplan.design.security_groups import CLUSTER as GROUP
from groundplan.design.security_groups import add_group, allow_range, allow_within
from groundplan.resources.base import Resource
from groundplan.resources.kubernetes import (
    AccessEntry,
    ClusterAddon,
    KubernetesCluster,
    NodeGroup,
    NodeLaunchTemplate,
    NodeTaint,
)
from groundplan.resources.network import ANYWHERE, Subnet
from groundplan.resources.policies import Condition, PolicyDocument, Statement, pod_trust, service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Json, JsonDocument, Pseudo, Ref, Textual, text
from groundplan.resources.workloads import viewers

CLUSTER = Ref(KubernetesCluster, "main")
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore")
"""What a node may do: join, pull images, and open sessions of Systems Manager. What the network add-on may do stands in
a role of its own.
Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html"""
AUTOSCALER_TAG = "k8s.io/cluster-autoscaler"
"""EKS tags the Auto Scaling groups of managed node groups so, for the Cluster Autoscaler to find them.
Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html"""
VOLUME_DRIVER = "aws-ebs-csi-driver"
"""The add-on that makes volumes. The tags that it gives them are its setting ``controller.extraVolumeTags``.
Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md"""
NODE_LABEL = "node-group"
"""The label that nodes carry the name of their group in, as the blueprint says it."""
HOURS = 730


def namespace(draft: Draft) -> str:
    """The namespace that services and jobs run in: the project's name as Kubernetes takes it."""
    return draft.blueprint.project.replace("_", "-")


def cluster_name(draft: Draft) -> str:
    """What the cluster is called."""
    name = draft.blueprint.kubernetes.name
    return draft.called("eks_cluster", name or "cluster", "kubernetes.name" if name else "project")


def trust(draft: Draft) -> PolicyDocument:
    """Lets pods of this cluster assume a role, and of no other cluster or account.

    The ARN is put together: a role comes before its cluster where the cluster's add-ons need it.
    """
    ours = text(
        "arn:", Pseudo.PARTITION, ":eks:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":cluster/{cluster_name(draft)}"
    )
    return pod_trust(same_account(), Condition(operator="ArnEquals", key="aws:SourceArn", values=(ours,)))


def add_kubernetes(draft: Draft) -> None:
    """The cluster with everything that EKS itself runs."""
    _check_version(draft)
    _add_cluster_group(draft)
    _add_control_plane(draft)
    groups = list(_node_groups(draft))
    early = tuple(_add_addon(draft, addon) for addon in _addons(draft) if addon.before_nodes)
    for name, spec, machines in groups:
        _add_node_group(draft, name, spec, machines, after=early)
    nodes = tuple(Ref(NodeGroup, identifier(name)) for name, spec, _ in groups if not spec.taints)
    for addon in _addons(draft):
        if not addon.before_nodes:
            _add_addon(draft, addon, after=nodes)
    _add_access(draft)


def _check_version(draft: Draft) -> None:
    """Report a version that EKS does not create, and one that costs more, on the day of the catalog.

    The catalog's day and not today's: the same blueprint and the same catalog make the same architecture. What has
    ended since then is for the checks to say.
    """
    asked, place = draft.blueprint.kubernetes, "kubernetes.version"
    version = engines.kubernetes.find(asked.version)
    problem = version.problem()
    if problem:
        draft.problem(place, problem)
        return
    if asked.extended or version.support(version.source.date) is not Support.EXTENDED:
        return
    standard = [
        each
        for each in engines.kubernetes.creatable()
        if engines.kubernetes.find(each).support(version.source.date) is Support.STANDARD
    ]
    price = prices.price("eks.cluster_extended_support.hour", draft.blueprint.region)
    costs = f" and costs {price.usd} instead of 0.10 USD an hour, {price.usd * HOURS:.0f} USD a month" if price else ""
    draft.problem(
        place,
        f"standard support of Kubernetes {asked.version} ended on {version.standard_support_ends}; it is in extended "
        f"support until {version.extended_support_ends}{costs}; choose {', '.join(standard)}, or write extended: true",
    )


def _add_cluster_group(draft: Draft) -> None:
    """One group for control plane, nodes and pods, made here and not by EKS: what it lets out is known and written."""
    add_group(draft, GROUP.name, "EKS cluster: control plane, nodes and pods", "project")
    allow_within(draft, GROUP, "Control plane, nodes and pods among each other; network policies tell pods apart")
    allow_range(draft, GROUP, "egress", 443, ANYWHERE, "HTTPS to AWS APIs and the internet")


def _add_control_plane(draft: Draft) -> None:
    spec, name = draft.blueprint.kubernetes, cluster_name(draft)
    logs = add_log_group(
        draft,
        "kubernetes",
        "cluster",
        spec.logs.days,
        "services",
        "kubernetes.logs",
        full_name=f"/aws/eks/{name}/cluster",
    )
    draft.add(
        KubernetesCluster(
            name="main",
            concern="services",
            cluster_name=name,
            version=spec.version,
            role=_add_cluster_role(draft),
            subnets=subnets_of(draft, "private"),
            security_groups=(GROUP,),
            endpoint_private_access=True,
            endpoint_public_access=bool(spec.allow),
            public_access_cidrs=tuple(spec.allow),
            secrets_key=kubernetes_key(draft),
            support_type="EXTENDED" if spec.extended else "STANDARD",
            deletion_protection=draft.blueprint.profile == "production",
            depends_on=(logs,),
            tags=draft.name_tag("cluster"),
        )
    )
    draft.output("cluster", "Name of the EKS cluster", CLUSTER.attribute("id"))
    draft.output("cluster_endpoint", "Address of the Kubernetes API", CLUSTER.attribute("endpoint"))


def _add_cluster_role(draft: Draft) -> Ref[Role]:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html"""
    key = kubernetes_key(draft)
    actions = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants")
    return add_role(
        draft,
        "kubernetes_cluster",
        "cluster",
        "What the control plane of Kubernetes may do",
        (Statement(sid="EncryptSecrets", actions=actions, resources=(key.arn,)),) if key else (),
        service_trust("eks.amazonaws.com", conditions=(same_account(),)),
        managed=("AmazonEKSClusterPolicy",),
        path="platform",
    )


def _addons(draft: Draft) -> Iterator[catalog.Addon]:
    """The add-ons that this cluster has, in order."""
    blueprint = draft.blueprint
    shared = any(volume.shared for service in blueprint.services.values() for volume in service.volumes.values())
    wanted = {"always": True, "shared volumes": shared, "insights": blueprint.kubernetes.insights}
    yield from (addon for addon in catalog.addons().values() if wanted[addon.when])


def volumes_are_backed_up(draft: Draft) -> bool:
    """Whether AWS Backup takes the volumes of single pods. It finds them by tags, which the driver of EBS volumes gives
    them: what the cluster makes by itself has no name beforehand."""
    volumes = (volume for service in draft.blueprint.services.values() for volume in service.volumes.values())
    asked = draft.blueprint.backup is not None and draft.blueprint.platform == "eks"
    return asked and any(not volume.shared for volume in volumes)


def _add_addon(draft: Draft, addon: catalog.Addon, after: tuple[Ref[Resource], ...] = ()) -> Ref[ClusterAddon]:
    """An add-on with the rights of its service account. EKS chooses the version that it tests with the cluster's."""
    role = None
    if addon.service_account:
        role = add_role(
            draft, identifier(addon.name), addon.role, f"What {addon.name} may do", (), trust(draft),
            managed=addon.policies, path="platform",
        )  # fmt: skip
    settings: Mapping[str, Json] = addon.configuration
    if addon.name == VOLUME_DRIVER and volumes_are_backed_up(draft):
        settings = {**settings, "controller": {"extraVolumeTags": draft.marks}}
    return draft.add(
        ClusterAddon(
            name=identifier(addon.name),
            concern="services",
            cluster=CLUSTER,
            addon_name=addon.name,
            service_account=addon.service_account,
            role=role,
            configuration=JsonDocument(settings) if settings else None,
            depends_on=after,
            tags=draft.name_tag(addon.name),
        )
    )


def _node_groups(draft: Draft) -> Iterator[tuple[str, NodeGroupSpec, list[Instance]]]:
    """The node groups whose instance types exist and have one processor architecture. Reports the others."""
    for name, spec in draft.blueprint.kubernetes.nodes.items():
        place, machines = f"kubernetes.nodes.{name}.instances", list[Instance]()
        for asked in spec.instances:
            found = instances.ec2_types().get(asked)
            if found is None:
                draft.problem(place, f'EC2 has no instance type "{asked}"{instances.suggest(asked)}')
            else:
                machines.append(found)
        kinds = {machine.architecture or "x86_64": machine.name for machine in reversed(machines)}
        if len(kinds) > 1:
            listed = " and ".join(f"{called} ({kind})" for kind, called in sorted(kinds.items()))
            draft.problem(
                place, f"{listed} have different processors, and a group runs one image; make a group of each"
            )
        elif len(machines) == len(spec.instances):
            yield name, spec, machines


def _add_node_group(
    draft: Draft, name: str, spec: NodeGroupSpec, machines: list[Instance], after: tuple[Ref[Resource], ...]
) -> None:
    ident, place = identifier(name), f"kubernetes.nodes.{name}"
    zones = spec.zones or draft.blueprint.network.zones
    template = draft.add(
        NodeLaunchTemplate(
            name=ident,
            concern="services",
            launch_template_name=draft.called("launch_template", f"{name}-nodes", place),
            security_groups=(GROUP,),
            volume_size=spec.volume.gib,
            tags=draft.name_tag(f"{name}-node"),
        )
    )
    owned = {f"{AUTOSCALER_TAG}/enabled": "true", f"{AUTOSCALER_TAG}/{cluster_name(draft)}": "owned"}
    draft.add(
        NodeGroup(
            name=ident,
            concern="services",
            cluster=CLUSTER,
            nodegroup_name=draft.called("eks_node_group", name, place),
            version=draft.blueprint.kubernetes.version,
            role=_node_role(draft),
            subnets=tuple(Ref(Subnet, "private", zone) for zone in draft.blueprint.network.zones if zone in zones),
            instance_types=tuple(spec.instances),
            capacity_type="SPOT" if spec.spot else "ON_DEMAND",
            ami_type="AL2023_ARM_64_STANDARD" if machines[0].architecture == "arm64" else "AL2023_x86_64_STANDARD",
            launch_template=template,
            min_size=spec.min,
            max_size=spec.max,
            desired_size=spec.desired,
            labels={NODE_LABEL: name},
            taints=tuple(_taint(written) for written in spec.taints),
            depends_on=after,
            tags={**draft.name_tag(name), **(owned if draft.blueprint.kubernetes.autoscaler else {})},
        )
    )


def _node_role(draft: Draft) -> Ref[Role]:
    """The role of all nodes. Pods cannot take it: its credentials are one hop further than they reach."""
    role = Ref(Role, "kubernetes_nodes")
    if role not in draft.refs:
        add_role(
            draft,
            role.name,
            "nodes",
            "Lets nodes join the cluster, pull images and open sessions of Systems Manager",
            (),
            service_trust("ec2.amazonaws.com"),
            managed=NODE_POLICIES,
            path="kubernetes.nodes",
        )
    return role


def _taint(written: str) -> NodeTaint:
    pair, _, effect = written.rpartition(":")
    key, _, value = pair.partition("=")
    match effect:
        case "NoSchedule":
            return NodeTaint(key=key, value=value or None, effect="NO_SCHEDULE")
        case "PreferNoSchedule":
            return NodeTaint(key=key, value=value or None, effect="PREFER_NO_SCHEDULE")
    return NodeTaint(key=key, value=value or None, effect="NO_EXECUTE")


def _add_access(draft: Draft) -> None:
    """Who may use the Kubernetes API, and how far.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
    """
    spec = draft.blueprint.kubernetes
    ours = namespace(draft)
    for principals, policy, inside, groups, kind in (
        (spec.admins, "AmazonEKSClusterAdminPolicy", (), (), "admin"),
        # The policy knows Kubernetes' own kinds; the group may look at those of the charts as well.
        (spec.viewers, "AmazonEKSViewPolicy", (ours,), (viewers(ours),), "viewer"),
    ):
        for principal in principals:
            draft.add(
                AccessEntry(
                    name=f"{kind}_{_principal_name(principal)}",
                    concern="services",
                    cluster=CLUSTER,
                    principal_arn=principal,
                    policy_arn=_access_policy(policy),
                    namespaces=inside,
                    kubernetes_groups=groups,
                    tags=draft.name_tag(f"{kind}-{_principal_name(principal).replace('_', '-')}"),
                )
            )


def _access_policy(name: str) -> Textual:
    return text("arn:", Pseudo.PARTITION, f":eks::aws:cluster-access-policy/{name}")


def _principal_name(arn: str) -> str:
    """``111122223333_ops`` of ``arn:aws:iam::111122223333:role/team/ops``: other accounts may have the same name."""
    *_, account, path = arn.split(":", 5)
    return re.sub(r"[^a-z0-9]+", "_", f"{account}_{path.rpartition('/')[2]}".lower()).strip("_")
