from __future__ import annotations

import pytest

from groundplan.catalog import prices
from groundplan.catalog.price_list import selectors
from groundplan.catalog.reservations import UNIT, names, refreshed_with, term_sku, terms_of


@pytest.mark.parametrize(
    ("sku", "named"),
    [
        ("ec2.t3_large.hour", ("ec2_ri_std.t3_large",)),
        ("ec2.t3.cpu_credit_vcpu_hour", ()),
        ("rds.postgres.db_t3_medium.single_az.hour", ("rds_ri.postgres_t3_medium",)),
        (
            "rds.postgres.db_t3_medium.multi_az.hour",
            ("rds_ri.postgres_t3_medium.multi_az", "rds_ri.postgres_t3_medium"),
        ),
        ("rds.storage.gp3.single_az.gb_month", ()),
        ("rds.proxy.vcpu_hour", ()),
        ("elasticache.redis.cache_t3_medium.hour", ("elasticache_rn.redis_t3_medium",)),
        ("elasticache.backup.gb_month", ()),
        ("fargate.vcpu_hour", ()),
        ("alb.hour", ()),
        ("", ()),
    ],
)
def test_names(sku: str, named: tuple[str, ...]) -> None:
    assert names(sku) == named


def test_only_a_deployment_s_own_terms_are_asked_for() -> None:
    assert terms_of("rds.postgres.db_t3_medium.multi_az.hour") == {
        1: "savings.rds_ri.postgres_t3_medium.multi_az.1y_no_upfront_pct",
        3: "savings.rds_ri.postgres_t3_medium.multi_az.3y_no_upfront_pct",
    }
    assert terms_of("nat.hour") == {}


def test_every_class_that_the_price_list_is_asked_for_has_terms_of_its_own() -> None:
    classes = [sku for sku in selectors() if names(sku)]
    assert {sku.partition(".")[0] for sku in classes} == {"ec2", "rds", "elasticache"}
    assert len(refreshed_with()) == 2 * len(classes)
    assert set(refreshed_with().values()) == set(classes)


def test_the_packaged_terms_have_these_names_and_unit() -> None:
    terms = [price for price in prices.packaged() if price.sku in refreshed_with()]
    assert term_sku("rds_ri.postgres_t4g_medium", 1) in {price.sku for price in terms}
    assert {price.unit for price in terms} == {UNIT}
