"""DuskSpendr's production: the figures that its seed only guessed at (C-23), from published prices of Mumbai."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from groundplan.blueprint.loading import load_environment
from groundplan.cost import Estimate, estimate
from groundplan.cost.report import cents
from groundplan.design import design

EXAMPLE = Path(__file__).parents[2] / "examples/duskspendr/groundplan.yaml"


@cache
def _production() -> Estimate:
    loaded = load_environment(EXAMPLE, "production")
    return estimate(design(loaded), loaded.blueprint.usage, loaded.blueprint.objectives.budget)


@pytest.mark.parametrize(
    ("kinds", "skus", "monthly"),
    [
        # 3 tasks × 730 h × (0.5 vCPU × 0.04256 + 1 GB × 0.004655); the seed says 45
        ("ecs_service.", "fargate.", "56.80"),
        # 730 h × 0.212; the seed says 85, which is about one zone
        ("database_instance.", "rds.postgres.db_t3_medium.multi_az.hour", "154.76"),
        # 730 h × 0.106; the seed says 85
        ("database_instance.", "rds.postgres.db_t3_medium.single_az.hour", "77.38"),
        # 100 GB × (0.262 + 0.131); the seed leaves it out
        ("database_instance.", "rds.storage.", "39.30"),
        # 2 nodes × 730 h × 0.085; the seed says 50, which is about one node
        ("cache_replication_group.", "elasticache.", "124.10"),
        # 2 × 730 h × 0.056; the seed says 90 with addresses or data
        ("nat_gateway.", "nat.hour", "81.76"),
        ("elastic_ip.", "public_ipv4.hour", "7.30"),
        # 730 h × 0.0239 and two addresses; the seed leaves them out
        ("load_balancer.", "", "24.75"),
        # 100 GB × 0.025; the seed says 3
        ("bucket.", "s3.standard.gb_month", "2.50"),
    ],
)
def test_each_line_of_the_seed_beside_the_published_price(kinds: str, skus: str, monthly: str) -> None:
    lines = [item for item in _production().lines if item.resource.startswith(kinds) and item.sku.startswith(skus)]
    assert cents(sum((item.monthly for item in lines), Decimal(0))) == Decimal(monthly)


def test_the_budget_of_the_seed_does_not_hold() -> None:
    found = _production()
    assert found.budget is not None
    assert found.budget.usd == 373
    assert found.margin is not None
    assert found.margin < 0
    assert found.fixed > found.budget.usd  # not even without any use


def test_everything_of_production_is_priced_or_said_not_to_be() -> None:
    assert not any("no price model" in item.why for item in _production().unpriced)
    assert not any(" is known in " in item.why and "low-confidence" not in item.why for item in _production().unpriced)
