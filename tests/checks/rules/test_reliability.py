"""What breaks with one thing: for each rule a fault that it finds and a neighbour that it leaves alone."""

from __future__ import annotations

import pytest
from tests.checks.planting import (
    Bad,
    Good,
    Planting,
    add,
    change,
    change_container,
    clean,
    copy,
    identify,
    remove,
    together,
)

from groundplan.checks import run
from groundplan.resources.containers import (
    CapacityProviderShare,
    EcsCapacityProvider,
    EcsService,
)
from groundplan.resources.databases import CacheReplicationGroup, CacheSubnetGroup, DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.firewall import RateLimit, WebAcl
from groundplan.resources.governance import BackupVault
from groundplan.resources.messaging import Queue
from groundplan.resources.network import ElasticIp, NatGateway, Route, RouteTableAssociation, SecurityGroup, Subnet
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

MAIN = "database_instance.main"
REPORTS = "database_instance.reports"
CACHE = "cache_replication_group.sessions"
SPOT = CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=1)
ON_DEMAND = CapacityProviderShare(capacity_provider="FARGATE", weight=0)
LEFTOVERS = CapacityProviderShare(capacity_provider=Ref(EcsCapacityProvider, "leftovers"), weight=1)
MACHINES = CapacityProviderShare(capacity_provider=Ref(EcsCapacityProvider, "machines"), weight=1)
ZONE_A = (Ref(Subnet, "private", "a"),)


def address(number: int) -> Planting:
    """One more Elastic IP address."""
    return add(ElasticIp(name="spare", key=str(number), concern="network", tags={"Name": f"spare-{number}"}))


def groups(count: int) -> Planting:
    """Give the api service that many security groups."""
    return change(EcsService, "api", security_groups=(Ref(SecurityGroup, "api"),) * count)


def balancer_elsewhere(region: str | None) -> Planting:
    """One more load balancer."""
    return copy(LoadBalancer, "main", name="elsewhere", region=region, load_balancer_name="sample-standby")


BAD = (
    Bad(
        "GP-REL-045",
        balancer_elsewhere("ap-southeast-1"),
        "load_balancer.elsewhere",
        ("api.example.com", "failover SECONDARY is right"),
        also=("GP-VAL-057", "GP-SEC-083", "GP-COST-006"),
    ),
    Bad(
        "GP-REL-046",
        change(BackupVault, "copies", min_retention_days=34),
        "backup_vault.copies",
        ("34; 35",),
    ),
    Bad(
        "GP-REL-040",
        change(WebAcl, "load_balancer", rate_limit=RateLimit(priority=30, limit=2000)),
        "web_acl.load_balancer",
        ("2000 requests of one address", "no rate_limit is right"),
    ),
    Bad("GP-REL-001", change(DatabaseInstance, "main", multi_az=False), MAIN, ("multi_az false; true is right",)),
    Bad("GP-REL-002", change(DatabaseInstance, "reports", backup_retention_period=0), REPORTS, ("0", "7 days")),
    Bad("GP-REL-003", change(DatabaseInstance, "main", backup_retention_period=6), MAIN, ("6; 7 days or more",)),
    Bad("GP-REL-003", change(DatabaseInstance, "main", backup_retention_period=None), MAIN, ("1; 7 days or more",)),
    Bad(
        "GP-REL-004",
        change(Route, "private", "b", nat_gateway=Ref(NatGateway, "main", "a")),
        "nat_gateway.main[a]",
        ("ap-south-1a", "ap-south-1b too"),
        also=("GP-COST-007",),
    ),
    Bad("GP-REL-005", change(EcsService, "worker", desired_count=1), "ecs_service.worker", ("desired_count 1; 2 or",)),
    Bad("GP-REL-005", change(ScalableTarget, "api", min_capacity=1), "ecs_service.api", ("min_capacity 1; 2 or more",)),
    Bad("GP-REL-006", change(EcsService, "api", circuit_breaker=False), "ecs_service.api", ("circuit_breaker false",)),
    Bad(
        "GP-REL-006", change(EcsService, "api", circuit_breaker_rollback=False), "ecs_service.api", ("rollback false",)
    ),
    Bad("GP-REL-007", change(DatabaseInstance, "main", skip_final_snapshot=True), MAIN, ("true; false is right",)),
    Bad(
        "GP-REL-007",
        change(DatabaseInstance, "main", final_snapshot_identifier=None),
        MAIN,
        ("a name for the snapshot",),
    ),
    Bad(
        "GP-REL-007",
        change(DatabaseInstance, "main-replica", "1", skip_final_snapshot=False),
        "database_instance.main-replica[1]",
        ("deletion fails",),
    ),
    Bad("GP-REL-008", change(DatabaseInstance, "main", deletion_protection=False), MAIN, ("true is right",)),
    Bad(
        "GP-REL-009", change(LoadBalancer, "main", deletion_protection=False), "load_balancer.main", ("true is right",)
    ),
    Bad(
        "GP-REL-010",
        change(CacheReplicationGroup, "sessions", automatic_failover_enabled=False, multi_az_enabled=False),
        CACHE,
        ("automatic_failover_enabled false",),
    ),
    Bad("GP-REL-010", change(CacheReplicationGroup, "sessions", multi_az_enabled=False), CACHE, ("multi_az_enabled",)),
    Bad(
        "GP-REL-010",
        together(
            copy(CacheSubnetGroup, "main", name="spread", subnet_group_name="sample-spread"),
            change(CacheReplicationGroup, "catalogue", subnet_group=Ref(CacheSubnetGroup, "spread")),
            change(CacheSubnetGroup, "main", subnets=ZONE_A),
        ),
        CACHE,
        ("ap-south-1a; two zones",),
    ),
    Bad("GP-REL-011", change(CacheReplicationGroup, "sessions", snapshot_retention_limit=0), CACHE, ("1 or more",)),
    Bad("GP-REL-012", change(EcsService, "api", subnets=ZONE_A), "ecs_service.api", ("ap-south-1a; two zones",)),
    Bad("GP-REL-013", change(Bucket, "records", versioning=False), "bucket.records", ("true is right",)),
    Bad(
        "GP-REL-014",
        change(EcsService, "worker", capacity_providers=(SPOT, ON_DEMAND)),
        "ecs_service.worker",
        ("FARGATE_SPOT only", "a base on capacity that stays"),
    ),
    Bad(
        "GP-REL-014",
        change(EcsService, "shop", capacity_providers=(LEFTOVERS,)),
        "ecs_service.shop",
        ("ecs_capacity_provider.leftovers only",),
    ),
    Bad("GP-REL-015", change(DatabaseInstance, "main", max_allocated_storage=None), MAIN, ("max_allocated_storage",)),
    Bad("GP-REL-016", change(EcsService, "api", minimum_healthy_percent=0), "ecs_service.api", ("more than 0",)),
    Bad("GP-REL-016", change(EcsService, "api", maximum_percent=100), "ecs_service.api", ("3 tasks no room",)),
    Bad("GP-REL-016", change(EcsService, "api", maximum_percent=130), "ecs_service.api", ("100 and 200 are right",)),
    Bad(
        "GP-REL-017",
        change(EcsService, "api", health_check_grace_period=30),
        "ecs_service.api",
        ("30", "60 seconds to start", "60 or more"),
    ),
    Bad(
        "GP-REL-017", change(EcsService, "api", health_check_grace_period=None), "ecs_service.api", ("0", "60 or more")
    ),
    Bad(
        "GP-REL-018",
        together(*map(address, range(4))),
        "elastic_ip.spare[3]",
        ("6 Elastic IP", "5 is the default quota"),
        also=("GP-COST-005",),
    ),
    Bad(
        "GP-REL-018",
        groups(6),
        "ecs_service.api",
        ("6 security groups per network interface", "5 is the default quota"),
    ),
    Bad(
        "GP-REL-030",
        copy(Queue, "emails", name="extra", queue_name="extra", dead_letter_queue=None, max_receive_count=None),
        "queue.extra",
        ("no dead_letter_queue", "14 days"),
        also=("GP-OPS-030", "GP-SEC-040"),
    ),
    Bad(
        "GP-REL-031",
        change(Queue, "emails-dead-letters", message_retention_period=3600),
        "queue.emails-dead-letters",
        ("3600 seconds", "queue.emails for 345600"),
    ),
)

GOOD = (
    Good("GP-REL-045", balancer_elsewhere(None)),
    Good("GP-REL-046", change(BackupVault, "main", min_retention_days=None, max_retention_days=None)),
    Good("GP-REL-040", change(WebAcl, "load_balancer", rate_limit=None)),
    Good("GP-REL-001", change(DatabaseInstance, "main-replica", "1", multi_az=False)),
    Good("GP-REL-002", change(DatabaseInstance, "main-replica", "1", backup_retention_period=0)),
    Good("GP-REL-003", change(DatabaseInstance, "main", backup_retention_period=7)),
    Good(
        "GP-REL-004",
        together(
            remove(Route, "private", "b"),
            remove(RouteTableAssociation, "private", "b"),
            remove(NatGateway, "main", "b"),
        ),
    ),
    Good("GP-REL-005", change(EcsService, "api", desired_count=0)),
    Good("GP-REL-006", change(EcsService, "api", minimum_healthy_percent=50)),
    Good("GP-REL-007", change(DatabaseInstance, "main", final_snapshot_identifier="the-last-one")),
    Good("GP-REL-008", change(DatabaseInstance, "main-replica", "1", deletion_protection=False)),
    Good("GP-REL-009", change(LoadBalancer, "main", idle_timeout=30)),
    Good("GP-REL-010", change(CacheReplicationGroup, "sessions", num_cache_clusters=3)),
    Good("GP-REL-011", change(CacheReplicationGroup, "sessions", snapshot_retention_limit=1)),
    Good("GP-REL-012", change(EcsService, "api", subnets=(*ZONE_A, Ref(Subnet, "database", "b")))),
    Good("GP-REL-013", change(Bucket, "logs", versioning=False)),
    Good("GP-REL-014", change(EcsService, "shop", capacity_providers=(LEFTOVERS, MACHINES))),
    Good("GP-REL-016", change(EcsService, "shop", minimum_healthy_percent=None, maximum_percent=None)),
    Good("GP-REL-014", change(EcsService, "worker", launch_type="FARGATE", capacity_providers=())),
    Good("GP-REL-015", change(DatabaseInstance, "main-replica", "1", max_allocated_storage=None)),
    Good("GP-REL-016", change(EcsService, "api", minimum_healthy_percent=50, maximum_percent=100)),
    Good("GP-REL-016", change(EcsService, "api", desired_count=0, minimum_healthy_percent=0)),
    Good("GP-REL-017", change_container("api", health_check=None)),
    Good("GP-REL-018", together(*map(address, range(3)))),
    Good("GP-REL-018", groups(5)),
    Good("GP-REL-017", change(EcsService, "worker", health_check_grace_period=None)),
    Good("GP-REL-030", change(Queue, "emails", max_receive_count=1)),
    Good("GP-REL-031", change(Queue, "emails-dead-letters", message_retention_period=345_600)),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()


def test_no_backups_is_not_also_reported_as_short_backups() -> None:
    planted = change(DatabaseInstance, "reports", backup_retention_period=0)(clean())
    assert [finding.rule for finding in run(planted).findings] == ["GP-REL-002"]
