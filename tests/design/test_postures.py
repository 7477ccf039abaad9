"""Small blueprints, each with one thing that is otherwise: what that changes in the architecture."""

from __future__ import annotations

import pytest
from tests.design.blueprints import addresses, designed, rules_of

from groundplan.resources.containers import (
    CapacityProviderShare,
    EcsCluster,
    EcsService,
    TaskDefinition,
)
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import TargetGroup
from groundplan.resources.monitoring import Alarm, Budget, Dashboard, LogGroup, Topic
from groundplan.resources.network import (
    FlowLog,
    NatGateway,
    NetworkAcl,
    Route,
    SecurityGroup,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Attribute, Ref, Text, text

WORKER = """
project: shop
region: eu-central-1
services:
  worker: {image: {repository: worker, tag: "1"}}
"""
WEB = """
project: shop
region: eu-central-1
services:
  web:
    image: {repository: web, tag: "1"}
    port: 8080
    public: {tls: false}
    needs: [orders]
databases:
  orders: {engine: postgres 16, class: db.t4g.micro}
"""


def test_a_worker_has_no_door() -> None:
    found = designed(WORKER)
    assert found.of(TargetGroup) == ()
    assert "load_balancer.main" not in addresses(found)
    assert rules_of(found, "worker") == {("egress", 443, "0.0.0.0/0")}
    task = found[Ref(TaskDefinition, "worker")]
    assert task.containers[0].port is None
    assert task.containers[0].health_check is None
    assert found[Ref(EcsService, "worker")].load_balancers == ()
    assert found[Ref(Role, "worker_task")].inline_policies == ()


def test_without_databases_there_is_no_tier_for_them() -> None:
    assert {subnet.tier for subnet in designed(WORKER).of(Subnet)} == {"public", "private"}
    assert {subnet.tier for subnet in designed(WEB).of(Subnet)} == {"public", "private", "database"}
    assert "database_subnet_group.main" not in addresses(designed(WORKER))


def test_a_network_alone_is_an_architecture() -> None:
    found = designed("project: shop\nregion: eu-central-1\n")
    assert len(found.of(Vpc)) == 1
    assert "ecs_cluster.main" not in addresses(found)


def test_a_proof_of_concept_has_no_nat_and_public_tasks() -> None:
    found = designed(WEB + "profile: poc\n")
    assert found.of(NatGateway) == ()
    assert {subnet.tier for subnet in found.of(Subnet)} == {"public", "database"}
    service = found[Ref(EcsService, "web")]
    assert service.assign_public_ip
    assert service.subnets == (Ref(Subnet, "public", "a"), Ref(Subnet, "public", "b"))
    assert found.of(FlowLog) == ()
    assert found.of(NetworkAcl) == ()
    assert found.of(Alarm) == ()
    assert found.find(Bucket, "logs") is None
    database = found[Ref(DatabaseInstance, "orders")]
    assert (database.multi_az, database.deletion_protection, database.skip_final_snapshot) == (False, False, True)
    assert rules_of(found, "web") == {
        ("ingress", 8080, "alb"), ("egress", 443, "0.0.0.0/0"), ("egress", 5432, "orders"),
    }  # fmt: skip


def test_a_single_nat_serves_every_zone() -> None:
    found = designed(WORKER + "network: {nat: single}\n")
    assert [gateway.key for gateway in found.of(NatGateway)] == ["a"]
    ways = {route.key: route.nat_gateway for route in found.of(Route) if route.nat_gateway}
    assert ways == {"a": Ref(NatGateway, "main", "a"), "b": Ref(NatGateway, "main", "a")}


def test_three_zones_have_three_of_everything() -> None:
    found = designed(WEB + "network: {zones: [a, b, c]}\n")
    assert len(found.of(Subnet)) == 9
    assert [gateway.key for gateway in found.of(NatGateway)] == ["a", "b", "c"]
    assert len(found[Ref(EcsService, "web")].subnets) == 3


def test_a_zone_that_is_added_moves_nothing() -> None:
    two, three = designed(WEB), designed(WEB + "network: {zones: [a, b, c]}\n")
    for subnet in two.of(Subnet):
        assert three[subnet.ref] == subnet
    for gateway in two.of(NatGateway):
        assert three[gateway.ref] == gateway


def test_spot_capacity_has_no_launch_type() -> None:
    text_ = WORKER.replace('tag: "1"}', 'tag: "1"}, capacity: fargate-spot, architecture: arm64')
    found = designed(text_)
    service = found[Ref(EcsService, "worker")]
    assert service.launch_type is None
    assert service.capacity_providers == (CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=1),)
    assert found[Ref(TaskDefinition, "worker")].cpu_architecture == "ARM64"


def test_interface_endpoints_stand_in_every_zone_behind_https() -> None:
    found = designed(WORKER + "network: {endpoints: [s3, ecr.api, logs]}\n")
    kinds = {endpoint.service: endpoint.vpc_endpoint_type for endpoint in found.of(VpcEndpoint)}
    assert kinds == {"s3": "Gateway", "ecr.api": "Interface", "logs": "Interface"}
    gateway, interface = found[Ref(VpcEndpoint, "s3")], found[Ref(VpcEndpoint, "ecr_api")]
    assert {table.name for table in gateway.route_tables} == {"public", "private"}
    assert interface.subnets == (Ref(Subnet, "private", "a"), Ref(Subnet, "private", "b"))
    assert interface.security_groups == (Ref(SecurityGroup, "endpoints"),)
    assert rules_of(found, "endpoints") == {("ingress", 443, "10.0.0.0/16")}


def test_managed_credentials_are_handed_over_apart() -> None:
    found = designed(WEB.replace("db.t4g.micro}", "db.t4g.micro, credentials: managed}"))
    database = found[Ref(DatabaseInstance, "orders")]
    assert database.manage_master_user_password
    assert database.master_password is None
    assert found.find(Secret, "orders_url") is None
    (container,) = found[Ref(TaskDefinition, "web")].containers
    secret = database.ref.attribute("master_user_secret_arn")
    assert container.secrets == {
        "ORDERS_USERNAME": text(secret, ":username::"),
        "ORDERS_PASSWORD": text(secret, ":password::"),
    }
    assert container.environment == {
        "PORT": "8080",
        "ORDERS_HOST": database.ref.attribute("address"),
        "ORDERS_PORT": "5432",
        "ORDERS_NAME": "shop",
        "ORDERS_SECRET_ARN": secret,
    }
    (policy,) = found[Ref(Role, "web_execution")].inline_policies
    read = next(item for item in policy.document.statements if item.sid == "ReadInjectedSecrets")
    assert read.resources == (secret,), "one ARN, without the JSON keys behind it"


def test_two_databases_get_urls_that_tell_them_apart() -> None:
    more = (
        WEB.replace("needs: [orders]", "needs: [orders, stock]")
        + "  stock: {engine: postgres 16, class: db.t4g.micro}\n"
    )
    (container,) = designed(more)[Ref(TaskDefinition, "web")].containers
    assert set(container.secrets) == {"ORDERS_DATABASE_URL", "STOCK_DATABASE_URL"}


def test_without_encryption_there_is_no_key_for_it() -> None:
    found = designed("""
        project: shop
        region: eu-central-1
        databases:
          orders: {engine: postgres 16, class: db.t4g.micro, encryption: false}
        caches:
          carts: {engine: redis 7.1, class: cache.t4g.micro, encryption: false}
        buckets:
          files: {encryption: s3}
        """)
    assert {key.name for key in found.of(Key)} == {"main"}
    database, cache = found[Ref(DatabaseInstance, "orders")], found[Ref(CacheReplicationGroup, "carts")]
    assert (database.storage_encrypted, database.kms_key, database.performance_insights_kms_key) == (False, None, None)
    assert (cache.at_rest_encryption_enabled, cache.transit_encryption_enabled) == (False, False)
    assert (cache.kms_key, cache.auth_token) == (None, None)
    bucket = found[Ref(Bucket, "files")]
    assert (bucket.sse_algorithm, bucket.kms_key) == ("AES256", None)
    assert found.find(Secret, "carts_url") is None


def test_a_plain_cache_is_found_by_its_host() -> None:
    found = designed("""
        project: shop
        region: eu-central-1
        services:
          web: {image: {repository: web, tag: "1"}, needs: [carts]}
        caches:
          carts: {engine: redis 7.1, class: cache.t4g.micro, encryption: false}
        """)
    (container,) = found[Ref(TaskDefinition, "web")].containers
    assert container.secrets == {}
    host = container.environment["CARTS_HOST"]
    assert isinstance(host, Attribute)
    assert host.name == "primary_endpoint_address"


def test_hyphens_in_names_lead_everywhere() -> None:
    """A bucket, a database and a service with hyphens: keys, groups, secrets and roles still find each other."""
    found = designed("""
        project: my-shop
        region: eu-central-1
        services:
          web-api:
            image: {repository: web-api, tag: "1"}
            port: 80
            public: {tls: false}
            needs: [user-files, order-data]
        databases:
          order-data: {engine: postgres 16, class: db.t4g.micro, replicas: 2}
        buckets:
          user-files: {}
        """)
    assert found[Ref(Bucket, "user_files")].kms_key == Ref(Key, "user_files")
    assert {"database_instance.order_data_replica_1", "database_instance.order_data_replica_2"} <= addresses(found)
    (container,) = found[Ref(TaskDefinition, "web_api")].containers
    assert "USER_FILES_BUCKET" in container.environment


@pytest.mark.parametrize("name", ["main", "rds"])
def test_a_bucket_may_be_called_like_a_key(name: str) -> None:
    found = designed(f"""
        project: shop
        region: eu-central-1
        buckets: {{{name}: {{}}}}
        databases: {{orders: {{engine: postgres 16, class: db.t4g.micro}}}}
        """)
    assert found[Ref(Bucket, name)].kms_key == Ref(Key, f"{name}_bucket")


def test_no_scaling_no_target() -> None:
    assert designed(WORKER).of(ScalableTarget) == ()


def test_without_alarms_there_is_nobody_whom_a_budget_could_tell() -> None:
    found = designed("project: shop\nregion: eu-central-1\nalarms: null\nobjectives: {budget: 10 USD/month}\n")
    assert (found.of(Topic), found.of(Budget), found.of(Alarm)) == ((), (), ())


def test_shared_secrets_are_created_once() -> None:
    found = designed("""
        project: shop
        region: eu-central-1
        services:
          web: {image: {repository: web, tag: "1"}, secrets: {STRIPE: stripe-key}}
          worker: {image: {repository: web, tag: "1"}, secrets: {STRIPE_KEY: stripe-key}}
        """)
    (secret,) = found.of(Secret)
    assert secret.secret_name == "shop/production/stripe-key"
    assert (secret.generate, secret.value) == (None, None)
    assert len([item for item in addresses(found) if item.startswith("container_repository.")]) == 1
    for name, variable in (("web", "STRIPE"), ("worker", "STRIPE_KEY")):
        (container,) = found[Ref(TaskDefinition, name)].containers
        assert container.secrets == {variable: secret.ref.arn}


def test_names_follow_the_convention_in_the_spelling_of_each_service() -> None:
    found = designed(WEB.replace("project: shop", "project: shop\ntitle: Shop"))
    assert found[Ref(DatabaseInstance, "orders")].identifier == "shop-production-orders"
    assert found[Ref(Role, "web_task")].role_name == "Shop-production-web-task-role"
    image = found[Ref(TaskDefinition, "web")].containers[0].image
    assert isinstance(image, Text)


def test_the_dashboard_of_many_services_takes_no_more_parameters() -> None:
    """A CloudFormation template takes 200 parameters: a reference for each service would be too many."""
    services = {f"s{number}": {"image": {"repository": "one", "tag": "1"}} for number in range(250)}
    found = designed({"project": "shop", "region": "eu-central-1", "services": services})
    dashboard = found[Ref(Dashboard, "main")]
    assert {ref.address for ref in dashboard.references()} == {"ecs_cluster.main"}
    assert "shop-production-s249" in repr(dashboard.body)


@pytest.mark.parametrize(
    ("insights", "entered", "recorded"),
    [("disabled", "false", False), ("disabled", "true", True), ("enabled", "false", True)],
)
def test_a_cluster_that_is_not_watched_records_sessions_only_where_there_can_be_one(
    insights: str, entered: str, recorded: bool
) -> None:
    found = designed(f"""
        project: shop
        region: eu-central-1
        insights: {insights}
        services:
          web: {{image: {{repository: web, tag: "1"}}, execute_command: {entered}}}
        """)
    cluster, group = found[Ref(EcsCluster, "main")], Ref(LogGroup, "ecs_exec")
    assert cluster.execute_command_log_group == (group if recorded else None)
    assert (group in found) == recorded


@pytest.mark.parametrize(
    ("written", "days"),
    [("profile: poc", 0), ("profile: development", 0), ("profile: production", 30), ("secret_recovery: 7d", 7)],
)
def test_every_secret_can_be_brought_back_for_the_same_time(written: str, days: int) -> None:
    """The name of one that can be brought back is taken, and a poc is to be made again."""
    found = designed(f"""
        project: shop
        region: eu-central-1
        {written}
        services:
          web: {{image: {{repository: web, tag: "1"}}, needs: [orders, carts], secrets: {{KEY: key, TOKEN: token}}}}
        secrets: {{key: {{generate: 32}}}}
        databases:
          orders: {{engine: postgres 16, class: db.t4g.micro}}
        caches:
          carts: {{engine: redis 7.1, class: cache.t4g.micro}}
        """)
    assert {secret.name: secret.recovery_window_in_days for secret in found.of(Secret)} == dict.fromkeys(
        ("key", "token", "orders_password", "orders_url", "carts_token", "carts_url"), days
    )
