"""DS-128 to DS-146: the cache."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, same, tags
from tests.acceptance.test_duskspendr_containers import deployed_group, only_ingress

from groundplan.catalog import instances, names
from groundplan.resources import Architecture
from groundplan.resources.databases import CacheParameterGroup, CacheReplicationGroup
from groundplan.resources.network import SecurityGroup, SecurityGroupRule
from groundplan.resources.security import Secret
from groundplan.resources.values import Ref, SecretValue

GROUP = Ref(CacheReplicationGroup, "sessions")

# Terraform's argument, CloudFormation's property, what DescribeReplicationGroups calls it, and what it answers.
VALUES = [
    proves("DS-129", "replication_group_id", "ReplicationGroupId", "ReplicationGroupId", "duskspendr-redis", None),
    proves("DS-130", "description", "ReplicationGroupDescription", "Description", "Redis cluster for DuskSpendr", None),
    proves("DS-131", "node_type", "CacheNodeType", "CacheNodeType", "cache.t3.medium", None),
    proves("DS-134", "engine", "Engine", "Engine", "redis", None),
    proves("DS-139", "at_rest_encryption_enabled", "AtRestEncryptionEnabled", "AtRestEncryptionEnabled", True, None),
    proves("DS-140", "transit_encryption_enabled", "TransitEncryptionEnabled", "TransitEncryptionEnabled", True, None),
    proves("DS-142", "automatic_failover_enabled", "AutomaticFailoverEnabled", "AutomaticFailover", True, "enabled"),
    proves("DS-143", "multi_az_enabled", "MultiAZEnabled", "MultiAZ", True, "enabled"),
    proves("DS-144", "snapshot_retention_limit", "SnapshotRetentionLimit", "SnapshotRetentionLimit", 7, None),
    proves("DS-145", "snapshot_window", "SnapshotWindow", "SnapshotWindow", "05:00-06:00", None),
]
each_value = pytest.mark.parametrize(("argument", "written", "answered", "expected", "in_words"), VALUES)


def deployed_cache(aws: Aws) -> dict[str, Any]:
    found = aws.client("elasticache").describe_replication_groups(ReplicationGroupId="duskspendr-redis")
    group: dict[str, Any] = found["ReplicationGroups"][0]
    return group


@each_value
def test_cache(
    terraform: TerraformRoot,
    templates: Templates,
    argument: str,
    written: str,
    answered: str,
    expected: object,
    in_words: str | None,
) -> None:
    assert same(terraform.of(GROUP)[argument], expected)
    assert same(templates.properties(GROUP)[written], expected)


@each_value
def test_deployed_cache(
    aws: Aws, argument: str, written: str, answered: str, expected: object, in_words: str | None
) -> None:
    assert same(deployed_cache(aws)[answered], in_words or expected)


@requirement("DS-129")
def test_identifier_is_the_demanded_one_in_lower_case(architecture: Architecture) -> None:
    """C-15"""
    assert names.rule("cache_replication_group").problem("DuskSpendr-redis") is not None
    assert architecture[GROUP].replication_group_id == "DuskSpendr-redis".lower()


@requirement("DS-131")
def test_node_type_exists(architecture: Architecture) -> None:
    assert architecture[GROUP].node_type in instances.cache_node_types()


@requirement("DS-132", "DS-133", "DS-135")
def test_nodes_port_and_version(terraform: TerraformRoot, templates: Templates) -> None:
    planned, written = terraform.of(GROUP), templates.properties(GROUP)
    assert (planned["num_cache_clusters"], planned["port"], planned["engine_version"]) == (2, 6379, "7.0")
    assert (written["NumCacheClusters"], written["Port"], written["EngineVersion"]) == (2, 6379, "7.0")


@requirement("DS-132", "DS-133")
def test_deployed_nodes_and_port(aws: Aws) -> None:
    group = deployed_cache(aws)
    assert len(group["MemberClusters"]) == 2
    assert group["NodeGroups"][0]["PrimaryEndpoint"]["Port"] == 6379


@requirement("DS-136")
def test_parameter_group(architecture: Architecture, terraform: TerraformRoot, templates: Templates) -> None:
    group = architecture[GROUP].parameter_group
    assert architecture[group].family == "redis7"
    assert terraform.of(GROUP)["parameter_group_name"] == terraform.of(group)["name"] == "duskspendr-redis"
    assert terraform.of(Ref(CacheParameterGroup, "sessions"))["family"] == "redis7"
    place = templates.rendering.locations[group][0]
    assert templates.properties(GROUP)["CacheParameterGroupName"] == {"Ref": place.logical_id}


@requirement("DS-137")
def test_deployed_subnet_group_covers_both_zones(aws: Aws) -> None:
    group = aws.client("elasticache").describe_cache_subnet_groups(CacheSubnetGroupName="duskspendr-main")
    subnets = group["CacheSubnetGroups"][0]["Subnets"]
    found = aws.client("ec2").describe_subnets(SubnetIds=[subnet["SubnetIdentifier"] for subnet in subnets])
    assert {(subnet["CidrBlock"], subnet["AvailabilityZone"]) for subnet in found["Subnets"]} == {
        ("10.0.100.0/24", "ap-south-1a"),
        ("10.0.200.0/24", "ap-south-1b"),
    }


@requirement("DS-138")
def test_only_the_api_reaches_the_cache(architecture: Architecture, terraform: TerraformRoot) -> None:
    group = Ref(SecurityGroup, "sessions")
    assert architecture[GROUP].security_groups == (group,)
    rules = [rule for rule in architecture.of(SecurityGroupRule) if rule.security_group == group]
    assert [(rule.direction, rule.from_port, rule.to_port, rule.peer) for rule in rules] == [
        ("ingress", 6379, 6379, Ref(SecurityGroup, "api"))
    ]
    assert terraform.of(GROUP)["security_group_ids"] == [terraform.of(group)["id"]]


@requirement("DS-138")
def test_deployed_security_group_of_the_cache(aws: Aws) -> None:
    assert deployed_group(aws, "DuskSpendr-redis")["GroupName"] == "DuskSpendr-redis"
    assert only_ingress(aws, "DuskSpendr-redis", 6379, "DuskSpendr-api")


@requirement("DS-141")
def test_token_is_generated_and_stands_nowhere(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    """C-21"""
    token = architecture[GROUP].auth_token
    assert token == SecretValue(Ref(Secret, "sessions_token"))
    generated = architecture[Ref(Secret, "sessions_token")].generate
    assert generated is not None
    assert 16 <= generated.length <= 128
    assert "{{resolve:secretsmanager:" in json.dumps(templates.properties(GROUP)["AuthToken"])
    assert not re.search(r'auth_token(_wo)?\s*=\s*"', terraform.text("elasticache.tf"))


@requirement("DS-141")
def test_deployed_token_is_one_that_elasticache_takes(aws: Aws) -> None:
    secrets = aws.client("secretsmanager")
    token = secrets.get_secret_value(SecretId="DuskSpendr/production/redis_token")["SecretString"]
    assert 16 <= len(token) <= 128
    assert re.fullmatch(r"[A-Za-z0-9!&#$^<>-]+", token.replace("_", "-").replace(".", "-"))
    url = secrets.get_secret_value(SecretId="DuskSpendr/production/redis_url")["SecretString"]
    assert url.startswith(f"rediss://:{token}@")
    assert url.endswith(":6379/0")


@requirement("DS-146")
def test_name_tag(terraform: TerraformRoot, templates: Templates) -> None:
    assert terraform.of(GROUP)["tags"]["Name"] == "DuskSpendr-redis"
    assert tags(templates.properties(GROUP)["Tags"])["Name"] == "DuskSpendr-redis"


@requirement("DS-146")
def test_deployed_name_tag(aws: Aws) -> None:
    arn = deployed_cache(aws)["ARN"]
    assert tags(aws.client("elasticache").list_tags_for_resource(ResourceName=arn)["TagList"])["Name"] == (
        "DuskSpendr-redis"
    )
