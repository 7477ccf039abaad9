"""Caches in cluster mode: shards, one address, alarms for every node."""

from __future__ import annotations

from string import ascii_letters, digits, punctuation

import pytest
from tests.blueprint.conftest import Problems
from tests.blueprint.conftest import problems as problems
from tests.blueprint.conftest import write as write
from tests.design.blueprints import designed

from groundplan.checks.wording import spelled
from groundplan.resources import Architecture
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.databases import CacheParameterGroup, CacheReplicationGroup
from groundplan.resources.monitoring import Alarm, Metric
from groundplan.resources.security import Secret
from groundplan.resources.values import Attribute, Ref

SESSIONS = Ref(CacheReplicationGroup, "sessions")


def with_cache(written: str) -> Architecture:
    return designed(f"""
        project: shop
        region: eu-west-1
        services: {{web: {{image: {{repository: web, tag: '1'}}, needs: [sessions]}}}}
        caches: {{sessions: {{engine: redis 7.1, class: cache.t4g.micro, {written}}}}}
        """)


def test_shards_make_a_cluster() -> None:
    cache = with_cache("shards: 3, nodes: 2")[SESSIONS]
    assert (cache.cluster_mode, cache.num_node_groups, cache.replicas_per_node_group) == ("enabled", 3, 1)
    assert (cache.num_cache_clusters, cache.nodes_of_a_shard, cache.nodes) == (None, 2, 6)
    assert (cache.automatic_failover_enabled, cache.multi_az_enabled) == (True, True)


def test_one_shard_is_a_cluster_too_and_none_is_not() -> None:
    one, none = with_cache("shards: 1")[SESSIONS], with_cache("nodes: 2")[SESSIONS]
    assert (one.cluster_mode, one.num_node_groups, one.nodes) == ("enabled", 1, 2)
    assert (none.cluster_mode, none.num_node_groups, none.num_cache_clusters, none.nodes) == (None, None, 2, 2)


def test_a_shard_without_replicas_fails_over_to_nothing_as_elasticache_wants_it() -> None:
    cache = with_cache("shards: 2, nodes: 1")[SESSIONS]
    assert (cache.automatic_failover_enabled, cache.multi_az_enabled) == (True, False)


def test_the_parameter_group_is_another_one() -> None:
    group = with_cache("shards: 2, parameters: {maxmemory-policy: allkeys-lru}")[SESSIONS].parameter_group
    assert group == Ref(CacheParameterGroup, "sessions_cluster_mode")
    found = with_cache("shards: 2, parameters: {maxmemory-policy: allkeys-lru}")[group]
    assert found.parameters == {"cluster-enabled": "yes", "maxmemory-policy": "allkeys-lru"}
    assert (found.family, found.parameter_group_name) == ("redis7", "shop-production-sessions-cluster-mode")
    assert with_cache("nodes: 1")[SESSIONS].parameter_group == Ref(CacheParameterGroup, "sessions")


def test_services_begin_at_the_configuration_endpoint_and_are_told() -> None:
    found = with_cache("shards: 2")
    url = found[Ref(Secret, "sessions_url")].value
    assert url is not None
    text = spelled(url)
    assert text.endswith("@{cache_replication_group.sessions.configuration_endpoint_address}:6379")
    (container,) = found[Ref(TaskDefinition, "web")].containers
    assert container.environment["SESSIONS_CLUSTER"] == "true"
    assert "REDIS_URL" in container.secrets


def test_without_encryption_they_get_the_host() -> None:
    (container,) = with_cache("shards: 2, encryption: false")[Ref(TaskDefinition, "web")].containers
    host = container.environment["SESSIONS_HOST"]
    assert isinstance(host, Attribute)
    assert host.name == "configuration_endpoint_address"
    assert container.environment["SESSIONS_CLUSTER"] == "true"


def test_without_shards_nobody_speaks_of_a_cluster() -> None:
    found = with_cache("nodes: 2")
    (container,) = found[Ref(TaskDefinition, "web")].containers
    assert "SESSIONS_CLUSTER" not in container.environment
    url = found[Ref(Secret, "sessions_url")].value
    assert url is not None
    assert spelled(url).endswith("primary_endpoint_address}:6379/0")


def test_every_node_of_every_shard_is_watched() -> None:
    found = with_cache("shards: 2, nodes: 3")
    watched = {
        spelled(alarm.metric.dimensions["CacheClusterId"]).rpartition("}")[2]
        for alarm in found.of(Alarm)
        if isinstance(alarm.metric, Metric) and alarm.metric.namespace == "AWS/ElastiCache"
    }
    assert watched == {f"-{shard:04d}-{node:03d}" for shard in (1, 2) for node in (1, 2, 3)}


@pytest.mark.parametrize(
    ("written", "path", "said"),
    [
        ("shards: 84, nodes: 6", "shards", "84 shards of 6 nodes are 504 nodes; ElastiCache allows a cluster 500"),
        ("shards: 0", "shards", ""),
        ("shards: 501", "shards", ""),
        ("shards: 2, nodes: 7", "nodes", ""),
        ("shards: 2, nodes: 0", "nodes", ""),
        ("parameters: {cluster-enabled: 'yes'}", "parameters.cluster-enabled", "follows from shards"),
    ],
)
def test_what_elasticache_would_refuse(written: str, path: str, said: str, problems: Problems) -> None:
    cache = f"caches: {{sessions: {{engine: redis 7.1, class: cache.t4g.micro, {written}}}}}\n"
    found = problems(f"project: shop\nregion: eu-west-1\n{cache}")
    assert len(found) == 1, found
    assert f": caches.sessions.{path}" in found[0], found
    assert said in found[0]


def test_elasticache_takes_every_token_that_can_be_made() -> None:
    generate = with_cache("nodes: 1")[Ref(Secret, "sessions_token")].generate
    assert generate is not None
    characters = {*ascii_letters, *digits, *(() if generate.exclude_punctuation else punctuation)}
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
    assert characters - {*generate.exclude_characters} <= {*ascii_letters, *digits, *"!&#$^<>-"}
    assert 16 <= generate.length <= 128
