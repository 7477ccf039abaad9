"""Clusters, nodes and shared files: for each rule a fault that it finds and a neighbour that it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from tests.checks.planting import Bad, Good, change, identify, together
from tests.design.blueprints import designed

from groundplan.checks import run
from groundplan.resources import Architecture
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import BackupSelection
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup, NodeLaunchTemplate, NodeTaint
from groundplan.resources.network import ANYWHERE, Subnet
from groundplan.resources.security import Key
from groundplan.resources.values import Ref

CLUSTER = "kubernetes_cluster.pods"
GENERAL = "node_group.general"
ZONE_A = (Ref(Subnet, "private", "a"),)
ZONES = (*ZONE_A, Ref(Subnet, "private", "b"))
LOGS_KEY = Ref(Key, "logs")
OFFICE = IPv4Network("203.0.113.0/24")
TAINT = NodeTaint(key="spot", effect="NO_SCHEDULE")


def with_a_standby(architecture: Architecture) -> Architecture:
    """The same with an empty standby."""
    return replace(architecture, standby=replace(architecture, region="us-west-2", resources=()))


BAD = (
    Bad(
        "GP-SEC-063",
        change(KubernetesCluster, "pods", public_access_cidrs=(OFFICE, ANYWHERE)),
        CLUSTER,
        ("0.0.0.0/0", "addresses of your own"),
    ),
    Bad("GP-SEC-063", change(KubernetesCluster, "pods", public_access_cidrs=()), CLUSTER, ("0.0.0.0/0",)),
    Bad("GP-SEC-064", change(KubernetesCluster, "pods", secrets_key=None), CLUSTER, ("no secrets_key",)),
    Bad("GP-SEC-065", change(KubernetesCluster, "pods", log_types=("api",)), CLUSTER, ("audit and authenticator",)),
    Bad("GP-SEC-066", change(FileSystem, "shared", encrypted=False), "file_system.shared", ("true is right",)),
    Bad(
        "GP-SEC-041",
        change(NodeLaunchTemplate, "nodes", http_put_response_hop_limit=2),
        "node_launch_template.nodes",
        ("limit 2", "1 is right"),
    ),
    Bad(
        "GP-SEC-042",
        change(NodeLaunchTemplate, "nodes", volume_encrypted=False),
        "node_launch_template.nodes",
        ("true is right",),
    ),
    Bad("GP-REL-041", change(NodeGroup, "general", subnets=ZONE_A), GENERAL, ("ap-south-1a", "two zones or more")),
    Bad(
        "GP-REL-042",
        change(NodeGroup, "general", capacity_type="SPOT"),
        CLUSTER,
        ("sample-production-general", "ON_DEMAND is right"),
    ),
    Bad("GP-REL-043", change(KubernetesCluster, "pods", deletion_protection=False), CLUSTER, ("true is right",)),
    Bad("GP-REL-044", change(FileSystem, "shared", automatic_backups=False), "file_system.shared", ("true is right",)),
    Bad(
        "GP-REL-058",
        together(with_a_standby, change(BackupSelection, "main", resource_arns=(Ref(FileSystem, "shared").arn,))),
        "file_system.scratch",
        ("has no copy in another region",),
    ),
    Bad("GP-VAL-083", change(KubernetesCluster, "pods", subnets=ZONE_A), CLUSTER, ("ap-south-1a",)),
    Bad(
        "GP-VAL-084",
        change(NodeGroup, "general", instance_types=("t3.large", "t4g.large")),
        GENERAL,
        ("t4g.large (arm64)", "AL2023_x86_64_STANDARD"),
    ),
    Bad("GP-VAL-084", change(NodeGroup, "general", instance_types=("t3.huge",)), GENERAL, ("t3.huge", "t3.large")),
    Bad(
        "GP-VAL-085",
        change(NodeGroup, "general", desired_size=9),
        GENERAL,
        ("min_size 10, desired_size 9, max_size 30",),
    ),
    Bad(
        "GP-OPS-017",
        change(KubernetesCluster, "pods", version="1.32"),
        CLUSTER,
        ("2026-03-23", "1.34 or 1.35"),
        also=("GP-VAL-127",),
    ),
    Bad(
        "GP-VAL-008",
        change(KubernetesCluster, "pods", cluster_name="sample.production"),
        CLUSTER,
        ("sample.production",),
    ),
    Bad("GP-VAL-008", change(NodeGroup, "general", nodegroup_name="x" * 64), GENERAL, ("64 characters",)),
)

GOOD = (
    Good("GP-SEC-063", change(KubernetesCluster, "pods", endpoint_public_access=False, public_access_cidrs=())),
    Good("GP-SEC-064", change(KubernetesCluster, "pods", secrets_key=LOGS_KEY)),
    Good("GP-SEC-065", change(KubernetesCluster, "pods", log_types=("api", "audit", "authenticator"))),
    Good("GP-SEC-066", change(FileSystem, "shared", kms_key=None)),
    Good("GP-REL-041", change(NodeGroup, "general", subnets=ZONES[:2])),
    Good("GP-REL-043", change(KubernetesCluster, "pods", support_type="EXTENDED")),
    Good("GP-REL-044", change(FileSystem, "shared", throughput_mode="bursting")),
    Good(
        "GP-REL-058",
        together(
            with_a_standby,
            change(
                BackupSelection,
                "main",
                resource_arns=tuple(Ref(FileSystem, name).arn for name in ("shared", "scratch")),
            ),
        ),
    ),
    Good("GP-VAL-083", change(KubernetesCluster, "pods", subnets=ZONES)),
    Good(
        "GP-REL-042",
        together(
            change(NodeGroup, "general", taints=(TAINT,)),
            change(NodeGroup, "batch", taints=(), capacity_type="ON_DEMAND"),
        ),
    ),
    Good("GP-VAL-084", change(NodeGroup, "general", instance_types=("t4g.large",), ami_type="AL2023_ARM_64_STANDARD")),
    Good("GP-VAL-085", change(NodeGroup, "general", min_size=0, desired_size=0)),
    Good("GP-OPS-017", change(KubernetesCluster, "pods", version="1.34")),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()


BLUEPRINT = """
    project: shop
    region: us-east-1
    platform: eks
    kubernetes:
      insights: true
      nodes:
        general: {instances: [t3.large], desired: 6, min: 3, max: 12}
        batch: {instances: [c5.large], spot: true, desired: 0, min: 0, taints: ["spot=yes:NoSchedule"]}
    alarms: {email: ops@shop.io}
    objectives: {budget: 2000 USD/month}
    services:
      api:
        image: {repository: api, tag: '1'}
        port: 8080
        public: {domain: api.shop.io}
        needs: [main, sessions, {media: read}, {mails: read}]
        secrets: {JWT_KEY: jwt}
        tracing: true
        volumes: {uploads: {path: /uploads, size: 5 GB, shared: true}, index: {path: /index, size: 9 GB}}
    jobs: {night: {image: {repository: api, tag: '1'}, schedule: rate(1 day), needs: [{mails: write}]}}
    databases: {main: {engine: postgres 16, class: db.t4g.small, storage: 100..500 GB gp3}}
    caches: {sessions: {engine: redis 7.1, class: cache.t4g.small, nodes: 2}}
    buckets: {media: {}}
    queues: {mails: {}}
    """


TO_DECIDE = ("GP-OPS-080", "GP-REL-080", "GP-SEC-083", "GP-SEC-085")
"""What its team has to say yes or no to: a year of logs, copies elsewhere, a firewall, rotation."""


def test_a_production_on_eks_is_clean() -> None:
    found = run(designed(BLUEPRINT)).findings
    assert [f"{item.rule} {item.message}" for item in found if item.rule not in TO_DECIDE] == []
    assert {item.rule for item in found} == set(TO_DECIDE)
