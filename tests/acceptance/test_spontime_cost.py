"""SP-02, SP-21, SP-67: the bill, with and without what AWS gives new accounts (C-76)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from tests.acceptance.documents import section, table
from tests.acceptance.rows import requirement
from tests.acceptance.system import CommandLine

from groundplan.cost import Estimate, Line
from groundplan.cost.report import cents

ENVIRONMENT = "poc"
CREDITS = (Decimal(100), Decimal(200))
"""What an account has that was made since 15 July 2025: 100 USD, and 100 more for what its owner tries out.
Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier.html"""
# The README's line, the resource and the beginning of its price's name, and what older accounts had free each month for
# a year: https://aws.amazon.com/free/
LINES: Sequence[tuple[str, str, tuple[str, ...], Decimal]] = (
    ("Fargate task, 0.25 vCPU, 0.5 GB", "ecs_service.api", ("fargate.",), Decimal(0)),
    ("public address of the task", "ecs_service.api", ("public_ipv4.",), Decimal(0)),
    ("database instance db.t4g.micro", "database_instance.main", ("rds.postgres.",), Decimal(750)),
    ("database storage, 20 GB gp2", "database_instance.main", ("rds.storage.",), Decimal(20)),
    ("load balancer", "load_balancer.main", ("alb.",), Decimal(750)),
    ("two public addresses of the load balancer", "load_balancer.main", ("public_ipv4.",), Decimal(0)),
    ("three secrets", "secret.", ("secretsmanager.",), Decimal(0)),
)


@pytest.fixture
def documented(readme: str) -> dict[str, dict[str, str]]:
    """The README's bill by its lines."""
    return {row["line"]: row for row in table(readme, "Cost")}


def of(costs: Estimate, resource: str, skus: tuple[str, ...]) -> list[Line]:
    return [line for line in costs.lines if line.resource.startswith(resource) and line.sku.startswith(skus)]


def after(lines: list[Line], allowance: Decimal) -> Decimal:
    """What is left to pay when so much of the quantity is free."""
    return sum((max(line.quantity - allowance, Decimal(0)) * line.unit_price for line in lines), Decimal(0))


@requirement("SP-21")
def test_each_line_with_and_without_the_free_tier(costs: Estimate, documented: dict[str, dict[str, str]]) -> None:
    seen: list[Line] = []
    for name, resource, skus, allowance in LINES:
        lines = of(costs, resource, skus)
        assert lines, name
        seen += lines
        row = documented[name]
        assert Decimal(row["Groundplan"]) == cents(sum((line.monthly for line in lines), Decimal(0))), name
        assert Decimal(row["in the first year of an old account"]) == cents(after(lines, allowance)), name
        assert row["what is free there"]
    assert sorted(map(str, seen)) == sorted(map(str, costs.lines))  # each line once
    assert set(documented) == {name for name, *_ in LINES} | {"Total"}


@requirement("SP-21")
def test_the_sums(costs: Estimate, documented: dict[str, dict[str, str]], readme: str) -> None:
    assert Decimal(documented["Total"]["Groundplan"]) == cents(costs.monthly)
    left = sum((after(of(costs, resource, skus), free) for _, resource, skus, free in LINES), Decimal(0))
    assert Decimal(documented["Total"]["in the first year of an old account"]) == cents(left)
    least, most = (f"{credit / costs.monthly:.1f}" for credit in CREDITS)
    assert f"credits of 100 to 200 USD instead, which pay for the whole of it for {least} to {most} months" in " ".join(
        section(readme, "Cost").split()
    )


@requirement("SP-21")
def test_public_addresses_are_in_the_bill(costs: Estimate, readme: str) -> None:
    """C-76: three of them, one of the task and two of the load balancer."""
    addresses = [line for line in costs.lines if "address" in line.formula]
    assert sum(line.quantity for line in addresses) == 3 * 730
    found = cents(sum((line.monthly for line in addresses), Decimal(0)))
    assert f"The three public addresses, {found} USD a month" in section(readme, "Choices")


@requirement("SP-02", "SP-21")
def test_the_whole_of_it_is_due_anyhow(costs: Estimate) -> None:
    """Nothing grows with use but what the README says; there is no task that scaling could add."""
    assert costs.fixed == costs.monthly == costs.range.least == costs.range.most
    assert costs.monthly < 60


@requirement("SP-21")
def test_every_omission_is_named(readme: str, costs: Estimate) -> None:
    listed = {name.strip("` ") for row in table(readme, "Not in the sum") for name in row["resource"].split(",")}
    assert {item.resource.split(".")[0] for item in costs.unpriced} == listed


@requirement("SP-21", "SP-67")
def test_table_and_data_are_rounded_alike(command_line: CommandLine) -> None:
    """The load balancer's 16.425 USD is 16.43 USD in both: halves go up. Neither knows of a budget."""
    written = command_line.run("cost")
    report: dict[str, Any] = command_line.json("cost")
    for line in report["lines"]:
        row = next(text for text in written.splitlines() if line["formula"] in text)
        assert f"{line['monthly']:.2f}" in row
    assert f"{report['monthly']:.2f} USD/month" in written
    assert report["budget"] is None
    assert "Budget" not in written
