"""The architecture of a whole production system: order, wiring, and that it is always the same."""

from __future__ import annotations

from tests.design.blueprints import DUSKSPENDR, duskspendr, rules_of

from groundplan.blueprint.loading import load
from groundplan.design import design
from groundplan.resources.base import CONCERNS, Resource
from groundplan.resources.containers import (
    EcsService,
    TaskDefinition,
)
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import Forward, Listener, LoadBalancer, Redirect
from groundplan.resources.network import NatGateway, NetworkAcl, RouteTable, Subnet
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import InputValue, Ref, SecretValue


def test_stands_in_three_tiers_of_two_zones() -> None:
    subnets = {(subnet.name, subnet.key): str(subnet.cidr_block) for subnet in duskspendr().of(Subnet)}
    assert subnets == {
        ("public", "a"): "10.0.1.0/24",
        ("public", "b"): "10.0.2.0/24",
        ("private", "a"): "10.0.10.0/24",
        ("private", "b"): "10.0.20.0/24",
        ("database", "a"): "10.0.100.0/24",
        ("database", "b"): "10.0.200.0/24",
    }
    assert {subnet.availability_zone for subnet in duskspendr().of(Subnet)} == {"ap-south-1a", "ap-south-1b"}


def test_each_zone_has_a_nat_gateway_and_data_has_no_way_out() -> None:
    found = duskspendr()
    assert [gateway.key for gateway in found.of(NatGateway)] == ["a", "b"]
    routes = {route.address: route for route in found if route.kind_name() == "route"}
    assert set(routes) == {"route.public_internet", "route.private_internet[a]", "route.private_internet[b]"}
    assert found.find(RouteTable, "database") is not None
    acl = found[Ref(NetworkAcl, "database")]
    assert {(rule.direction, rule.from_port) for rule in acl.rules if rule.direction == "ingress"} == {
        ("ingress", 5432), ("ingress", 6379), ("ingress", 1024),
    }  # fmt: skip
    assert all(
        rule.cidr_block.subnet_of(found[Ref(Subnet, "public", "a")].cidr_block.supernet(new_prefix=16))
        for rule in acl.rules
    )


def test_groups_admit_exactly_what_is_needed() -> None:
    found = duskspendr()
    assert rules_of(found, "alb") == {
        ("ingress", 80, "0.0.0.0/0"), ("ingress", 443, "0.0.0.0/0"), ("egress", 3000, "api"),
    }  # fmt: skip
    assert rules_of(found, "api") == {
        ("ingress", 3000, "alb"), ("egress", 443, "0.0.0.0/0"), ("egress", 5432, "main"), ("egress", 6379, "sessions"),
    }  # fmt: skip
    assert rules_of(found, "main") == {("ingress", 5432, "api")}
    assert rules_of(found, "sessions") == {("ingress", 6379, "api")}


def test_the_service_is_as_the_blueprint_says() -> None:
    found = duskspendr()
    task, service = found[Ref(TaskDefinition, "api")], found[Ref(EcsService, "api")]
    assert (task.cpu, task.memory, task.cpu_architecture) == (512, 1024, "X86_64")
    assert (service.desired_count, service.launch_type, service.assign_public_ip) == (3, "FARGATE", False)
    assert service.circuit_breaker
    assert service.circuit_breaker_rollback
    scaling = found[Ref(ScalableTarget, "api")]
    assert (scaling.min_capacity, scaling.max_capacity) == (3, 20)
    (container,) = task.containers
    assert container.environment["NODE_ENV"] == "production"
    assert container.environment["PORT"] == "3000"
    assert set(container.environment) == {"NODE_ENV", "PORT", "BACKUPS_BUCKET"}
    assert set(container.secrets) == {"DATABASE_URL", "REDIS_URL"}
    assert container.health_check is not None
    assert "http://localhost:3000/health" in container.health_check.command[-1]


def test_passwords_never_stand_in_the_architecture() -> None:
    database, cache = duskspendr()[Ref(DatabaseInstance, "main")], duskspendr()[Ref(CacheReplicationGroup, "sessions")]
    assert isinstance(database.master_password, SecretValue)
    assert isinstance(cache.auth_token, SecretValue)
    assert database.master_username == InputValue("main_db_username")


def test_data_is_encrypted_kept_and_doubled() -> None:
    found = duskspendr()
    primary, replica = found[Ref(DatabaseInstance, "main")], found[Ref(DatabaseInstance, "main_replica")]
    assert (primary.multi_az, primary.storage_encrypted, primary.deletion_protection) == (True, True, True)
    assert (primary.allocated_storage, primary.max_allocated_storage, primary.storage_type) == (100, 500, "gp3")
    assert primary.kms_key == Ref(Key, "rds")
    assert replica.source == primary.ref
    cache = found[Ref(CacheReplicationGroup, "sessions")]
    assert (cache.num_cache_clusters, cache.automatic_failover_enabled, cache.multi_az_enabled) == (2, True, True)
    assert (cache.at_rest_encryption_enabled, cache.transit_encryption_enabled) == (True, True)
    bucket = found[Ref(Bucket, "backups")]
    assert (bucket.versioning, bucket.sse_algorithm, bucket.kms_key) == (True, "aws:kms", Ref(Key, "backups"))
    assert len(bucket.lifecycle_rules) == 4


def test_http_leads_to_https() -> None:
    found = duskspendr()
    assert found[Ref(Listener, "http")].default_action == Redirect()
    https = found[Ref(Listener, "https")]
    assert isinstance(https.default_action, Forward)
    assert (https.port, https.protocol) == (443, "HTTPS")
    assert found[Ref(LoadBalancer, "main")].access_log_bucket == Ref(Bucket, "logs")


def test_every_resource_stands_after_what_it_refers_to() -> None:
    seen: set[Ref[Resource]] = set()
    for resource in duskspendr():
        assert set(resource.references()) <= seen, resource.address
        seen.add(resource.ref)


def test_concerns_only_use_concerns_before_them() -> None:
    """Each becomes a stack, and stacks are deployed in this order."""
    found = duskspendr()
    order = {concern: number for number, concern in enumerate(CONCERNS)}
    for resource in found:
        for ref in resource.references():
            assert order[found[ref].concern] <= order[resource.concern], f"{resource.address} refers to {ref}"


def test_everything_that_takes_tags_is_named_after_the_project() -> None:
    found = duskspendr()
    assert found.tags["Project"] == "DuskSpendr"
    assert found.tags["Environment"] == "production"
    roles = [role.role_name for role in found.of(Role)]
    assert all(name.startswith("DuskSpendr-") for name in roles)
    assert len(set(roles)) == len(roles)


def test_same_input_same_architecture() -> None:
    assert design(load(DUSKSPENDR).environment()) == duskspendr()
    assert repr(design(load(DUSKSPENDR).environment())) == repr(duskspendr())
