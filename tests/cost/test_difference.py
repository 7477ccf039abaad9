"""What a change of a blueprint changes on the bill; and several environments on one bill."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from groundplan.blueprint.loading import LoadedEnvironment, load
from groundplan.cost import Estimate, by_concern, estimate, estimate_together
from groundplan.cost.difference import difference
from groundplan.cost.model import total
from groundplan.design import design
from groundplan.resources import Architecture

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOP = """
project: shop
region: ap-south-1
network: {nat: single}
services:
  web: {image: {repository: web, tag: "1"}}
"""


def _all(file: Path) -> list[tuple[LoadedEnvironment, Architecture]]:
    return [(loaded, design(loaded)) for loaded in load(file).all()]


def _written(folder: Path, text: str, environment: str = "production") -> Estimate:
    (folder / "groundplan.yaml").write_text(SHOP + text)
    loaded = load(folder / "groundplan.yaml").environment(environment)
    return estimate(design(loaded), loaded.blueprint.usage, loaded.blueprint.objectives.budget)


@cache
def _system(name: str) -> list[tuple[Architecture, Estimate]]:
    pairs = _all(EXAMPLES / name / "groundplan.yaml")
    estimates = estimate_together(pairs)
    return [(architecture, found) for (_, architecture), found in zip(pairs, estimates, strict=True)]


@pytest.mark.parametrize("name", sorted(file.parent.name for file in EXAMPLES.glob("*/groundplan.yaml")))
def test_concerns_add_up_to_the_sum_and_nothing_differs_from_itself(name: str) -> None:
    for architecture, found in _system(name):
        parts = by_concern(architecture, found)
        assert sum(parts.values()) == found.monthly
        assert all(parts.values())
        same = difference(found, found)
        assert same.monthly == 0
        assert same.lines == ()
        assert same.unpriced == same.no_longer_unpriced == ()
        new = difference(None, found)
        assert {change.change for change in new.lines} == {"added"}
        assert new.monthly == total(change.line for change in new.lines) == found.monthly
        gone = difference(found, Estimate(found.region, (), (), (), found.range))
        assert {change.change for change in gone.lines} == {"removed"}
        assert gone.monthly == sum(change.monthly for change in gone.lines) == -found.monthly
        assert gone.no_longer_unpriced == found.unpriced


def test_each_line_is_added_removed_or_changed(tmp_path: Path) -> None:
    before = _written(tmp_path, "usage: {nat: 100 GB, dns_queries: 1M}\nenvironments: {production: {}}")
    after = _written(
        tmp_path,
        "usage: {nat: 250 GB}\nobjectives: {budget: 99 USD/month}\n"
        "databases: {main: {engine: postgres 15, class: db.t3.medium, storage: 100 GB}}\n"
        "environments: {production: {}}",
    )
    found = difference(before, after)
    by_sku = {change.line.sku: change for change in found.lines}
    nat = by_sku["nat.gb"]
    assert (nat.change, nat.monthly) == ("changed", 150 * Decimal("0.056"))
    assert nat.before is not None
    assert nat.after is not None
    assert nat.before.quantity == 100
    assert nat.after.quantity == 250
    instance = by_sku["rds.postgres.db_t3_medium.multi_az.hour"]
    assert (instance.change, instance.monthly) == ("added", 730 * Decimal("0.212"))
    assert found.monthly == after.monthly - before.monthly == sum(change.monthly for change in found.lines)
    differences = [abs(change.monthly) for change in found.lines]
    assert differences == sorted(differences, reverse=True)
    assert found.quiet_and_busy is None
    back = difference(after, before)
    assert back.monthly == -found.monthly
    assert {change.line.sku: change.change for change in back.lines}[instance.line.sku] == "removed"
    assert [item.resource for item in back.no_longer_unpriced] == [item.resource for item in found.unpriced]


def test_another_class_is_one_line_less_and_one_more(tmp_path: Path) -> None:
    text = "databases: {main: {engine: postgres 15, class: db.t3.medium}}\nenvironments: {production: {}}"
    found = difference(_written(tmp_path, text), _written(tmp_path, text.replace("medium", "large")))
    assert {change.line.sku: change.change for change in found.lines} == {
        "rds.postgres.db_t3_large.multi_az.hour": "added",
        "rds.postgres.db_t3_medium.multi_az.hour": "removed",
    }


def test_only_a_busy_month_may_differ(tmp_path: Path) -> None:
    plain = _written(tmp_path, "usage: {nat: 100 GB}\nenvironments: {production: {}}")
    ranged = _written(tmp_path, "usage: {nat: {expected: 100 GB, high: 1 TB}}\nenvironments: {production: {}}")
    found = difference(plain, ranged)
    assert not found.lines
    assert found.monthly == 0
    assert found.quiet_and_busy == (Decimal(0), 924 * Decimal("0.056"))


def test_a_free_allowance_counts_once_in_an_account(tmp_path: Path) -> None:
    """100 GB to the internet are free per account, and 80 GB leave 20 of them to the next environment."""
    file = tmp_path / "groundplan.yaml"
    text = SHOP + "usage: {internet_out: 80 GB}\nenvironments: {first: {}, second: {}, third: {about: {account: B}}}"
    file.write_text(text)
    first, second, third = (
        sum(line.quantity for line in found.lines if line.sku.startswith("dto.internet."))
        for found in estimate_together(_all(file))
    )
    assert (first, second, third) == (0, 60, 0)
    file.write_text(text.replace("{first: {}, second: {}", "{second: {}, first: {}"))
    assert [sum(line.quantity for line in found.lines if line.sku.startswith("dto.internet."))
            for found in estimate_together(_all(file))] == [0, 60, 0], "in the order of the file"  # fmt: skip


def test_the_lines_that_pass_the_budget(tmp_path: Path) -> None:
    """The floor: one NAT gateway, its address, and the tasks of the service."""
    found = _written(tmp_path, "objectives: {budget: 45 USD/month}\nenvironments: {production: {}}")
    assert found.budget is not None
    assert found.fixed > found.budget.usd
    above = found.above_budget
    assert total(above) > found.budget.usd >= total(above[:-1])
    assert above[0].sku == "nat.hour"
    assert above[0].monthly == max(line.monthly for line in found.lines)
    exact = _written(tmp_path, f"objectives: {{budget: {found.fixed} USD/month}}\nenvironments: {{production: {{}}}}")
    assert exact.above_budget == ()
    assert _written(tmp_path, "environments: {production: {}}").above_budget == ()


def test_use_above_the_budget_is_not_the_floor(tmp_path: Path) -> None:
    found = _written(
        tmp_path, "objectives: {budget: 500 USD/month}\nusage: {nat: 100 TB}\nenvironments: {production: {}}"
    )
    assert found.margin is not None
    assert found.margin < 0
    assert found.above_budget == ()
