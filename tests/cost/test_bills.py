"""Worked bills: what a few well-known things cost, reckoned by hand from AWS's price pages, exact to the cent.

Each file of ``tests/cases/bills`` has a blueprint, the lines with their arithmetic, the sum and the source in words.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypedDict, cast

import pytest
import yaml

from groundplan.blueprint.loading import load_all
from groundplan.cost import Allowances, Estimate, estimate
from groundplan.cost.report import cents
from groundplan.design import design

CASES = sorted((Path(__file__).parents[1] / "cases" / "bills").glob("*.yaml"))


class BillLine(TypedDict):
    charge: str
    """Address and sku."""
    arithmetic: str
    usd: str


class WorkedBill(TypedDict):
    title: str
    source: str
    blueprint: Mapping[str, object]
    lines: list[BillLine]
    total: str


_OPERATORS: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def reckoned(arithmetic: str) -> Decimal:
    """The value of ``3 * 0.5 * 730 * 0.04256``, exact."""

    def value(node: ast.expr) -> Decimal:
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        assert isinstance(node, ast.Constant)
        return Decimal(str(ast.get_source_segment(arithmetic, node)))

    return value(ast.parse(arithmetic, mode="eval").body)


def bill_of(case: Path) -> WorkedBill:
    return cast(WorkedBill, yaml.safe_load(case.read_text(encoding="utf-8")))


def last_estimate(bill: WorkedBill, directory: Path) -> Estimate:
    """What the last environment of the file costs; all of them are in one account."""
    file = directory / "groundplan.yaml"
    file.write_text(yaml.safe_dump(dict(bill["blueprint"]), sort_keys=False), encoding="utf-8")
    account = Allowances()
    found = [estimate(design(loaded), loaded.blueprint.usage, None, allowances=account) for loaded in load_all(file)]
    return found[-1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_worked_bill_is_reckoned_to_the_cent(case: Path, tmp_path: Path) -> None:
    bill = bill_of(case)
    assert bill["title"]
    assert "https://" in bill["source"]
    found = last_estimate(bill, tmp_path)
    by_charge: dict[str, Decimal] = {}
    for line in found.lines:
        charge = f"{line.resource} {line.sku}"
        by_charge[charge] = by_charge.get(charge, Decimal(0)) + line.monthly
    wanted = {line["charge"]: reckoned(line["arithmetic"]) for line in bill["lines"]}
    assert {charge: by_charge.get(charge) for charge in wanted} == wanted
    assert [str(cents(value)) for value in wanted.values()] == [line["usd"] for line in bill["lines"]]
    assert str(cents(sum(wanted.values(), Decimal(0)))) == bill["total"]


def test_there_are_enough_bills_and_the_well_known_ones() -> None:
    totals = {case.stem: bill_of(case)["total"] for case in CASES}
    assert len(totals) >= 20
    known = {"fargate-x86": "56.80", "nat-gateways": "89.06", "postgres-multi-az": "154.76", "redis": "124.10"}
    assert known.items() <= totals.items()
