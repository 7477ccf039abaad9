"""The EKS cluster of an environment, its nodes and the rights of its pods."""

from __future__ import annotations

from typing import Any

from tests.acceptance.personal_timeline.expected import ZONES, expected
from tests.acceptance.personal_timeline.network import group_of, subnets_of
from tests.acceptance.policies import allows
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System, Templates, TerraformRoot

from groundplan.catalog.engines import Support, kubernetes
from groundplan.resources import Architecture
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup
from groundplan.resources.values import Ref

MAIN = Ref(KubernetesCluster, "main")
LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
ADDONS = {
    "vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "aws-ebs-csi-driver", "aws-efs-csi-driver",
    "metrics-server",
}  # fmt: skip


def cluster_of(aws: Aws, system: System) -> dict[str, Any]:
    """The environment's cluster."""
    found: dict[str, Any] = aws.client("eks").describe_cluster(name=f"{expected(system).prefix}api-cluster")["cluster"]
    return found


def node_groups(aws: Aws, system: System) -> dict[str, dict[str, Any]]:
    """Its node groups by their name in the blueprint."""
    eks, cluster = aws.client("eks"), cluster_of(aws, system)["name"]
    found = {}
    for name in eks.list_nodegroups(clusterName=cluster)["nodegroups"]:
        group = eks.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
        found[name.removeprefix(expected(system).prefix)] = group
    return found


def documents_of(aws: Aws, role_arn: str) -> list[Any]:
    """The policies that stand in a role."""
    iam, name = aws.client("iam"), role_arn.rpartition("/")[2]
    return [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]


class Cluster:
    """Kubernetes as AWS runs it."""

    @requirement("PT-15", "PT-113", "PT-123", "PT-162", "PT-170")
    def test_cluster(self, aws: Aws, system: System) -> None:
        """C-32: a version in standard support, in which AWS keeps it."""
        cluster = cluster_of(aws, system)
        assert (cluster["version"], cluster["upgradePolicy"]["supportType"]) == ("1.35", "STANDARD")
        assert cluster["status"] == "ACTIVE"
        (logging,) = cluster["logging"]["clusterLogging"]
        assert (logging["types"], logging["enabled"]) == (LOGS, True)
        (encryption,) = cluster["encryptionConfig"]
        assert encryption["resources"] == ["secrets"]

    @requirement("PT-113")
    def test_version_is_in_standard_support(self, architecture: Architecture) -> None:
        """C-32: the demanded 1.28 can no longer be created; the catalog knows until when each is."""
        today = kubernetes.support_source.date
        assert kubernetes.find(architecture[MAIN].version).support(today) is Support.STANDARD
        assert kubernetes.find("1.28").problem()

    @requirement("PT-46")
    def test_nobody_reaches_the_api_from_the_internet(self, aws: Aws, system: System) -> None:
        cluster = cluster_of(aws, system)
        access = cluster["resourcesVpcConfig"]
        assert (access["endpointPublicAccess"], access["endpointPrivateAccess"]) == (False, True)
        assert cluster["accessConfig"] == {
            "bootstrapClusterCreatorAdminPermissions": False, "authenticationMode": "API",
        }  # fmt: skip
        assert group_of(aws, system, "cluster")["GroupId"] in access["securityGroupIds"]

    @requirement("PT-35", "PT-60", "PT-65", "PT-70")
    def test_control_plane_stands_in_all_zones(self, aws: Aws, system: System) -> None:
        """C-34: at least two, in development as well."""
        subnets = subnets_of(aws, system)
        own = {subnets[expected(system).cidr("private", zone)]["SubnetId"] for zone in ZONES}
        assert set(cluster_of(aws, system)["resourcesVpcConfig"]["subnetIds"]) == own

    @requirement("PT-11", "PT-17", "PT-40", "PT-114", "PT-162", "PT-170")
    def test_node_groups(self, aws: Aws, system: System) -> None:
        wanted = expected(system).nodes
        found = {
            name: (
                group["instanceTypes"], group["scalingConfig"]["minSize"], group["scalingConfig"]["desiredSize"],
                group["scalingConfig"]["maxSize"], group["capacityType"],
            )
            for name, group in node_groups(aws, system).items()
        }  # fmt: skip
        assert found == {
            name: ([nodes.instance], nodes.min, nodes.desired, nodes.max, "SPOT" if nodes.spot else "ON_DEMAND")
            for name, nodes in wanted.items()
        }
        assert all(nodes.min < nodes.max for nodes in wanted.values())

    @requirement("PT-35", "PT-60")
    def test_nodes_stand_in_their_zones(self, aws: Aws, system: System) -> None:
        subnets = subnets_of(aws, system)
        for name, group in node_groups(aws, system).items():
            zones = expected(system).nodes[name].zones
            ids = {subnets[expected(system).cidr("private", zone)]["SubnetId"] for zone in zones}
            assert set(group["subnets"]) == ids

    @requirement("PT-37", "PT-119")
    def test_nodes_are_found_by_the_autoscaler_and_repaired(self, aws: Aws, system: System) -> None:
        cluster = cluster_of(aws, system)["name"]
        for group in node_groups(aws, system).values():
            assert group["tags"]["k8s.io/cluster-autoscaler/enabled"] == "true"
            assert group["tags"][f"k8s.io/cluster-autoscaler/{cluster}"] == "owned"
            assert group["nodeRepairConfig"]["enabled"] is True

    @requirement("PT-11", "PT-116", "PT-123")
    def test_both_engines_write_the_same(
        self, templates: Templates, terraform: TerraformRoot, architecture: Architecture, system: System
    ) -> None:
        """C-33: the sizes of the environment's own table, not those of the general list."""
        planned = terraform.of(MAIN)
        assert templates.properties(MAIN)["Version"] == planned["version"] == "1.35"
        assert sorted(planned["enabled_cluster_log_types"]) == LOGS
        for group in architecture.of(NodeGroup):
            if group.region is not None:
                continue
            nodes = expected(system).nodes[group.name]
            written = templates.properties(group.ref)
            assert written["InstanceTypes"] == terraform.of(group.ref)["instance_types"] == [nodes.instance]
            assert str(written["ScalingConfig"]["MaxSize"]) == str(nodes.max)

    @requirement("PT-22", "PT-124")
    def test_addons(self, aws: Aws, system: System) -> None:
        eks, cluster = aws.client("eks"), cluster_of(aws, system)["name"]
        assert set(eks.list_addons(clusterName=cluster)["addons"]) >= ADDONS

    @requirement("PT-27", "PT-124", "PT-161")
    def test_pods_have_roles_of_their_own(self, aws: Aws, system: System) -> None:
        """Pod identity: each service has exactly the rights of what it needs."""
        eks, cluster = aws.client("eks"), cluster_of(aws, system)["name"]
        found = {}
        for item in eks.list_pod_identity_associations(clusterName=cluster)["associations"]:
            association = eks.describe_pod_identity_association(
                clusterName=cluster, associationId=item["associationId"]
            )["association"]
            found[association["serviceAccount"]] = association["roleArn"]
        assert set(found) >= {"api", "processor", "thumbnails", "aws-load-balancer-controller", "cluster-autoscaler"}
        assert len(set(found.values())) == len(found)
        media = f"arn:aws:s3:::{expected(system).prefix}media/photo.jpg"
        backups = f"arn:aws:s3:::{expected(system).prefix}backups/dump"
        for service in ("api", "processor", "thumbnails"):
            rights = documents_of(aws, found[service])
            assert allows(rights, "s3:PutObject", media)
            assert not allows(rights, "s3:PutObject", backups)
            assert not allows(rights, "s3:DeleteBucket", media)
        trust = aws.client("iam").get_role(RoleName=found["api"].rpartition("/")[2])["Role"]
        (statement,) = trust["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
