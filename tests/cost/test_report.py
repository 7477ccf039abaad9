"""The JSON of ``groundplan cost --format json``: scripts depend on it."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.cost.book import flat, priced
from tests.engines.samples import sample_architecture

from groundplan.blueprint.models import Usage
from groundplan.cost import estimate, to_json
from groundplan.cost.report import cents
from groundplan.units import MonthlyAmount


def test_the_shape_is_the_contract() -> None:
    found = estimate(sample_architecture(), Usage(), MonthlyAmount.parse("373.50 USD/month"))
    data = json.loads(json.dumps(to_json(found, "production")))
    assert list(data) == [
        "environment", "currency", "monthly", "fixed", "usage", "without_price", "budget", "lines", "unpriced", "floor",
    ]  # fmt: skip
    assert (data["fixed"], data["usage"], data["without_price"]) == (data["monthly"], 0, found.without_price)
    assert (data["environment"], data["currency"]) == ("production", "USD")
    assert (data["monthly"], data["budget"]) == (2649.88, 373.5)
    assert data["lines"][0] == {
        "resource": "ecs_service.api",
        "sku": "fargate.vcpu_hour",
        "quantity": 1095,
        "unit": "vCPU-hour",
        "unit_price": 0.04256,
        "monthly": 46.6,
        "formula": "3 tasks × 0.5 vCPU × 730 h × 0.04256 USD",
        "source": found.lines[0].source,
        "source_date": found.lines[0].source_date,
        "confidence": "high",
    }
    for item in data["lines"]:
        assert list(item) == list(data["lines"][0])
        assert isinstance(item["quantity"], int | float)
    assert {"resource": "nat_gateway.*", "why": "usage.nat is not stated"} in data["unpriced"]
    assert all(list(item) in (["resource", "why"], ["resource", "why", "doubtful"]) for item in data["unpriced"])


def test_without_a_budget_it_is_null() -> None:
    assert to_json(estimate(sample_architecture(), Usage(), None), "production")["budget"] is None


def test_halves_are_rounded_up_as_on_a_bill() -> None:
    assert [cents(Decimal(text)) for text in ("0.005", "0.0049", "2.675", "0")] == [
        Decimal("0.01"),
        Decimal("0.00"),
        Decimal("2.68"),
        Decimal("0.00"),
    ]


@given(st.decimals(min_value="0", max_value="100", places=6))
def test_the_sum_is_rounded_once(price: Decimal) -> None:
    found = priced(sample_architecture(), prices=flat(str(price)))
    exact = sum((item.monthly for item in found.lines), Decimal(0))
    assert to_json(found, "x")["monthly"] == float(cents(exact))
    assert found.monthly == exact
