"""``groundplan rules``: the list, the filters, one rule, and what is no rule."""

from __future__ import annotations

import pytest
from tests.cli.commands import Command

from groundplan.checks import catalogue
from groundplan.errors import ExitCode


def test_the_list_has_every_rule(groundplan: Command) -> None:
    result = groundplan("rules")
    assert result.code == ExitCode.FINE
    assert [rule.id for rule in catalogue() if rule.id not in result.out] == []
    assert f"{len(catalogue())} rules" in result.out


def test_filters_hold_together(groundplan: Command) -> None:
    result = groundplan("rules", "--family", "security", "--severity", "error", "--format", "json")
    assert result.code == ExitCode.FINE
    expected = [rule.id for rule in catalogue() if rule.id.startswith("GP-SEC") and rule.severity == "error"]
    assert [rule["id"] for rule in result.json] == expected
    assert {rule["family"] for rule in result.json} == {"security"}


def test_one_rule_is_explained(groundplan: Command) -> None:
    result = groundplan("rules", "gp-rel-001")
    assert result.code == ExitCode.FINE
    assert result.out.startswith("GP-REL-001 (warning, reliability): A database has a standby in another zone\n")
    for part in ("blueprint", "Terraform", "CloudFormation", "https://docs.aws.amazon.com/", "Security Hub RDS.5"):
        assert part in result.out


def test_several_rules_as_json(groundplan: Command) -> None:
    result = groundplan("rules", "GP-REL-001", "GP-SEC-002", "GP-REL-001", "--format", "json")
    assert [rule["id"] for rule in result.json] == ["GP-REL-001", "GP-SEC-002"]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("GP-SEC-999", 'there is no rule GP-SEC-999; did you mean "GP-SEC-'),
        ("GP-RELL-001", 'did you mean "GP-REL-001"?'),
        ("nonsense", "there is no rule NONSENSE; groundplan rules lists them all"),
    ],
)
def test_an_unknown_rule_suggests_the_nearest(groundplan: Command, written: str, says: str) -> None:
    result = groundplan("rules", written)
    assert result.code == ExitCode.BAD_INPUT
    assert result.out == ""
    assert says in result.err


def test_an_unknown_family_is_named(groundplan: Command) -> None:
    result = groundplan("rules", "--family", "beauty")
    assert result.code == ExitCode.BAD_INPUT
    assert "reliability" in result.err
