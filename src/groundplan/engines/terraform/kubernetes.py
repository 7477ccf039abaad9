"""Amazon EKS in Terraform: cluster, node groups, add-ons, pod identities, access entries."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.compute import disk_and_metadata
from groundplan.engines.terraform.containers import routes
from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Block, Expression
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.security import after_policies
from groundplan.resources.kubernetes import (
    AccessEntry,
    ClusterAddon,
    KubernetesCluster,
    NodeGroup,
    NodeLaunchTemplate,
    PodIdentityAssociation,
)

FILE = "eks.tf"


def _cluster(cluster: KubernetesCluster, _: Context) -> dict[str, object]:
    return {
        "role_arn": cluster.role.arn,
        "enabled_cluster_log_types": list(cluster.log_types),
        # Add-ons stand below, each on its own; what EKS would install unasked would be in their way.
        "bootstrap_self_managed_addons": False,
    }


def _cluster_blocks(cluster: KubernetesCluster, context: Context) -> Iterator[Block]:
    yield context.block(
        "access_config",
        {"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
    )
    yield context.block(
        "vpc_config",
        {
            "subnet_ids": [context.refer(subnet) for subnet in cluster.subnets],
            "security_group_ids": [context.refer(group) for group in cluster.security_groups],
            "endpoint_private_access": cluster.endpoint_private_access,
            "endpoint_public_access": cluster.endpoint_public_access,
            "public_access_cidrs": list(cluster.public_access_cidrs),
        },
    )
    if cluster.secrets_key:
        yield context.block(
            "encryption_config",
            {"resources": ["secrets"]},
            context.block("provider", {"key_arn": cluster.secrets_key.arn}),
        )
    yield context.block("upgrade_policy", {"support_type": cluster.support_type})


def _after_cluster_rights(cluster: KubernetesCluster, context: Context) -> Iterator[str]:
    yield from after_policies((cluster.role,), context)


def _launch_template(template: NodeLaunchTemplate, context: Context) -> dict[str, object]:
    return {
        "vpc_security_group_ids": [context.refer(group) for group in template.security_groups],
        "update_default_version": True,
    }


def _launch_template_blocks(template: NodeLaunchTemplate, context: Context) -> Iterator[Block]:
    yield from disk_and_metadata(template, context)
    # The provider's default tags do not reach what a template starts, and tags of a node group do not reach its nodes.
    tags = {**context.architecture.tags, **template.tags}
    if tags:
        for started in ("instance", "volume"):
            yield context.block("tag_specifications", {"resource_type": started, "tags": tags})


def _node_group(group: NodeGroup, context: Context) -> dict[str, object]:
    return {
        "cluster_name": group.cluster.attribute("id"),
        "node_role_arn": group.role.arn,
        "subnet_ids": [context.refer(subnet) for subnet in group.subnets],
        "instance_types": list(group.instance_types),
    }


def _node_group_blocks(group: NodeGroup, context: Context) -> Iterator[Block]:
    template = group.launch_template
    yield context.block(
        "launch_template",
        {"id": template.attribute("id"), "version": context.string(template.attribute("latest_version"))},
    )
    yield context.block(
        "scaling_config",
        {"min_size": group.min_size, "max_size": group.max_size, "desired_size": group.desired_size},
    )
    yield context.block("update_config", {"max_unavailable_percentage": group.max_unavailable_percentage})
    if group.node_repair:
        yield context.block("node_repair_config", {"enabled": True})
    for taint in group.taints:
        yield context.block("taint", {"key": taint.key, "value": taint.value, "effect": taint.effect})


def _before_nodes(group: NodeGroup, context: Context) -> Iterator[str]:
    """A node joins with its rights, by a way that leads to the registry."""
    yield from after_policies((group.role,), context)
    for subnet in group.subnets:
        yield from routes(subnet, context)


def _addon(addon: ClusterAddon, _: Context) -> dict[str, object]:
    return {
        "cluster_name": addon.cluster.attribute("id"),
        # Nothing else installs it, and what a person changed by hand comes back to what is written.
        "resolve_conflicts_on_create": "OVERWRITE",
        "resolve_conflicts_on_update": "OVERWRITE",
    }


def _addon_blocks(addon: ClusterAddon, context: Context) -> Iterator[Block]:
    if addon.role and addon.service_account:
        yield context.block(
            "pod_identity_association", {"service_account": addon.service_account, "role_arn": addon.role.arn}
        )


def _after_addon_rights(addon: ClusterAddon, context: Context) -> Iterator[str]:
    yield from after_policies((addon.role,) if addon.role else (), context)


def _identity(identity: PodIdentityAssociation, _: Context) -> dict[str, object]:
    return {"cluster_name": identity.cluster.attribute("id"), "role_arn": identity.role.arn}


def _entry(entry: AccessEntry, _: Context) -> dict[str, object]:
    return {"cluster_name": entry.cluster.attribute("id")}


def _access_policy(entry: AccessEntry, context: Context) -> Iterator[Block]:
    own = context.address(entry.ref)
    values = {
        "cluster_name": Expression(f"{own}.cluster_name"),
        "principal_arn": Expression(f"{own}.principal_arn"),
        "policy_arn": entry.policy_arn,
    }
    inside = {"type": "namespace" if entry.namespaces else "cluster", "namespaces": list(entry.namespaces)}
    yield context.resource(
        "aws_eks_access_policy_association",
        label(entry.ref),
        *context.arguments(values),
        context.block("access_scope", inside),
    )


def _owned_by_others(group: NodeGroup) -> tuple[str, ...]:
    least = ("scaling_config[0].min_size",) if group.scheduled else ()
    return ("scaling_config[0].desired_size", *least)


ROWS = (
    Row(
        KubernetesCluster,
        "aws_eks_cluster",
        FILE,
        attributes={
            "id": "name",
            "arn": "arn",
            "endpoint": "endpoint",
            "certificate_authority": "certificate_authority[0].data",
            "cluster_security_group_id": "vpc_config[0].cluster_security_group_id",
            "oidc_issuer": "identity[0].oidc[0].issuer",
        },
        rename={"cluster_name": "name"},
        arguments=_cluster,
        blocks=_cluster_blocks,
        written=frozenset(
            {
                "role", "subnets", "security_groups", "endpoint_private_access", "endpoint_public_access",
                "public_access_cidrs", "log_types", "secrets_key", "support_type",
            }
        ),
        waits_for=_after_cluster_rights,
    ),
    Row(
        ClusterAddon,
        "aws_eks_addon",
        FILE,
        attributes={"id": "id", "arn": "arn"},
        rename={"configuration": "configuration_values"},
        first=("cluster_name", "addon_name", "addon_version"),
        arguments=_addon,
        blocks=_addon_blocks,
        written=frozenset({"cluster", "service_account", "role"}),
        waits_for=_after_addon_rights,
        section=1,
    ),
    Row(
        NodeLaunchTemplate,
        "aws_launch_template",
        FILE,
        attributes={"id": "id", "latest_version": "latest_version"},
        numbers=frozenset({"latest_version"}),
        rename={"launch_template_name": "name"},
        arguments=_launch_template,
        blocks=_launch_template_blocks,
        written=frozenset(
            {
                "security_groups", "root_device_name", "volume_size", "volume_type", "volume_encrypted", "http_tokens",
                "http_put_response_hop_limit",
            }
        ),
        section=2,
    ),
    Row(
        NodeGroup,
        "aws_eks_node_group",
        FILE,
        attributes={"id": "id", "arn": "arn"},
        rename={"nodegroup_name": "node_group_name"},
        first=("cluster_name", "node_group_name", "version"),
        arguments=_node_group,
        blocks=_node_group_blocks,
        written=frozenset(
            {
                "cluster", "role", "subnets", "instance_types", "launch_template", "min_size", "max_size",
                "desired_size", "scheduled", "max_unavailable_percentage", "taints", "node_repair",
            }
        ),
        ignore_changes=_owned_by_others,
        ignored_because="The Cluster Autoscaler, or a person, changes the number of nodes.",
        waits_for=_before_nodes,
        section=3,
    ),
    Row(
        PodIdentityAssociation,
        "aws_eks_pod_identity_association",
        FILE,
        attributes={"id": "association_id", "arn": "association_arn"},
        first=("cluster_name",),
        arguments=_identity,
        written=frozenset({"cluster", "role"}),
        section=4,
    ),
    Row(
        AccessEntry,
        "aws_eks_access_entry",
        FILE,
        attributes={"id": "id", "arn": "access_entry_arn"},
        first=("cluster_name",),
        arguments=_entry,
        beside=_access_policy,
        written=frozenset({"cluster", "policy_arn", "namespaces"}),
        section=5,
    ),
)  # fmt: skip
