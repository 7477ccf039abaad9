"""Services that have a VPC endpoint."""

from __future__ import annotations

import pytest

from groundplan.catalog import endpoints
from groundplan.design.networking import GATEWAY_ENDPOINTS


def test_the_table_is_sorted_and_names_nothing_twice() -> None:
    from groundplan.catalog import _data

    names = [name for (name,) in _data.rows("endpoints")]
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    "service", ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms", "sts", "ssm", "kms-fips", "appconfig-fips"]
)
def test_what_applications_use_is_known(service: str) -> None:
    assert endpoints.is_known(service)


def test_services_of_gateways_are_known() -> None:
    assert all(map(endpoints.is_known, GATEWAY_ENDPOINTS))


@pytest.mark.parametrize("service", ["", "-fips", "ecr", "com.amazonaws.eu-west-1.ecr.api", "S3"])
def test_what_is_none_is_not_known(service: str) -> None:
    assert not endpoints.is_known(service)
