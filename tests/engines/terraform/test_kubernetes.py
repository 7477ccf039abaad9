"""An EKS cluster and shared files before the real Terraform core."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.design.blueprints import designed
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform import Options, Rendering, render, write

BLUEPRINT = """
    project: shop
    region: eu-west-1
    platform: eks
    kubernetes:
      allow: [203.0.113.0/24]
      admins: ["arn:aws:iam::123456789012:role/ops"]
      viewers: ["arn:aws:iam::123456789012:role/developers"]
      insights: true
      nodes:
        general: {instances: [t3.large], desired: 6, min: 3, max: 12}
        batch: {instances: [c7g.large, m7g.large], spot: true, desired: 0, min: 0, taints: ["spot=yes:NoSchedule"]}
    alarms: {}
    services:
      api:
        image: {repository: api, tag: '1'}
        port: 8080
        public: {tls: false}
        needs: [main, {media: read}]
        secrets: {JWT_KEY: jwt}
        tracing: true
        volumes: {uploads: {path: /uploads, size: 5 GB, shared: true}}
    jobs: {night: {image: {repository: api, tag: '1'}, schedule: rate(1 day)}}
    databases: {main: {engine: postgres 16, class: db.t4g.micro}}
    buckets: {media: {}}
    backup: {}
    """


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    return render(designed(BLUEPRINT), Options(state_bucket="shop-state"))


def test_it_is_planned_as_written_and_planned_again_it_is_empty(rendering: Rendering, tmp_path: Path) -> None:
    assert rendering.unsupported == ()
    write(rendering, tmp_path / "shop")
    core = TerraformCore(tmp_path / "workspace")
    core.fmt_check(tmp_path / "shop")
    planned = core.show(core.plan(tmp_path / "shop"))
    core.validate(tmp_path / "shop")
    cluster = planned["aws_eks_cluster.main"]
    (access,) = cluster["access_config"]
    assert (access["authentication_mode"], access["bootstrap_cluster_creator_admin_permissions"]) == ("API", False)
    (network,) = cluster["vpc_config"]
    assert (network["endpoint_private_access"], network["public_access_cidrs"]) == (True, ["203.0.113.0/24"])
    assert cluster["upgrade_policy"] == [{"support_type": "STANDARD"}]
    assert (cluster["deletion_protection"], cluster["bootstrap_self_managed_addons"]) == (True, False)
    general, batch = planned["aws_eks_node_group.general"], planned["aws_eks_node_group.batch"]
    assert general["scaling_config"] == [{"desired_size": 6, "max_size": 12, "min_size": 3}]
    assert (batch["capacity_type"], batch["ami_type"]) == ("SPOT", "AL2023_ARM_64_STANDARD")
    assert batch["taint"] == [{"effect": "NO_SCHEDULE", "key": "spot", "value": "yes"}]
    (metadata,) = planned["aws_launch_template.general"]["metadata_options"]
    assert (metadata["http_tokens"], metadata["http_put_response_hop_limit"]) == ("required", 1)
    assert planned["aws_eks_access_policy_association.viewer_123456789012_developers"]["access_scope"] == [
        {"namespaces": ["shop"], "type": "namespace"}
    ]
    assert planned["aws_efs_backup_policy.api_uploads"]["backup_policy"] == [{"status": "DISABLED"}]
    assert planned["aws_eks_pod_identity_association.api"]["service_account"] == "api"
    core.apply(tmp_path / "shop")
    core.second_plan_is_empty(tmp_path / "shop")


def test_terraform_leaves_the_number_of_nodes_alone(rendering: Rendering) -> None:
    group = rendering.files["eks.tf"].partition('resource "aws_eks_node_group" "general"')[2].partition("\n}\n")[0]
    assert "ignore_changes = [scaling_config[0].desired_size]" in group


def test_nodes_wait_for_rights_ways_and_their_network(rendering: Rendering) -> None:
    group = rendering.files["eks.tf"].partition('resource "aws_eks_node_group" "general"')[2].partition("\n}\n")[0]
    for address in (
        "aws_eks_addon.vpc_cni",
        "aws_iam_role_policy_attachment.kubernetes_nodes",
        "aws_route.private_internet_a",
        "aws_route_table_association.private_a",
    ):
        assert f"    {address},\n" in group
