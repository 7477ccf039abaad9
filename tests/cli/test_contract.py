"""What scripts depend on: the keys of each JSON document, exit codes, which stream says what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.commands import DUSKSPENDR, Command, Write

from groundplan.cli.main import app
from groundplan.cli.reference import described
from groundplan.errors import ExitCode

TWO = """
    project: shop
    region: eu-central-1
    services:
      web: {image: {repository: web, tag: "1"}}
    environments:
      staging: {}
      production: {}
    """
FLAWED = """
    project: shop
    region: eu-central-1
    services:
      web: {image: {repository: web, tag: "1"}, port: 80, public: {tls: false}}
    """
"""Plain HTTP: one error of the checks."""


def test_resources(groundplan: Command) -> None:
    result = groundplan("resources", "-f", DUSKSPENDR, "--format", "json")
    assert result.code == ExitCode.FINE
    assert result.err == ""
    resources = result.json
    for item in resources:
        assert set(item) == {"name", "key", "kind", "region", "terraform", "cloudformation"}
        assert all(isinstance(address, str) for address in item["terraform"])
        for place in item["cloudformation"]:
            assert set(place) == {"stack", "logical_id", "type"}
    by_address = {(item["kind"], item["name"], item["key"]): item for item in resources}
    subnet = by_address["subnet", "private", "a"]
    assert subnet["region"] == "ap-south-1"
    assert subnet["terraform"]
    assert [place["type"] for place in subnet["cloudformation"]] == ["AWS::EC2::Subnet"]
    assert by_address["vpc", "main", None]["terraform"] == ["aws_vpc.main", "aws_default_security_group.main"]


def test_check(groundplan: Command, write: Write) -> None:
    write(FLAWED)
    result = groundplan("check", "--format", "json")
    assert result.code == ExitCode.FINDINGS
    assert set(result.json) == {"environment", "findings", "summary", "objectives"}
    assert result.json["objectives"] == []
    assert result.json["environment"] == "production"
    assert set(result.json["summary"]) == {"error", "warning", "info", "accepted"}
    for finding in result.json["findings"]:
        assert set(finding) == {"rule", "severity", "resource", "message", "fix", "accepted", "reason", "where"}
        assert set(finding["where"]) == {"path", "file", "line", "column"}
    errors = [finding for finding in result.json["findings"] if finding["severity"] == "error"]
    assert result.json["summary"]["error"] == len([item for item in errors if not item["accepted"]]) > 0
    assert "listener.http" in {finding["resource"] for finding in errors}


def test_check_of_what_is_accepted_is_fine(groundplan: Command, write: Write) -> None:
    write(FLAWED)
    errors = {
        (finding["rule"], finding["resource"])
        for finding in groundplan("check", "--format", "json").json["findings"]
        if finding["severity"] == "error"
    }
    accepted = "".join(
        f"      - {{rule: {rule}, resource: '{resource}', reason: a test of what is accepted}}\n"
        for rule, resource in sorted(errors)
    )
    write(FLAWED.rstrip() + "\n    accept:\n" + accepted)
    result = groundplan("check", "--format", "json")
    assert result.code == ExitCode.FINE, result.out
    assert result.json["summary"]["accepted"] == len(errors)
    assert {item["reason"] for item in result.json["findings"] if item["accepted"]} == {"a test of what is accepted"}


def test_cost(groundplan: Command) -> None:
    result = groundplan("cost", "-f", DUSKSPENDR, "--format", "json")
    assert result.code == ExitCode.FINE
    document = result.json
    sums = {"monthly", "fixed", "usage", "without_price"}
    assert set(document) == {"environment", "currency", *sums, "budget", "floor", "lines", "unpriced"}
    assert (document["environment"], document["currency"], document["budget"]) == ("production", "USD", 373.0)
    for line in document["lines"]:
        assert set(line) == {
            "resource", "sku", "quantity", "unit", "unit_price", "monthly", "formula", "source", "source_date",
            "confidence",
        }  # fmt: skip
    assert all(set(item) - {"doubtful"} == {"resource", "why"} for item in document["unpriced"])
    assert document["monthly"] == pytest.approx(sum(line["monthly"] for line in document["lines"]), abs=0.5)


def test_validate_and_explain_have_json_too(groundplan: Command, write: Write) -> None:
    write(TWO)
    document = groundplan("validate", "--format", "json").json
    assert [item["name"] for item in document["environments"]] == ["staging", "production"]
    assert all(item["resources"] > 20 for item in document["environments"])
    values = groundplan("explain", "-e", "staging", "--format", "json").json
    assert values["environment"] == "staging"
    origins = {item["path"]: item for item in values["values"]}
    assert origins["network.nat"]["value"] == "single"
    assert "profile staging" in origins["network.nat"]["origin"]
    assert "groundplan.yaml:3" in origins["region"]["origin"] or "groundplan.yaml:2" in origins["region"]["origin"]


def test_schema_is_json_schema(groundplan: Command) -> None:
    document = groundplan("schema").json
    assert document["$schema"].startswith("https://json-schema.org/")
    assert {"project", "services", "databases"} <= set(document["properties"])


@pytest.mark.parametrize("engine", ["terraform", "cloudformation"])
def test_render_says_what_it_wrote(groundplan: Command, engine: str) -> None:
    result = groundplan("render", "--engine", engine, "--out", "out", "-f", DUSKSPENDR)
    assert result.code == ExitCode.FINE
    written = [Path(line) for line in result.out.splitlines()]
    assert written
    assert all(path.is_file() for path in written)
    assert sorted(written) == sorted(path for path in Path("out").rglob("*") if path.is_file())
    before = {path: path.read_bytes() for path in written}
    groundplan("render", "--engine", engine, "--out", "out", "-f", DUSKSPENDR)
    assert {path: path.read_bytes() for path in written} == before, "same input, same bytes"


def test_tables_hold_what_the_json_says(groundplan: Command) -> None:
    table = groundplan("cost", "-f", DUSKSPENDR)
    monthly = groundplan("cost", "-f", DUSKSPENDR, "--format", "json").json["monthly"]
    assert f"{monthly:.2f} USD/month" in table.out
    assert "Budget 373 USD/month" in table.out
    assert "aws_vpc.main" in groundplan("resources", "-f", DUSKSPENDR).out
    assert re.search(r"production: \d+ resources checked: 0 error", groundplan("check", "-f", DUSKSPENDR).out)


def test_a_sum_without_prices_does_not_look_small(groundplan: Command, write: Write) -> None:
    write("project: shop\nregion: eu-central-1\nobjectives: {budget: 9 USD/month}\nenvironments: {live: {}}\n")
    said = groundplan("cost").out
    assert re.search(r"The bill is higher: \d+ of the charges above have no price .* in eu-central-1", said)
    assert "9.00 USD within, as far as prices are known" in said


def test_the_only_environment_is_the_default(groundplan: Command, write: Write) -> None:
    write("project: shop\nregion: eu-central-1\nenvironments: {live: {}}\n")
    assert groundplan("validate", "--format", "json").json["environments"][0]["name"] == "live"
    assert groundplan("explain", "--format", "json").json["environment"] == "live"


def test_of_several_environments_one_has_to_be_chosen(groundplan: Command, write: Write) -> None:
    write(TWO)
    for command in ("explain", "resources", "check", "cost", "plan", "status"):
        result = groundplan(command)
        assert result.code == ExitCode.BAD_INPUT
        assert result.out == ""
        assert result.err == (
            "error: groundplan.yaml has several environments; choose one with -e: staging, production\n"
        )
    assert groundplan("check", "-e", "staging").code in (ExitCode.FINE, ExitCode.FINDINGS)


def test_an_unknown_environment_suggests_the_nearest(groundplan: Command, write: Write) -> None:
    write(TWO)
    result = groundplan("check", "-e", "stagin")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err == 'error: groundplan.yaml has no environment "stagin"; did you mean "staging"?\n'


def test_a_missing_file_is_named(groundplan: Command) -> None:
    for command in ("validate", "check", "cost", "plan", "deploy", "destroy"):
        result = groundplan(command, "-f", "nowhere.yaml")
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
        assert result.err == (
            "error: nowhere.yaml does not exist; groundplan init writes a first blueprint, -f/--file names another "
            "file\n"
        )


def test_a_folder_is_no_blueprint(groundplan: Command, folder: Path) -> None:
    result = groundplan("validate", "-f", ".")
    assert result.code == ExitCode.BAD_INPUT
    assert "is a folder; name the blueprint in it: groundplan.yaml" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], 'error: there is no command "nonsense"; known here: access, backup, bootstrap, check, '),
        (["validat"], 'error: there is no command "validat"; did you mean "validate"? See groundplan --help\n'),
        (["local", "strat"], 'there is no command "strat"; did you mean "start"? See groundplan local --help\n'),
        (
            ["validate", "--nonsense"],
            'error: there is no option "--nonsense"; known here: --environment, --file, --format, --help, --set; see '
            "groundplan validate --help\n",
        ),
        (["check", "--formt", "json"], 'error: there is no option "--formt"; did you mean "--format"? See groundplan '),
        (["cost", "--format", "xml"], 'error: --format: "xml" is not table or json; see groundplan cost --help\n'),
        (
            ["check", "--format", "jsn"],
            ' is not table, json, sarif, junit, markdown or github; did you mean "json"?',
        ),
        (["plan", "--target", "azure"], '--target: "azure" is not local or aws; see groundplan plan --help\n'),
        (["render"], "error: --out is missing: the folder to write to; see groundplan render --help\n"),
        (["release", "web"], "error: IMAGE is missing: its tag, its digest, or "),
        (["validate", "extra"], 'error: "extra" is one argument too many; see groundplan validate --help\n'),
        (["check", "-f"], "error: -f lacks its value; see groundplan check --help\n"),
        (["local", "start", "--port"], "error: --port lacks its value; see groundplan local start --help\n"),
        (["deploy", "--yes=no"], "error: --yes takes no value; see groundplan deploy --help\n"),
        (
            ["local", "start", "--port", "0"],
            "error: --port: 0 is too little; the least is 1; see ",
        ),
        (["local", "start", "--port", "65536"], "error: --port: 65536 is too much; the most is 65535; see "),
        (
            ["local", "start", "--port", "http"],
            'error: --port: "http" is not a whole number; see ',
        ),
    ],
)
def test_mistakes_on_the_command_line(groundplan: Command, arguments: list[str], said: str) -> None:
    result = groundplan(*arguments)
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert said in result.err
    assert len(result.err.splitlines()) == 1


OF_THE_BLUEPRINT = (
    "access", "check", "containers", "cost", "diagram", "docs", "explain", "failover", "objectives", "reach", "render",
    "report", "resources", "savings", "simulate availability", "simulate recovery", "simulate traffic", "validate",
)  # fmt: skip
ON_A_TARGET = (
    "backup export", "backup list", "backup now", "backup verify", "bootstrap", "deploy", "destroy", "drift", "drill",
    "history", "kubernetes apply", "kubernetes fill", "kubernetes status", "kubernetes switch", "plan", "release",
    "releases", "restore", "rollback", "schedule pause", "schedule resume", "schedule show", "schedule start",
    "schedule stop", "status",
)  # fmt: skip
OTHERS = (
    "init", "local env", "local reset", "local start", "local status", "local stop", "pipelines", "prices refresh",
    "prices reset", "prices show", "promote", "rules", "schema", "scripts",
)  # fmt: skip
COMMANDS = (*OF_THE_BLUEPRINT, *ON_A_TARGET, *OTHERS)
GROUPS = tuple(dict.fromkeys(name.split()[0] for name in COMMANDS if " " in name))


def test_these_are_all_commands_and_they_take_the_same_options() -> None:
    options = {path: {written for _, written, _ in rows} for path, _, rows in described(app())}
    assert sorted(COMMANDS) == sorted(options)
    for command in (*OF_THE_BLUEPRINT, *ON_A_TARGET):
        assert "-f, --file <path>" in options[command], command
        assert any(written.startswith("-e, --environment ") for written in options[command]), command
    assert {command for command, known in options.items() if "--target <local|aws>" in known} == {
        *ON_A_TARGET, "cost", "promote"
    }  # fmt: skip


@pytest.mark.parametrize("command", ["", *GROUPS, "check", "deploy", "init"])
def test_commands_explain_themselves(groundplan: Command, command: str) -> None:
    result = groundplan(*command.split(), "--help")
    assert (result.code, result.err) == (ExitCode.FINE, "")
    assert result.out.startswith(f"Usage: {f'groundplan {command}'.strip()}")
    below = {name.removeprefix(command).split()[0] for name in COMMANDS if name.startswith(f"{command} ".lstrip())}
    assert all(f"\n  {name} " in result.out for name in below)


def test_without_a_command_it_shows_the_commands(groundplan: Command) -> None:
    result = groundplan()
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err.startswith("Usage: groundplan")


def test_the_version_is_that_of_the_package(groundplan: Command) -> None:
    from importlib.metadata import version

    assert groundplan("--version").out == f"groundplan {version('groundplan')}\n"


def test_local_environment_without_a_local_aws(groundplan: Command) -> None:
    result = groundplan("local", "env")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert "groundplan local start" in result.err
    assert groundplan("local", "status", "--format", "json").json == {"running": False, "endpoint": None}
    assert "was not running" in groundplan("local", "stop").out
