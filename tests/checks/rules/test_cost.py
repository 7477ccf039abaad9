"""What is paid for in vain: a fault that each rule finds, and a neighbour that it leaves alone."""

from __future__ import annotations

import pytest
from tests.checks.mutations.cost import MUTATIONS, with_nothing_twice
from tests.checks.mutations.planted import planted_by
from tests.checks.planting import Bad, Good, change, copy, identify, remove, together

from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.dns import HealthCheck
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import Trail
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.resources.monitoring import Alarm
from groundplan.resources.network import NatGateway, Route, RouteTable, VpcEndpoint
from groundplan.resources.security import Key, Secret, SecretReplica
from groundplan.resources.storage import Bucket, BucketLifecycleRule
from groundplan.resources.values import Ref

EXPIRES = BucketLifecycleRule(id="old", expiration_days=30, abort_incomplete_multipart_upload_days=7)
GONE = BucketLifecycleRule(id="gone", noncurrent_expiration_days=30)
TABLE_A = (Ref(RouteTable, "private", "a"),)


BAD = (
    Bad(
        "GP-COST-001",
        planted_by(MUTATIONS, "GP-COST-001"),
        "nat_gateway.main[b]",
        (
            "is one of 2, and nothing else is there twice",
            "one gateway saves 41 USD/month",
        ),
        also=(
            "GP-COST-009",
            "GP-REL-001",
            "GP-REL-005",
        ),
    ),
    Bad(
        "GP-COST-002",
        planted_by(MUTATIONS, "GP-COST-002"),
        "database_instance.main",
        (
            "has storage_type gp2",
            "gp3 is right",
        ),
    ),
    Bad(
        "GP-COST-003",
        planted_by(MUTATIONS, "GP-COST-003"),
        "launch_template.machines",
        (
            "has t2.small of a previous generation",
            "a current family is right",
        ),
    ),
    Bad(
        "GP-COST-004",
        planted_by(MUTATIONS, "GP-COST-004"),
        "database_instance.main",
        (
            "has db.t3.medium",
            "db.t4g.medium is as large and costs less",
        ),
    ),
    Bad(
        "GP-COST-005",
        planted_by(MUTATIONS, "GP-COST-005"),
        "elastic_ip.planted[a]",
        (
            "belongs to nothing and costs 4 USD/month",
            "none is right",
        ),
    ),
    Bad(
        "GP-COST-006",
        planted_by(MUTATIONS, "GP-COST-006"),
        "load_balancer.planted",
        (
            "forwards nothing to anybody",
            "a listener that forwards is right, or none",
        ),
    ),
    Bad(
        "GP-COST-007",
        planted_by(MUTATIONS, "GP-COST-007"),
        "nat_gateway.planted[a]",
        (
            "is the way of no route and costs 41 USD/month",
            "a route is right, or none",
        ),
    ),
    Bad(
        "GP-COST-009",
        planted_by(MUTATIONS, "GP-COST-009"),
        "vpc.main",
        (
            "has interface endpoints in 2 subnets for 19 USD/month, and a NAT gatew",
            "one is enough",
        ),
        also=(
            "GP-COST-001",
            "GP-REL-001",
            "GP-REL-005",
        ),
    ),
    Bad(
        "GP-COST-010",
        planted_by(MUTATIONS, "GP-COST-010"),
        "kubernetes_cluster.pods",
        (
            "has support_type EXTENDED",
            "STANDARD is right",
        ),
    ),
    Bad(
        "GP-COST-011",
        planted_by(MUTATIONS, "GP-COST-011"),
        "bucket.logs",
        (
            "takes access logs and has no rule with expiration_days",
            "one is right",
        ),
        also=("GP-VAL-031",),
    ),
    Bad(
        "GP-COST-012",
        planted_by(MUTATIONS, "GP-COST-012"),
        "key.planted",
        (
            "encrypts nothing",
            "something that it encrypts is right, or none",
        ),
    ),
    Bad(
        "GP-COST-013",
        planted_by(MUTATIONS, "GP-COST-013"),
        "secret.planted",
        (
            "is read by nobody",
            "a service that does is right, or none",
        ),
    ),
    Bad(
        "GP-COST-014",
        planted_by(MUTATIONS, "GP-COST-014"),
        "file_system.shared",
        (
            "has no transition_to_ia",
            "AFTER_30_DAYS is usual",
        ),
    ),
    Bad(
        "GP-COST-015",
        planted_by(MUTATIONS, "GP-COST-015"),
        "trail.planted",
        (
            "records every region, as trail.main does",
            "one trail is right",
        ),
    ),
    Bad(
        "GP-COST-016",
        planted_by(MUTATIONS, "GP-COST-016"),
        "alarm.shop-rollback",
        (
            "has period 10",
            "60 or more is right",
        ),
    ),
    Bad(
        "GP-COST-017",
        planted_by(MUTATIONS, "GP-COST-017"),
        "health_check.app",
        (
            "has request_interval 10",
            "30 is right",
        ),
    ),
    Bad(
        "GP-COST-018",
        planted_by(MUTATIONS, "GP-COST-018"),
        "database_instance.main",
        (
            "has performance_insights_retention_period 93",
            "7 days are free",
        ),
        also=(
            "GP-COST-001",
            "GP-COST-009",
            "GP-REL-001",
            "GP-REL-005",
        ),
    ),
    Bad(
        "GP-COST-008",
        change(VpcEndpoint, "s3", route_tables=TABLE_A),
        "route.private[b]",
        ("nat_gateway.main[b]", "a gateway endpoint is right"),
    ),
    Bad(
        "GP-COST-004",
        change(CacheReplicationGroup, "sessions", node_type="cache.r5.large"),
        "cache_replication_group.sessions",
        ("cache.r5.large; cache.r6g.large is as large",),
    ),
    Bad(
        "GP-COST-019",
        change(Bucket, "uploads", lifecycle_rules=(EXPIRES,)),
        "bucket.uploads",
        ("none with noncurrent_expiration_days",),
    ),
)
GOOD = (
    Good("GP-COST-001", change(DatabaseInstance, "main", multi_az=False)),
    Good("GP-COST-002", change(DatabaseInstance, "main", storage_type="io2", allocated_storage=200)),
    Good("GP-COST-003", change(LaunchTemplate, "machines", instance_type="t3.small")),
    Good("GP-COST-004", change(DatabaseInstance, "main", instance_class="db.m7i.large")),
    Good("GP-COST-005", change(NatGateway, "main", "a", tags={"Name": "other"})),
    Good("GP-COST-006", change(LoadBalancer, "main", idle_timeout=61)),
    Good("GP-COST-007", change(Route, "private", "b", nat_gateway=Ref(NatGateway, "main", "b"))),
    Good("GP-COST-008", remove(Route, "private", "b")),
    Good("GP-COST-009", together(with_nothing_twice, remove(VpcEndpoint, "ecr-api"))),
    Good("GP-COST-010", change(KubernetesCluster, "pods", support_type="STANDARD")),
    Good("GP-COST-011", change(Bucket, "logs", lifecycle_rules=(EXPIRES,))),
    Good(
        "GP-COST-012",
        together(copy(Key, "data", name="more", alias="more"), change(Bucket, "uploads", kms_key=Ref(Key, "more"))),
    ),
    Good(
        "GP-COST-013",
        copy(Secret, "payment-key", name="more", secret_name="more", replicas=(SecretReplica("eu-west-1"),)),
    ),
    Good("GP-COST-014", change(FileSystem, "shared", transition_to_ia="AFTER_90_DAYS")),
    Good("GP-COST-015", copy(Trail, "main", name="more", trail_name="more", is_multi_region=False)),
    Good("GP-COST-016", change(Alarm, "errors", period=60)),
    Good("GP-COST-017", change(HealthCheck, "app", request_interval=30)),
    Good("GP-COST-018", change(DatabaseInstance, "main", performance_insights_retention_period=93)),
    Good("GP-COST-019", change(Bucket, "uploads", lifecycle_rules=(EXPIRES, GONE))),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
