"""Amazon EKS in CloudFormation: cluster, node groups, add-ons, pod identities, access entries."""

from __future__ import annotations

from groundplan.engines.cloudformation.compute import disk_and_metadata, tagged_template
from groundplan.engines.cloudformation.rows import RETURNED, AtCreationOnly, Row, key_values, present
from groundplan.resources import Architecture
from groundplan.resources.kubernetes import (
    AccessEntry,
    ClusterAddon,
    KubernetesCluster,
    NodeGroup,
    NodeLaunchTemplate,
    PodIdentityAssociation,
)


def _cluster(cluster: KubernetesCluster, _: Architecture) -> dict[str, object]:
    return present(
        RoleArn=cluster.role.arn,
        ResourcesVpcConfig=present(
            SubnetIds=cluster.subnets,
            SecurityGroupIds=cluster.security_groups or None,
            EndpointPrivateAccess=cluster.endpoint_private_access,
            EndpointPublicAccess=cluster.endpoint_public_access,
            PublicAccessCidrs=[str(cidr) for cidr in cluster.public_access_cidrs] or None,
        ),
        AccessConfig={"AuthenticationMode": "API", "BootstrapClusterCreatorAdminPermissions": False},
        Logging={"ClusterLogging": {"EnabledTypes": [{"Type": name} for name in cluster.log_types]}}
        if cluster.log_types
        else None,
        EncryptionConfig=[{"Provider": {"KeyArn": cluster.secrets_key.arn}, "Resources": ["secrets"]}]
        if cluster.secrets_key
        else None,
        UpgradePolicy={"SupportType": cluster.support_type},
    )


def _launch_template(template: NodeLaunchTemplate, architecture: Architecture) -> dict[str, object]:
    tags = key_values({**architecture.tags, **template.tags})
    return {
        "LaunchTemplateData": {
            "SecurityGroupIds": template.security_groups,
            **disk_and_metadata(template),
            # Tags of a node group do not reach its nodes.
            "TagSpecifications": [{"ResourceType": started, "Tags": tags} for started in ("instance", "volume")],
        }
    }


def _node_group(group: NodeGroup, _: Architecture) -> dict[str, object]:
    template = group.launch_template
    return present(
        ClusterName=group.cluster,
        NodeRole=group.role.arn,
        Subnets=group.subnets,
        LaunchTemplate={"Id": template, "Version": template.attribute("latest_version")},
        # The Cluster Autoscaler owns the number of nodes; an update would set it back.
        ScalingConfig={
            "MinSize": AtCreationOnly(group.min_size) if group.scheduled else group.min_size,
            "MaxSize": group.max_size,
            "DesiredSize": AtCreationOnly(group.desired_size),
        },
        UpdateConfig={"MaxUnavailablePercentage": group.max_unavailable_percentage},
        NodeRepairConfig={"Enabled": True} if group.node_repair else None,
        Taints=[present(Key=item.key, Value=item.value, Effect=item.effect) for item in group.taints] or None,
    )


def _addon(addon: ClusterAddon, _: Architecture) -> dict[str, object]:
    identity = None
    if addon.role and addon.service_account:
        identity = [{"ServiceAccount": addon.service_account, "RoleArn": addon.role.arn}]
    return present(ClusterName=addon.cluster, PodIdentityAssociations=identity)


def _identity(identity: PodIdentityAssociation, _: Architecture) -> dict[str, object]:
    return {"ClusterName": identity.cluster, "RoleArn": identity.role.arn}


def _entry(entry: AccessEntry, _: Architecture) -> dict[str, object]:
    inside = {"Type": "namespace", "Namespaces": list(entry.namespaces)} if entry.namespaces else {"Type": "cluster"}
    return {
        "ClusterName": entry.cluster,
        "AccessPolicies": [{"PolicyArn": entry.policy_arn, "AccessScope": inside}],
    }


ROWS = (
    Row(
        KubernetesCluster,
        "AWS::EKS::Cluster",
        attributes={
            "id": RETURNED,
            "arn": "Arn",
            "endpoint": "Endpoint",
            "certificate_authority": "CertificateAuthorityData",
            "cluster_security_group_id": "ClusterSecurityGroupId",
            "oidc_issuer": "OpenIdConnectIssuerUrl",
        },
        rename={"cluster_name": "Name"},
        # Add-ons are resources of their own; what EKS would install unasked would be in their way.
        fixed={"BootstrapSelfManagedAddons": False},
        write=_cluster,
        written=frozenset(
            {
                "role", "subnets", "security_groups", "endpoint_private_access", "endpoint_public_access",
                "public_access_cidrs", "log_types", "secrets_key", "support_type",
            }
        ),
    ),
    Row(
        ClusterAddon,
        "AWS::EKS::Addon",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"configuration": "ConfigurationValues"},
        # Nothing else installs it, and what a person changed by hand comes back to what is written.
        fixed={"ResolveConflicts": "OVERWRITE"},
        write=_addon,
        written=frozenset({"cluster", "service_account", "role"}),
    ),
    Row(
        NodeLaunchTemplate,
        "AWS::EC2::LaunchTemplate",
        attributes={"id": RETURNED, "latest_version": "LatestVersionNumber"},
        write=_launch_template,
        written=frozenset(
            {
                "security_groups", "root_device_name", "volume_size", "volume_type", "volume_encrypted", "http_tokens",
                "http_put_response_hop_limit",
            }
        ),
        tag_property="TagSpecifications",
        tag_form=tagged_template,
    ),
    Row(
        NodeGroup,
        "AWS::EKS::Nodegroup",
        attributes={"id": RETURNED, "arn": "Arn"},
        write=_node_group,
        written=frozenset(
            {
                "cluster", "role", "subnets", "launch_template", "min_size", "max_size", "desired_size", "scheduled",
                "max_unavailable_percentage", "taints", "node_repair",
            }
        ),
        tag_form="map",
    ),
    Row(
        PodIdentityAssociation,
        "AWS::EKS::PodIdentityAssociation",
        attributes={"id": RETURNED, "arn": "AssociationArn"},
        write=_identity,
        written=frozenset({"cluster", "role"}),
    ),
    Row(
        AccessEntry,
        "AWS::EKS::AccessEntry",
        attributes={"id": RETURNED, "arn": "AccessEntryArn"},
        write=_entry,
        written=frozenset({"cluster", "policy_arn", "namespaces"}),
    ),
)  # fmt: skip
