"""The documents say what the model says, and nothing that stands in a template."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from tests.acceptance.documents import section
from tests.documents.commands import given
from tests.documents.shop import SHOP, shop
from typer import TyperException

from groundplan.cost.report import cents
from groundplan.documents.facts import Facts, facts_of
from groundplan.documents.files import stamped
from groundplan.documents.write import DOCUMENTS, documents
from groundplan.errors import InputError
from groundplan.recovery.wording import span

TEMPLATES = Path(__file__).parents[2] / "src/groundplan/documents/templates"


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, ...]:
    return facts_of(shop(tmp_path_factory.mktemp("shop")))


@pytest.fixture(scope="module")
def texts(environments: tuple[Facts, ...]) -> dict[str, str]:
    return documents(environments)


@pytest.fixture(scope="module")
def production(environments: tuple[Facts, ...]) -> Facts:
    return environments[1]


def test_each_quotes_the_specification_and_has_every_environment(texts: dict[str, str]) -> None:
    assert tuple(texts) == tuple(DOCUMENTS)
    for text in texts.values():
        assert "Specification: SHOP-7, version 2.1." in text
        assert "\n## staging\n" in text
        assert "\n## production\n" in text


def test_the_same_blueprint_gives_the_same_bytes(environments: tuple[Facts, ...], texts: dict[str, str]) -> None:
    again = tuple(Facts(facts.source, facts.source.environment(facts.name)) for facts in environments)
    quick = DOCUMENTS.keys() - {"COST_OPTIMIZATION.md"}
    assert documents(again, only=quick) == {name: texts[name] for name in quick}


def test_every_resource_and_its_name(texts: dict[str, str], production: Facts) -> None:
    told = texts["INFRASTRUCTURE.md"].partition("\n## production\n")[2]
    counted = re.findall(r"^#### .* of production: (\d+)$", told, re.MULTILINE)
    assert sum(map(int, counted)) == len(production.architecture)
    for name in ("`shop-production-main`", "`Shop-production-api`", "10.0.0.0/16"):
        assert name.lower() in told.lower()
    assert "3, 2 to 9" in told
    assert "CPU 60%" in told


def test_recovery_has_the_times_of_the_model(texts: dict[str, str], production: Facts) -> None:
    told = texts["DISASTER_RECOVERY.md"].partition("\n## production\n")[2]
    assert {item.recovery.disruption for item in production.recoveries} >= {"task", "database", "zone", "table"}
    for item in production.recoveries:
        recovery = item.recovery
        assert recovery.title[1:] in told
        if recovery.total:
            assert f"Users can work again: {span(recovery.total)}." in told
        for step in recovery.steps:
            assert step.what in told
    assert "| 2 h |" in told
    assert "| 15 min |" in told


def test_cost_has_the_sums_of_the_estimate(texts: dict[str, str], production: Facts) -> None:
    told = texts["COST_OPTIMIZATION.md"].partition("\n## production\n")[2]
    estimate, found = production.estimate, production.savings
    assert f"**{cents(estimate.monthly):,} USD a month**" in told
    assert estimate.margin is not None
    assert f"{cents(abs(estimate.margin)):,} USD" in section(told, "Budget of production")
    assert found.savings
    for saving in found.savings:
        assert saving.change.title in told
    for item in estimate.unpriced:
        assert item.why in told


def test_security_has_risks_rights_and_rules(texts: dict[str, str], production: Facts) -> None:
    told = texts["SECURITY.md"]
    risks = section(told, "Accepted risks of production")
    assert r"A firewall costs more \| than this &lt;b>shop&lt;/b> earns | 2027-03-01 |" in risks
    assert {str(item.principal) for item in production.permissions} <= set(
        re.findall(r"^\| (\S+) \|", told, re.MULTILINE)
    )
    # How each rule stands: accepted in both environments, and one that nothing breaks.
    assert re.search(r"^\| GP-SEC-083 \|.*\| accepted \| accepted \|$", told, re.MULTILINE)
    assert re.search(r"^\| GP-SEC-004 \|.*\| held \| held \|$", told, re.MULTILINE)


def test_a_rule_that_is_broken_is_open(production: Facts) -> None:
    bucket = next(item for item in production.architecture if item.kind_name() == "database_instance")
    broken = Facts(production.source, production.loaded)
    architecture = production.architecture.changed(bucket, storage_encrypted=False, kms_key=None)
    broken.__dict__["designed"] = replace(production.designed, architecture=architecture)
    broken.__dict__["savings"] = production.savings
    told = documents([broken], only={"SECURITY.md"})["SECURITY.md"]
    assert re.search(r"^\| GP-SEC-\d+ \| A database is encrypted.*\| \*\*\d+ open\*\* \|$", told, re.MULTILINE)


def test_no_document_changes_when_an_acceptance_ends(production: Facts) -> None:
    later = production.loaded.blueprint.accept[0].model_copy(update={"expires": "2001-01-01"})
    blueprint = production.loaded.blueprint.model_copy(update={"accept": [later]})
    ended = Facts(production.source, replace(production.loaded, blueprint=blueprint))
    told = documents([ended], only={"SECURITY.md"})["SECURITY.md"]
    assert "| 2001-01-01 |" in told
    assert re.search(r"^\| GP-SEC-083 \|.*\| accepted \|$", told, re.MULTILINE)


def test_deployment_says_what_a_person_does(texts: dict[str, str]) -> None:
    told = texts["DEPLOYMENT.md"].partition("\n## production\n")[2]
    (secret,) = re.findall(r"--secret-id (\S+) --secret-string file:///dev/stdin", told)
    assert secret.lower() == "shop/production/payment"
    assert "are made with the keys, in the first stack, to be filled while the others are made" in told
    assert "- people@shop.example" in told
    assert "groundplan promote --from staging --to production" in told
    assert "Off-hours" not in told
    assert "It stops at 20:00 and starts at 07:00" in texts["DEPLOYMENT.md"]


def test_by_terraform_what_a_person_brings_is_made_before_what_needs_it(tmp_path: Path) -> None:
    text = SHOP.replace("engine: cloudformation", "engine: terraform")
    told = documents(facts_of(shop(tmp_path, text), ["production"]))["DEPLOYMENT.md"]
    assert " apply -target=aws_ecr_repository.api -target=aws_secretsmanager_secret.payment\n" in told
    assert "make the repositories and these secrets alone from there, push, fill, then deploy:" in told


def test_every_command_can_be_given(texts: dict[str, str]) -> None:
    seen = set().union(*map(given, texts.values()))
    assert seen >= {
        "check", "cost", "savings", "access", "plan", "deploy", "status", "release", "rollback", "promote", "drift",
        "history", "schedule", "restore", "backup", "verify", "drill", "destroy", "simulate", "recovery",
    }  # fmt: skip


def test_markdown_is_read_as_it_is_meant(texts: dict[str, str]) -> None:
    """A blank line stands around headings, tables and blocks, every row of a table has as many cells as its head, and
    every link leads to a heading or a document."""
    for name, text in texts.items():
        lines = text.splitlines()
        block, cells = False, 0
        for number, (before, line) in enumerate(pairwise(lines)):
            where = f"{name}:{number + 2}: {line}"
            if line.startswith("```"):
                assert block or not before, where
                block = not block
            elif block:
                assert line.startswith("$ "), where
            elif line.startswith("#") and number > 0:
                assert not before, where
            elif line.startswith("|"):
                found = len(re.findall(r"(?<!\\)\|", line))
                assert found == (cells if before.startswith("|") else found), where
                assert before.startswith("|") or not before, where
                cells = found
            assert before or line or number == 0, f"{where}: two blank lines"
        assert not block
        headings = {
            re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-") for line in lines if line[:1] == "#"
        }
        for target in re.findall(r"\]\(([^)]+)\)", text):
            assert target in texts or target.removeprefix("#") in headings, f"{name}: {target}"


def test_a_command_that_cannot_be_given_is_found() -> None:
    assert given("`groundplan plan -e production --target aws`") == {"plan"}
    for wrong in ("$ groundplan plan --envronment x", "`groundplan plam -e x`", "`groundplan deploy --target mars`"):
        with pytest.raises((TyperException, LookupError)):
            given(wrong)


ALLOWED = {
    "730", "168", "3.0.0", "0.8", "24", "90", "3", "2026-11-21T14:05:00Z", "256", "1", "2", "4", "5",
}  # fmt: skip
"""What a template may say itself: hours of a month and of a week by AWS's convention, the version of the benchmark, an
example of a time, how long CloudTrail's event history is, exit code 3, a pause of a day, and numbers of lists."""


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.md.jinja")), ids=lambda path: path.name)
def test_no_number_stands_in_a_template(template: Path) -> None:
    own = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    numbers = re.findall(r"(?<![\w.])\d[\w:.-]*(?<![.:])", own)
    assert [number for number in numbers if number not in ALLOWED and number != "24h"] == []


def test_lower_case(environments: tuple[Facts, ...]) -> None:
    texts = documents(environments, only={"INFRASTRUCTURE.md", "DEPLOYMENT.md"}, lower_case=True)
    assert list(texts) == ["infrastructure.md", "deployment.md"]
    assert "(disaster_recovery.md)" in texts["deployment.md"]


def test_chosen_environments_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    source = shop(tmp_path)
    assert [facts.name for facts in facts_of(source, ["production", "staging", "production"])] == [
        "staging",
        "production",
    ]
    with pytest.raises(InputError, match="stagin"):
        facts_of(source, ["stagin"])


def test_a_stamp_is_of_everything_below_it() -> None:
    one, other = stamped("a\n", "b.yaml"), stamped("a \n", "b.yaml")
    assert one.splitlines()[1:] == ["a"]
    assert one.splitlines()[0] != other.splitlines()[0]
