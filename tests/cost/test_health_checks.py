"""Health checks of Route 53, composite alarms and restore tests."""

from __future__ import annotations

from decimal import Decimal

from tests.recovery.shop import shop

from groundplan.blueprint.models import Usage
from groundplan.cost import estimate
from groundplan.cost.bill import Allowances

CHECK, OPTION = "route53.health_check_aws.month", "route53.health_check_option_aws.month"


def charges(sku: str, **standby: str) -> dict[str, Decimal]:
    found = estimate(shop(standby=standby), Usage(), None)
    return {line.resource: line.monthly for line in found.lines if line.sku == sku}


def test_the_first_fifty_of_an_account_are_free_and_https_is_not() -> None:
    assert set(charges(CHECK).values()) == {Decimal(0)}
    assert set(charges(CHECK)) == {
        "health_check.api", "health_check.taken_over", "calculated_health_check.api_unless_taken_over",
    }  # fmt: skip
    assert charges(OPTION) == {"health_check.api": Decimal(1), "health_check.taken_over": Decimal(1)}


def test_a_fast_interval_is_one_option_more() -> None:
    assert set(charges(OPTION, health="10s").values()) == {Decimal(2)}


def test_beyond_fifty_each_is_paid() -> None:
    allowances = Allowances()
    allowances.take(CHECK, Decimal(48))
    found = estimate(shop(), Usage(), None, allowances=allowances)
    assert sum(line.monthly for line in found.lines if line.sku == CHECK) == Decimal("0.5")


def test_what_has_no_price_is_said() -> None:
    found = {item.resource: item for item in estimate(shop(), Usage(), None).unpriced}
    assert found["restore_testing_plan.main"].lacks_price
    assert "composite alarm" in found["composite_alarm.application"].why
