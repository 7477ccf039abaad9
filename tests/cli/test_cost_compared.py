"""``cost`` of several environments, ``cost --since``, and ``--within-budget``."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from tests.cli.commands import DUSKSPENDR, Command, Write
from tests.cli.test_check import commit

from groundplan.cli.plan import confirm_plan
from groundplan.errors import ExitCode
from groundplan.operations.changes import Change, Plan

SHOP = """
    project: shop
    region: ap-south-1
    network: {nat: single}
    services:
      web: {image: {repository: web, tag: "1"}}
    usage: {internet_out: 80 GB}
    environments:
      staging: {}
      production:
        objectives: {budget: 60 USD/month}
    """


def row(out: str, name: str) -> list[str]:
    """The cells of a table's row by its first word."""
    (found,) = (line for line in out.splitlines() if re.match(rf" +{name} ", line))
    return found.split()[len(name.split()) :]


def test_environments_stand_side_by_side_with_their_sum(groundplan: Command, write: Write) -> None:
    write(SHOP)
    result = groundplan("cost", "--all")
    assert result.code == ExitCode.FINE
    document = groundplan("cost", "--all", "--format", "json").json
    assert [one["environment"] for one in document] == ["staging", "production"]
    sums = [one["monthly"] for one in document]
    staging, production, together = map(float, row(result.out, "sum"))
    assert [staging, production] == sums
    assert together == pytest.approx(sum(sums), abs=0.01)
    for one in document:
        assert one["monthly"] == pytest.approx(sum(one["concerns"].values()), abs=0.03)
    network = [one["concerns"]["network"] for one in document]
    assert [float(cell) for cell in row(result.out, "network")[:2]] == network
    assert row(result.out, "budget") == ["–", "60.00"]
    assert row(result.out, "left of it")[0] == "–"
    alone = groundplan("cost", "-e", "production", "--format", "json").json
    assert alone["monthly"] < sums[1], "by itself it has all that the account has free"
    assert "concerns" not in alone


def test_environments_may_be_chosen_and_stand_in_the_order_of_the_file(groundplan: Command, write: Write) -> None:
    write(SHOP + "  development: {}\n")
    chosen = groundplan("cost", "-e", "production", "-e", "staging", "-e", "production", "--format", "json").json
    assert [one["environment"] for one in chosen] == ["staging", "production"]
    unknown = groundplan("cost", "-e", "staging", "-e", "prodution")
    assert (unknown.code, unknown.out) == (ExitCode.BAD_INPUT, "")
    assert 'no environment "prodution"; did you mean "production"?' in unknown.err
    for options, said in (
        (("--all", "-e", "staging"), "--all is every environment: leave -e out"),
        (("--all", "--actual"), "--actual compares one environment"),
        (("-e", "staging", "--actual", "--since", "HEAD"), "--actual compares one environment"),
        (("-e", "staging", "--within-budget"), "--within-budget: staging has no budget; set objectives.budget"),
    ):
        refused = groundplan("cost", *options)
        assert (refused.code, refused.out) == (ExitCode.BAD_INPUT, "")
        assert said in refused.err


def test_a_budget_below_the_floor_names_its_lines(groundplan: Command) -> None:
    result = groundplan("cost", "-f", DUSKSPENDR, "--within-budget")
    assert result.code == ExitCode.FINDINGS
    assert f"{DUSKSPENDR}:68:22: objectives.budget: 373 USD/month is below the fixed floor of production" in result.out
    floor = groundplan("cost", "-f", DUSKSPENDR, "--format", "json").json["floor"]
    assert [line["resource"] for line in floor["lines"]] == [
        "database_instance.main", "cache_replication_group.sessions", "database_instance.main_replica",
        "ecs_service.api",
    ]  # fmt: skip
    told = result.out.partition("More than the budget are already:")[2]
    assert [line["resource"] for line in floor["lines"]] == re.findall(r"^ (\w+\.\w+) ", told, re.MULTILINE)
    assert sum(line["monthly"] for line in floor["lines"]) > 373


def test_within_the_budget(groundplan: Command, write: Write) -> None:
    file = write(SHOP)
    over = groundplan("cost", "--all", "--within-budget", "--format", "json")
    assert over.code == ExitCode.FINDINGS
    assert "floor" not in over.json[0]
    assert over.json[1]["floor"]["monthly"] > 60
    file.write_text(file.read_text().replace("60 USD", "600 USD"))
    assert groundplan("cost", "--all", "--within-budget").code == ExitCode.FINE
    assert "below the fixed floor" not in groundplan("cost", "--all").out


def test_since_a_revision(groundplan: Command, write: Write) -> None:
    file = write(SHOP)
    commit("first")
    same = groundplan("cost", "-e", "staging", "--since", "first", "--format", "json")
    assert (same.code, same.json["difference"], same.json["lines"]) == (ExitCode.FINE, 0, [])
    assert same.json["before"] == same.json["after"]
    text = file.read_text().replace("nat: single", "nat: per-zone").replace("usage: {internet_out: 80 GB}\n", "")
    file.write_text(text + "  third: {}\n")
    result = groundplan("cost", "-e", "production", "--since", "first")
    assert result.code == ExitCode.FINE
    assert re.search(r"^ added +nat_gateway\.main\[b\] .* \+40\.88 *$", result.out, re.MULTILINE), result.out
    unknown = result.out.partition("Now among what is not in the sum:")[2]
    assert re.search(r"^ internet_gateway\.main +usage\.internet_out is not stated", unknown, re.MULTILINE)
    assert "No longer" not in result.out, "one gateway more says the same of both"
    assert "usage.nat is" not in unknown
    last = result.out.splitlines()[-1]
    assert re.fullmatch(r"production: \+[\d.]+ USD/month since first, from [\d.]+ to [\d.]+ at today's prices", last), (
        last
    )
    document = groundplan("cost", "--all", "--since", "first", "--format", "json")
    assert document.err == "the revision first has no environment third: everything in it is new\n"
    assert [one["environment"] for one in document.json] == ["staging", "production", "third"]
    third = document.json[2]
    assert (third["before"], third["difference"]) == (None, third["after"])
    assert {line["change"] for line in third["lines"]} == {"added"}
    assert all(line["before"] is None for line in third["lines"])
    staging = document.json[0]
    assert staging["difference"] == pytest.approx(sum(line["difference"] for line in staging["lines"]), abs=0.02)
    assert staging["difference"] == pytest.approx(staging["after"] - staging["before"], abs=0.011)
    table = groundplan("cost", "--all", "--since", "first").out
    assert re.search(r"^Together: \+[\d.]+ USD/month since first$", table, re.MULTILINE)


def test_a_renamed_environment_is_compared_with_what_it_was(groundplan: Command, write: Write) -> None:
    file = write(SHOP)
    commit("first")
    file.write_text(
        file.read_text().replace("  staging: {}", "  stage: {profile: staging, renamed: {environment: staging}}")
    )
    result = groundplan("cost", "-e", "stage", "--since", "first", "--format", "json")
    assert (result.code, result.err) == (ExitCode.FINE, "")
    assert (result.json["before"], result.json["lines"]) == (result.json["after"], [])


def test_a_revision_that_cannot_be_read(groundplan: Command, write: Write) -> None:
    file = write(SHOP)
    nowhere = groundplan("cost", "-e", "staging", "--since", "main")
    assert (nowhere.code, nowhere.out) == (ExitCode.BAD_INPUT, "")
    assert "groundplan.yaml lies in no git repository" in nowhere.err
    good = file.read_text()
    file.write_text(good.replace("80 GB", "-80 GB"))
    commit("broken")
    file.write_text(good)
    broken = groundplan("cost", "-e", "staging", "--since", "broken")
    assert (broken.code, broken.out) == (ExitCode.BAD_INPUT, "")
    assert broken.err.startswith("error: broken:groundplan.yaml:6:")


@pytest.mark.parametrize(
    ("monthly", "told"),
    [
        (Decimal("12.5"), "Monthly cost: +12.50 USD,"),
        (Decimal("-3"), "Monthly cost: -3.00 USD,"),
        (None, "Monthly cost: by how much it changes is not known"),
    ],
)
def test_a_deployment_says_what_it_adds_before_it_asks(
    capfd: pytest.CaptureFixture[str], monthly: Decimal | None, told: str
) -> None:
    change = Change("create", "nat_gateway.main[b]", "AWS::EC2::NatGateway", "network", "new in the blueprint")
    confirm_plan(Plan("aws", (change,), monthly), yes=True)
    assert told in capfd.readouterr().err
    confirm_plan(Plan("aws", (), monthly), yes=True)
    assert capfd.readouterr().err == ""
