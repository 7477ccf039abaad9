"""Log retention, quotas and service level agreements."""

from __future__ import annotations

from decimal import Decimal

import pytest

from groundplan.catalog import logs, quotas, slas
from groundplan.errors import InputError


def test_log_retention() -> None:
    assert logs.retention_days()[:6] == (1, 3, 5, 7, 14, 30)
    assert logs.retention_days()[-1] == 3653
    assert list(logs.retention_days()) == sorted(set(logs.retention_days()))
    assert logs.is_valid(30)
    assert not logs.is_valid(31)
    assert logs.nearest(31) == 60
    assert logs.nearest(0) == 1
    assert logs.nearest(99999) == 3653
    assert logs.source().page.startswith("https://docs.aws.amazon.com/")


@pytest.mark.parametrize(
    ("key", "limit", "adjustable"),
    [
        ("vpcs_per_region", 5, True), ("elastic_ips_per_region", 5, True), ("nat_gateways_per_zone", 5, True),
        ("rules_per_security_group", 60, True), ("security_groups_per_interface", 5, True),
        ("routes_per_route_table", 500, True), ("listeners_per_load_balancer", 50, True),
        ("rules_per_load_balancer", 100, True), ("resources_per_template", 500, False),
        ("template_bytes", 1048576, False), ("parameters_per_template", 200, False),
        ("outputs_per_template", 200, False), ("tasks_per_service", 5000, True),
        ("rds_instances_per_region", 40, True), ("read_replicas_per_instance", 15, True),
    ],
)  # fmt: skip
def test_quotas(key: str, limit: int, adjustable: bool) -> None:
    found = quotas.quota(key)
    assert (found.limit, found.adjustable) == (limit, adjustable)


def test_a_quota_can_differ_by_region() -> None:
    instances = quotas.quota("rds_instances_per_region")
    assert instances.limit_in("ap-south-1") == 20
    assert instances.limit_in("us-east-1") == 40


def test_unknown_quota_suggests_the_nearest() -> None:
    with pytest.raises(InputError, match='did you mean "vpcs_per_region"'):
        quotas.quota("vpc_per_region")


def test_data_of_quotas() -> None:
    for key, quota in quotas.all_quotas().items():
        assert quota.key == key
        assert quota.limit > 0
        assert quota.title
        assert quota.service
        assert quota.source.page.startswith("https://docs.aws.amazon.com/")
        assert quota.source.date.year == 2026


@pytest.mark.parametrize(
    ("key", "percent"),
    [("ec2_region", "99.99"), ("fargate_region", "99.99"), ("rds_multi_az", "99.95"), ("elasticache_multi_az", "99.99"),
     ("load_balancer", "99.99"), ("s3_standard", "99.9"), ("route53", "100"), ("kms", "99.999")],
)  # fmt: skip
def test_slas(key: str, percent: str) -> None:
    found = slas.find(key)
    assert found is not None
    assert found.percent == Decimal(percent)
    assert found.availability == Decimal(percent) / 100


def test_no_commitment_is_no_entry() -> None:
    assert slas.find("cloudformation") is None


def test_data_of_slas() -> None:
    for key, sla in slas.all_slas().items():
        assert sla.key == key
        assert 90 < sla.percent <= 100
        assert sla.condition
        assert sla.source.page.startswith("https://aws.amazon.com/")
        assert sla.source.date.year >= (2019 if key == "api_gateway" else 2022), "only its announcement was at hand"
