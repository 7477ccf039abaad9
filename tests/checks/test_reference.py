"""docs/rules.md says what the rules say."""

from __future__ import annotations

from pathlib import Path

from groundplan.checks import all_rules, catalogue
from groundplan.checks.reference import FAMILIES, explanation, family_of, markdown, to_json
from groundplan.checks.rules.security.database_encryption import DatabaseEncryption

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_document_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        DOCUMENT.write_text(markdown(), encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == markdown(), "write it anew with --update-golden"


def test_every_rule_has_a_place_in_it() -> None:
    document = markdown()
    headings = [line for line in document.splitlines() if line.startswith("### ")]
    assert len(headings) == len(catalogue()) >= 150
    assert [rule.id for rule in catalogue() if f"### {rule.id}: " not in document] == []


def test_every_family_has_rules_and_every_rule_a_family() -> None:
    assert {family_of(rule) for rule in catalogue()} == set(FAMILIES)


def test_the_folder_of_a_rule_is_its_family() -> None:
    for rule in all_rules():
        assert type(rule).__module__.split(".")[-2] == family_of(type(rule))


def test_a_rule_of_a_user_is_custom() -> None:
    class Own(DatabaseEncryption):
        id = "ACME-001"

    assert family_of(Own) == "custom"


def test_angle_brackets_and_stars_are_no_markup() -> None:
    document = markdown()
    assert "services.<name>" not in document
    assert "services.\\<name>" in document


def test_an_explanation_has_everything() -> None:
    text = explanation(DatabaseEncryption)
    assert text.startswith("GP-SEC-002 (error, security): A database is encrypted at rest\n")
    fix = DatabaseEncryption.fix
    for part in (DatabaseEncryption.why, fix.blueprint, fix.terraform, fix.cloudformation, DatabaseEncryption.source):
        assert part in text
    assert "corresponds to  Security; Security Hub RDS.3; CIS 2.3.1; Checkov CKV_AWS_16" in text


def test_json_has_the_promised_shape() -> None:
    document = to_json(DatabaseEncryption)
    assert list(document) == ["id", "family", "severity", "title", "why", "fix", "source", "references"]
    assert document["references"] == {
        "pillar": "Security",
        "security_hub": ["RDS.3"],
        "cis": ["2.3.1"],
        "checkov": ["CKV_AWS_16"],
    }
