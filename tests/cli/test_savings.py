"""``groundplan savings``: the table, its JSON, bad input."""

from __future__ import annotations

import pytest
from tests.cli.commands import Command, Write

from groundplan.errors import ExitCode

SHOP = """
    project: shop
    region: us-east-1
    databases:
      main: {engine: postgres 16, class: db.t3.medium, storage: 100 GB}
    environments:
      staging: {}
      production: {}
    """


def test_as_data(groundplan: Command, write: Write) -> None:
    write(SHOP)
    result = groundplan("savings", "-e", "production", "--used", "main=20%", "--format", "json")
    assert result.code == ExitCode.FINE
    assert result.err == ""
    assert set(result.json) == {
        "environment", "currency", "monthly", "savings", "refused", "combination", "terms", "without_term",
    }  # fmt: skip
    one = next(one for one in result.json["savings"] if one["concern"] == "right-sizing")
    assert set(one) == {
        "concern", "title", "settings", "note", "monthly", "at_most", "free", "findings", "gone", "objectives",
        "uncounted",
    }  # fmt: skip
    assert one["settings"] == {"databases.main.class": "db.t4g.small"}
    best = result.json["combination"]
    assert best["after"] == round(result.json["monthly"] - best["monthly"], 2)
    cheaper = [f"--set={path}={value}" for path, value in best["settings"].items()]
    assert groundplan("cost", "-e", "production", *cheaper, "--format", "json").json["monthly"] == best["after"]


def test_as_tables(groundplan: Command, write: Write) -> None:
    write(SHOP)
    result = groundplan("savings", "-e", "staging")
    assert result.code == ExitCode.FINE
    assert "databases.main.class=db.t4g.medium" in result.out
    assert "more were tried and are none to make: --refused says why" in result.out
    assert result.out.splitlines()[-1].startswith("staging: ")
    assert result.out.splitlines()[-1].endswith("%)")
    refused = groundplan("savings", "-e", "staging", "--refused")
    assert "what it saves is not known: usage.logs is not stated" in refused.out


@pytest.mark.parametrize(
    ("used", "told"),
    [
        ("main", '--used: "main" says no use; write NAME=PERCENT, like main=30%'),
        ("main=much", "--used: "),
        ("mian=20%", 'nothing that has a size is called "mian"; did you mean "main"'),
    ],
)
def test_bad_use(groundplan: Command, write: Write, used: str, told: str) -> None:
    write(SHOP)
    result = groundplan("savings", "-e", "production", "--used", used)
    assert result.code == ExitCode.BAD_INPUT
    assert told in result.err
    assert result.out == ""


def test_an_environment_that_is_wrong(groundplan: Command, write: Write) -> None:
    file = write(SHOP.replace("db.t3.medium", "db.t3.medum"))
    result = groundplan("savings", "-e", "production")
    assert result.code == ExitCode.BAD_INPUT
    assert f"{file.name}:" in result.err
