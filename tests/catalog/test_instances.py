from __future__ import annotations

from decimal import Decimal

import pytest

from groundplan.catalog import instances


@pytest.mark.parametrize(
    ("name", "vcpu", "memory", "architecture", "burstable"),
    [
        ("db.t3.medium", 2, "4", "x86_64", True),
        ("db.t4g.micro", 2, "1", "arm64", True),
        ("db.r6g.large", 2, "16", "arm64", False),
        ("cache.t3.medium", 2, "3.09", "x86_64", True),
        ("cache.r6g.large", 2, "13.07", "arm64", False),
        ("t3.micro", 2, "1", "x86_64", True),
        ("m5.large", 2, "8", "x86_64", False),
        ("c7g.xlarge", 4, "8", "arm64", False),
    ],
)
def test_published_sizes(name: str, vcpu: int, memory: str, architecture: str, burstable: bool) -> None:
    found = instances.find(name)
    assert found is not None
    assert (found.vcpu, found.memory_gib) == (vcpu, Decimal(memory))
    assert (found.architecture, found.burstable) == (architecture, burstable)


def test_what_is_not_known_is_none() -> None:
    found = instances.find("cache.c8gn.large")
    assert found is not None
    assert found.memory_gib is None
    assert found.max_connections() is None


def test_max_connections_of_postgresql() -> None:
    small = instances.find("db.t3.medium")
    large = instances.find("db.r6g.16xlarge")
    assert small is not None
    assert large is not None
    assert small.max_connections() == 4 * 1024**3 // 9531392 == 450
    assert large.max_connections() == 5000


def test_unknown_sizes() -> None:
    assert instances.find("db.t3.huge") is None
    assert instances.find("") is None
    assert instances.find("db.") is None
    assert "db.t3.medium" in instances.suggest("db.t3.huge")
    assert "db.t3" not in instances.suggest("cache.t3.huge")
    assert instances.suggest("db.m6.large").startswith('; did you mean "db.m')
    assert instances.suggest("nonsense").startswith("; families: ")


def test_postgresql_classes() -> None:
    medium = instances.find("db.t3.medium")
    assert medium is not None
    assert "postgres" in medium.engines
    assert medium.family == "t3"


@pytest.mark.parametrize(
    ("kind", "prefix"), [("rds_classes", "db."), ("cache_node_types", "cache."), ("ec2_types", "")]
)
def test_data(kind: str, prefix: str) -> None:
    table = {
        "rds_classes": instances.rds_classes,
        "cache_node_types": instances.cache_node_types,
        "ec2_types": instances.ec2_types,
    }[kind]()
    assert len(table) > 90
    for name, instance in table.items():
        assert name == instance.name
        assert name.startswith(prefix)
        assert instance.source.page.startswith("https://")
        assert instance.source.date.year == 2026
        assert instance.vcpu is None or instance.vcpu > 0
        assert instance.memory_gib is None or instance.memory_gib > 0
        assert instance.architecture in ("x86_64", "arm64", None)
        if instance.architecture and instance.family.rstrip("dn").endswith("g"):
            assert instance.architecture == "arm64"


@pytest.mark.parametrize(
    "family", ["t3", "t4g", "m5", "m6g", "m6i", "m7g", "r5", "r6g", "r6i", "r7g", "c5", "c6i", "c7g"]
)
def test_the_common_ec2_families_are_known_whole(family: str) -> None:
    members = [each for each in instances.ec2_types().values() if each.family == family]
    assert len(members) >= 7
    assert all(each.vcpu and each.memory_gib for each in members)


@pytest.mark.parametrize(
    ("name", "reserved", "left"),
    [
        ("t3.small", 100, 1896),  # 2048 × 7985/8192 = 1996.25; 5 % of it are 99.8
        ("m5.large", 400, 7585),  # AWS's own example sees 7985 MiB
        ("t3.nano", 25, 474),
    ],
)
def test_a_part_of_an_instances_memory_is_for_tasks(name: str, reserved: int, left: int) -> None:
    found = instances.find(name)
    assert found is not None
    assert (found.reserved_memory_mib(), found.task_memory_mib()) == (reserved, left)


def test_unknown_memory_is_no_memory_for_tasks() -> None:
    unknown = next(item for item in instances.cache_node_types().values() if item.memory_gib is None)
    assert unknown.reserved_memory_mib() is None
    assert unknown.task_memory_mib() is None
