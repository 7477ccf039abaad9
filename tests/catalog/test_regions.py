from __future__ import annotations

import pytest

from groundplan.catalog import regions

COMMERCIAL_REGIONS = """
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
    eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
    me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2
"""


def region(name: str) -> regions.Region:
    found = regions.find(name)
    assert found is not None
    return found


def test_every_commercial_region_is_known() -> None:
    known = {name for name, each in regions.all_regions().items() if each.partition.name == "aws"}
    assert known == set(COMMERCIAL_REGIONS.split())


def test_every_region_is_whole() -> None:
    for name, each in regions.all_regions().items():
        assert each.name == name
        assert each.long_name
        assert each.zones == tuple(sorted(set(each.zones)))
        assert 2 <= each.zones_per_account <= len(each.zones)
        assert not set(each.zones) & set(each.older_zones)
        assert all(len(zone) == 1 for zone in (*each.zones, *each.older_zones))
        assert each.source.page.startswith("https://")
        assert each.source.date.year >= 2024
        assert each.partition.dns_suffix


def test_zones_of_mumbai() -> None:
    assert region("ap-south-1").zone_names() == ("ap-south-1a", "ap-south-1b", "ap-south-1c")
    assert not region("ap-south-1").zones_depend_on_account
    assert region("ap-south-1").long_name == "Asia Pacific (Mumbai)"


def test_an_account_sees_two_of_three_zones_in_northern_california() -> None:
    california = region("us-west-1")
    assert california.zones == ("a", "b", "c")
    assert california.zones_per_account == 2
    assert california.zones_depend_on_account


def test_tokyo_keeps_zone_b_for_older_accounts() -> None:
    tokyo = region("ap-northeast-1")
    assert tokyo.zones == ("a", "c", "d")
    assert tokyo.older_zones == ("b",)
    assert tokyo.zones_depend_on_account


@pytest.mark.parametrize(
    ("name", "prefix"), [("us-east-1", ""), ("us-east-2", "USE2"), ("ap-south-1", "APS3"), ("eu-west-1", "EU")]
)
def test_billing_prefixes(name: str, prefix: str) -> None:
    assert region(name).billing_prefix == prefix


def test_billing_prefixes_are_unique_and_unknown_ones_are_none() -> None:
    prefixes = [each.billing_prefix for each in regions.all_regions().values() if each.billing_prefix is not None]
    assert len(prefixes) == len(set(prefixes))
    assert region("ap-southeast-6").billing_prefix is None


def test_partitions() -> None:
    assert region("cn-north-1").partition.name == "aws-cn"
    assert region("cn-north-1").partition.dns_suffix == "amazonaws.com.cn"
    assert region("us-gov-west-1").partition.name == "aws-us-gov"


def test_regions_that_an_account_must_enable() -> None:
    assert region("ap-south-2").opt_in
    assert not region("ap-south-1").opt_in


def test_unknown_region_suggests_the_nearest() -> None:
    assert regions.find("ap-south1") is None
    assert regions.suggest("ap-south1") == '; did you mean "ap-south-1"?'
    assert "us-east-1" in regions.suggest("??")
