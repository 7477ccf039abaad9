"""The standby in another region: what is there, what it has of the primary's, and what each says of the other."""

from __future__ import annotations

from functools import cache

import pytest
from tests.design.blueprints import designed, loaded, refused

from groundplan.cost import estimate, to_json
from groundplan.design import design
from groundplan.engines import kubernetes
from groundplan.resources import Architecture
from groundplan.resources.containers import ContainerRepository, EcsService, RegistryReplication, TaskDefinition
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.delivery import Distribution
from groundplan.resources.dns import HostedZone
from groundplan.resources.edge import Certificate, LoadBalancer
from groundplan.resources.kubernetes import KubernetesCluster
from groundplan.resources.monitoring import Alarm, Budget
from groundplan.resources.network import NatGateway, Vpc
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.policies import Statement
from groundplan.resources.security import Key, Role, Secret, SecretReplica
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Attribute, Pseudo, Ref, SecretValue, Text, dynamic_values

HOME, THERE = "us-east-1", "us-west-2"

SHOP = """
project: shop
region: us-east-1
network: {cidr: 10.0.0.0/16}
services:
  api:
    image: {repository: api, tag: "1"}
    port: 8000
    size: {cpu: 256, memory: 512}
    public: {domain: api.shop.com}
    needs: [main, sessions, {media: read-write}, imports]
    secrets: {SECRET_KEY: application}
databases: {main: {engine: postgres 16, class: db.t4g.micro}}
caches: {sessions: {engine: redis 7.0, class: cache.t4g.micro}}
buckets: {media: {cdn: {domains: [www.shop.com]}}, scratch: {versioning: false}}
queues: {imports: {}}
secrets: {application: {generate: 64}}
dns: {zone: shop.com}
alarms: {email: ops@shop.com}
objectives: {budget: 900 USD/month}
"""
STANDBY = """
environments:
  production:
    standby:
      region: us-west-2
      overlay:
        network: {cidr: 10.1.0.0/16, nat: single}
        services: {api: {tasks: {min: 1, desired: 1}}}
"""


@cache
def shop() -> Architecture:
    return designed(SHOP + STANDBY)


@cache
def alone() -> Architecture:
    return designed(SHOP)


def there(architecture: Architecture) -> list[str]:
    return sorted(architecture.in_standby)


def test_without_it_nothing_changes() -> None:
    before, after = {item.address: item for item in alone()}, {item.address: item for item in shop()}
    changed = {address for address, item in before.items() if after[address] != item}
    # What the primary says of its standby, and nothing else.
    assert {address for address in changed if not address.startswith("dns_record.")} == {
        "bucket.media", "secret.application", "secret.main_password",
    }  # fmt: skip
    assert all(address in after for address in before)


def test_everything_there_is_in_its_region_under_a_name_of_its_own() -> None:
    architecture = shop()
    names = [item for item in architecture if item.address in architecture.in_standby]
    assert len(names) > 80
    assert all(item.name.startswith("standby_") for item in names)
    assert all(item.region == THERE for item in names)
    assert all(item.name in ("main", "sessions") or item.region != THERE or item.address in architecture.in_standby
               for item in architecture.of(DatabaseInstance))  # fmt: skip


def test_nothing_there_asks_where_it_is() -> None:
    """The region is written out: a role has none in Terraform, whatever region its statements speak of."""
    for item in shop():
        if item.address in shop().in_standby:
            for name in item.__dataclass_fields__:
                assert Pseudo.REGION not in dynamic_values(getattr(item, name)), (item.address, name)


def test_what_stands_once_stands_once() -> None:
    architecture = shop()
    assert len(architecture.of(HostedZone)) == len(architecture.of(Distribution)) == len(architecture.of(Budget)) == 1
    assert len(architecture.of(Vpc)) == len(architecture.of(LoadBalancer)) == 2
    assert len([item for item in architecture.of(NatGateway) if item.region == THERE]) == 1


def test_names_are_apart_where_they_are_global() -> None:
    architecture = shop()
    roles = [item.role_name for item in architecture.of(Role)]
    buckets = [item.bucket_name for item in architecture.of(Bucket)]
    assert len(set(roles)) == len(roles)
    assert len(set(buckets)) == len(buckets)
    assert architecture[Ref(Bucket, "standby_media")].bucket_name == "shop-media-production-standby"


def test_the_database_is_a_replica_with_a_key_and_a_network_of_its_own() -> None:
    replica = shop()[Ref(DatabaseInstance, "standby_main")]
    assert replica.source == Ref(DatabaseInstance, "main")
    assert (replica.engine, replica.master_username, replica.master_password, replica.allocated_storage) == (None,) * 4
    assert replica.backup_retention_period is None
    assert not replica.multi_az
    assert replica.deletion_protection
    for part in (replica.kms_key, replica.subnet_group, replica.parameter_group, *replica.security_groups):
        assert part is not None
        assert shop()[part].region == THERE


def test_its_url_has_the_primarys_password_and_its_own_host() -> None:
    value = shop()[Ref(Secret, "standby_main_url")].value
    assert isinstance(value, Text)
    password = Ref(Secret, "main_password")
    assert [part for part in value.parts if isinstance(part, SecretValue)] == [
        SecretValue(password, "username", THERE),
        SecretValue(password, "password", THERE),
    ]
    assert Ref(DatabaseInstance, "standby_main").attribute("address") in value.parts
    assert Ref(Secret, "standby_main_password") not in shop()


def test_secrets_are_copied_and_read_there() -> None:
    architecture = shop()
    for name in ("main_password", "application"):
        assert architecture[Ref(Secret, name)].replicas == (SecretReplica(THERE, Ref(Key, "standby_main")),)
    assert Ref(Secret, "standby_application") not in architecture
    assert architecture[Ref(Secret, "standby_sessions_token")].generate is not None
    (container,) = architecture[Ref(TaskDefinition, "standby_api")].containers
    arn = container.secrets["SECRET_KEY"]
    assert isinstance(arn, Text)
    assert Attribute(Ref(Secret, "application"), "name_in_arn") in arn.parts
    assert any(isinstance(part, str) and f":secretsmanager:{THERE}:" in part for part in arn.parts)
    allowed = _statement(architecture, "standby_api_execution", "ReadInjectedSecrets").resources
    assert arn in allowed
    assert container.secrets["DATABASE_URL"] in allowed


def _statement(architecture: Architecture, role: str, sid: str) -> Statement:
    (policy,) = architecture[Ref(Role, role)].inline_policies
    return next(item for item in policy.document.statements if item.sid == sid)


def test_objects_go_into_the_bucket_that_is_used_there() -> None:
    architecture = shop()
    media = architecture[Ref(Bucket, "media")]
    assert media.replication
    assert media.replication.destination == Ref(Bucket, "standby_media")
    assert media.replication.kms_key == Ref(Key, "standby_media")
    assert architecture[Ref(Bucket, "standby_media")].versioning
    assert architecture[Ref(Bucket, "standby_media")].replication is None
    assert architecture[Ref(Bucket, "scratch")].replication is None
    written = _statement(architecture, "media_replication", "WriteCopies").resources
    assert written == (Text((Ref(Bucket, "standby_media").arn, "/*")),)
    (container,) = architecture[Ref(TaskDefinition, "standby_api")].containers
    assert container.environment["MEDIA_BUCKET"] == Ref(Bucket, "standby_media").attribute("id")


def test_access_logs_stay_in_their_region() -> None:
    written = SHOP.replace("scratch: {versioning: false}", "logs: {replicate: us-west-2}")
    architecture = designed(written + STANDBY)
    replication = architecture[Ref(Bucket, "logs")].replication
    assert replication
    assert replication.destination == Ref(Bucket, "logs_replica")
    assert Ref(Bucket, "standby_logs") in architecture


def test_images_are_copied_into_repositories_of_the_same_name() -> None:
    architecture = shop()
    here, copied = (architecture[Ref(ContainerRepository, name)] for name in ("api", "standby_api"))
    assert here.repository_name == copied.repository_name
    (replication,) = architecture.of(RegistryReplication)
    assert (replication.destination_region, replication.repositories) == (THERE, (here.repository_name,))
    assert replication.region is None
    assert copied.ref in replication.depends_on
    assert architecture[Ref(EcsService, "standby_api")].desired_count == 1
    assert [item.name for item in architecture.inputs].count("api_image_tag") == 1


def test_one_record_proves_both_certificates() -> None:
    certificate = shop()[Ref(Certificate, "standby_api")]
    assert certificate.domain_name == "api.shop.com"
    assert certificate.hosted_zone_id is None
    assert Ref(Certificate, "api") in certificate.depends_on


def test_outputs_of_both() -> None:
    names = {item.name for item in shop().outputs}
    assert {"main_address", "standby_main_address", "standby_load_balancer_address"} <= names


def test_nulls_of_the_overlay_are_the_standbys() -> None:
    """``null`` in the overlay takes away what the primary has, at every depth, and leaves the primary alone."""
    written = SHOP.replace("class: cache.t4g.micro", "class: cache.t4g.micro, shards: 2, nodes: 2")
    overlay = "        caches: {sessions: {shards: null, nodes: 1}}\n        alarms: null\n"
    architecture = designed(written + STANDBY + overlay)
    here, away = (architecture[Ref(CacheReplicationGroup, name)] for name in ("sessions", "standby_sessions"))
    assert (here.cluster_mode, here.nodes) == ("enabled", 4)
    assert (away.cluster_mode, away.nodes) == (None, 1)
    told = {item.address for item in architecture.of(Alarm)}
    assert "alarm.main_cpu_high" in told
    assert "alarm.standby_main_cpu_high" not in told


def test_caches_begin_empty() -> None:
    here, empty = (shop()[Ref(CacheReplicationGroup, name)] for name in ("sessions", "standby_sessions"))
    assert here.replication_group_id != empty.replication_group_id


def test_extensions_are_created_where_the_database_can_be_written() -> None:
    written = SHOP.replace("class: db.t4g.micro", "class: db.t4g.micro, extensions: [pg_trgm]")
    architecture = designed(written + STANDBY)
    assert len(architecture[Ref(TaskDefinition, "api")].containers) == 2
    assert len(architecture[Ref(TaskDefinition, "standby_api")].containers) == 1


def test_seen_alone_it_has_the_names_that_it_was_designed_with() -> None:
    standby = shop().standby
    assert standby
    assert (standby.region, standby.environment) == (THERE, "production-standby")
    assert Ref(DatabaseInstance, "main") in standby
    assert len(standby) == len(shop().in_standby)
    assert alone().standby is None
    assert alone().in_standby == frozenset()


def test_a_convention_without_environment_keeps_names_apart() -> None:
    architecture = designed('names: "{project}-{name}"\n' + SHOP.lstrip() + STANDBY)
    roles = [item.role_name for item in architecture.of(Role)]
    assert len(set(roles)) == len(roles)
    assert architecture[Ref(DatabaseInstance, "standby_main")].identifier == "shop-main-standby"


def test_names_that_only_the_standby_makes_too_long_are_shortened() -> None:
    long = SHOP.replace("project: shop", "project: a-shop-of-goods")
    balancer = designed(long + STANDBY)[Ref(LoadBalancer, "standby_main")].load_balancer_name
    assert len(balancer) <= 32


def test_the_bill_says_what_the_standby_costs() -> None:
    found = estimate(shop(), loaded(SHOP).blueprint.usage, None)
    assert found.standby
    assert found.standby.region == THERE
    lines = [line for line in found.lines if line.resource.split(".")[1].startswith("standby_")]
    assert found.standby.monthly == sum(line.monthly for line in lines)
    before = estimate(alone(), loaded(SHOP).blueprint.usage, None)
    # The copies of two secrets and the health checks are the primary's.
    assert found.standby.monthly < found.monthly - before.monthly < found.standby.monthly + 5
    data = to_json(found, "production")["standby"]
    assert data["region"] == THERE
    assert data["monthly"] + data["without"] == pytest.approx(to_json(found, "production")["monthly"], abs=0.02)
    assert "standby" not in to_json(before, "production")


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("region: us-west-2", "region: us-west-7", 'there is no AWS region "us-west-7"'),
        ("region: us-west-2", "region: cn-north-1", "no account has both"),
        ("nat: single", "zones: [a, z]", "(in the standby in us-west-2)"),
        ("nat: single}", "nat: single}\n        databases: {main: {class: db.nothing}}", 'AWS has no "db.nothing"'),
    ],
)
def test_what_the_catalog_knows_better(before: str, after: str, problem: str) -> None:
    found = refused(SHOP + STANDBY.replace(before, after))
    assert any(problem in item for item in found), found
    assert all(item.startswith("groundplan.yaml:") for item in found)


def test_a_mistake_of_both_regions_is_told_once() -> None:
    (found,) = refused(SHOP.replace("class: db.t4g.micro", "class: db.nothing") + STANDBY)
    assert "in the standby" not in found


def test_a_name_that_the_standby_takes() -> None:
    (found,) = refused(SHOP.replace("queues: {imports: {}}", "queues: {imports: {}, standby-imports: {}}") + STANDBY)
    assert "queues.standby-imports: " in found
    assert "would be there twice, as the standby's as well; choose a name without standby" in found


EKS = """
project: shop
region: us-east-1
platform: eks
network: {cidr: 10.0.0.0/16}
kubernetes: {version: "1.35", nodes: {general: {instances: [t3.large], desired: 4, min: 2, max: 8}}}
services:
  api:
    image: {repository: api, tag: "1"}
    port: 8000
    size: {cpu: 500, memory: 512}
    public: {domain: api.shop.com}
    needs: [main, {media: read-write}]
    secrets: {SECRET_KEY: application, SALT: salt}
databases: {main: {engine: postgres 16, class: db.t4g.micro}}
buckets: {media: {}}
secrets: {application: {store: parameter-store, generate: 64}, salt: {generate: 20}}
dns: {zone: shop.com}
environments:
  production:
    short_name: prod
    standby:
      region: us-west-2
      overlay:
        network: {cidr: 10.1.0.0/16}
        kubernetes: {nodes: {general: {desired: 1, min: 1}}}
        services: {api: {tasks: {min: 1, desired: 1}}}
"""


@cache
def on_eks() -> Architecture:
    return design(loaded(EKS))


def test_kubernetes_has_a_cluster_and_an_overlay_of_its_own() -> None:
    architecture = on_eks()
    names = [item.cluster_name for item in architecture.of(KubernetesCluster)]
    assert names == ["shop-prod-cluster", "shop-prod-standby-cluster"]
    files = kubernetes.render(architecture).files
    assert "overlays/production-standby/kustomization.yaml" in files
    assert "us-west-2" in files["helm/production-standby/cluster-autoscaler.yaml"]
    told = files["overlays/production-standby/deployed.env"]
    assert "#api_repository=" in told  # the output standby_api_repository, by the name that it has there
    patches = files["overlays/production-standby/kustomization.yaml"]
    assert "/shop/prod-standby/application" in patches or "prod-standby" in patches


def test_pods_there_read_the_copies() -> None:
    architecture = on_eks()
    parameter = architecture[Ref(SecureParameter, "standby_application")]
    assert parameter.source == Ref(SecureParameter, "application")
    assert (parameter.generate, parameter.parameter_name) == (None, "/shop/prod-standby/application")
    assert architecture.standby
    (workload,) = architecture.standby.workloads
    assert set(workload.pod.secrets) == {"DATABASE_URL", "SECRET_KEY", "SALT"}
    salt = next(part for part in dynamic_values(workload.pod.secrets["SALT"]) if isinstance(part, Attribute))
    assert architecture.standby[salt.ref] is architecture[Ref(Secret, "salt")]
