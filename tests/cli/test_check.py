"""``check`` as people and CI run it: options, comparisons with git, rules of their own, files."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest
from tests.cli.commands import Command, Write

from groundplan.checks import acceptance
from groundplan.errors import ExitCode

SMALL = """
    project: shop
    region: eu-central-1
    profile: poc
    services:
      web: {image: {repository: web, tag: "1"}, port: 80, public: {tls: false}}
    """
ONLY = ("--rule", "GP-SEC-008")
"""Plain HTTP: the one error, whatever else is looked for."""
RULE = """
from groundplan.checks import Fix, Rule
from groundplan.resources.containers import EcsService


class Services(Rule):
    id = "TEAM-001"
    title = "No service is called web"
    severity = "error"
    why = "Nobody would find it again."
    fix = Fix(blueprint="Set services.<name>.port, or whatever else.")

    def check(self, architecture):
        print("looking")
        for service in architecture.of(EcsService):
            yield self.violation(service, "is called web")
"""


def accepting(*entries: str) -> str:
    return SMALL.rstrip() + "\n    accept:\n" + "".join(f"      - {entry}\n" for entry in entries)


def own_rule(text: str = RULE) -> None:
    Path("checks").mkdir(exist_ok=True)
    Path("checks/services.py").write_text(text, encoding="utf-8")


def git(*arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main", *arguments],
        check=True, capture_output=True,
    )  # fmt: skip


def commit(tag: str) -> None:
    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "x", "--no-gpg-sign")
    git("tag", "-f", tag)


def test_one_rule_and_all_but_one(groundplan: Command, write: Write) -> None:
    write(SMALL)
    one = groundplan("check", "--rule", "gp-sec-008", "--format", "json")
    assert one.code == ExitCode.FINDINGS
    assert [(item["rule"], item["where"]["path"], item["where"]["line"]) for item in one.json["findings"]] == [
        ("GP-SEC-008", "services.web.public", 5)
    ]
    rest = groundplan("check", "--skip", "GP-SEC-008", "--format", "json")
    rules = {item["rule"] for item in rest.json["findings"]}
    assert rules
    assert "GP-SEC-008" not in rules
    assert groundplan("check", *ONLY, "--skip", "GP-SEC-008", "--format", "json").json["findings"] == []


def test_from_a_severity_on(groundplan: Command, write: Write) -> None:
    write(SMALL)
    seen = {
        least: {
            item["severity"] for item in groundplan("check", "--severity", least, "--format", "json").json["findings"]
        }
        for least in ("error", "info")
    }
    assert seen["error"] == {"error"}
    assert seen["info"] > {"error"}


def test_an_unknown_rule_is_bad_input_and_the_nearest_is_named(groundplan: Command, write: Write) -> None:
    write(SMALL)
    for option in ("--rule", "--skip"):
        result = groundplan("check", option, "GP-SEC-0081", option, "GP-REL-001")
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
        assert result.err == f'error: {option}: there is no rule "GP-SEC-0081"; did you mean "GP-SEC-081"?\n'


def test_an_unknown_rule_in_accept_stands_at_its_place(groundplan: Command, write: Write) -> None:
    write(accepting("{rule: GP-REL-001, reason: so we decided}", "{rule: GP-SECC-001, reason: so we decided}"))
    result = groundplan("check")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err == (
        'error: groundplan.yaml:8:12: accept[1].rule: there is no rule "GP-SECC-001"; did you mean "GP-SEC-001"?\n'
    )


def test_too_short_a_reason_stands_at_its_place(groundplan: Command, write: Write) -> None:
    write(accepting("{rule: GP-REL-001, reason: why not}"))
    result = groundplan("check")
    assert result.code == ExitCode.BAD_INPUT
    assert result.err.startswith('error: groundplan.yaml:7:32: accept[0].reason: "why not" is no reason')


def test_an_acceptance_that_has_ended_counts_again(
    groundplan: Command, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(accepting("{rule: GP-SEC-008, reason: only until summer, expires: 2027-06-30}"))
    for today, code, said in (
        (date(2027, 6, 1), ExitCode.FINE, "only until summer"),
        (date(2027, 6, 20), ExitCode.FINE, "ends on 2027-06-30"),
        (date(2027, 7, 1), ExitCode.FINDINGS, "It was accepted until 2027-06-30 and counts again"),
    ):
        monkeypatch.setattr(acceptance, "clock", lambda today=today: today)
        result = groundplan("check", *ONLY, "--rule", "GP-OPS-090", "--format", "markdown")
        assert (result.code, said in result.out) == (code, True), result.out


def test_rules_of_ones_own(groundplan: Command, write: Write) -> None:
    file = write(accepting("{rule: TEAM-001, resource: ecs_service.other, reason: so we decided}"))
    own_rule()
    result = groundplan("check", "--rule", "TEAM-001", "--rule", "GP-OPS-001", "--format", "json")
    # What a rule prints does not spoil the JSON.
    assert (result.code, result.err) == (ExitCode.FINDINGS, "looking\n")
    assert [(item["rule"], item["where"]["path"], item["where"]["line"]) for item in result.json["findings"]] == [
        ("TEAM-001", "services.web.port", 5),
        ("GP-OPS-001", "accept[0]", 7),
    ]
    without = groundplan("check", "--no-custom", "--rule", "GP-OPS-001", "--format", "json")
    assert (without.code, without.err, without.json["findings"]) == (ExitCode.FINE, "", [])
    refused = groundplan("check", "--no-custom", "--rule", "TEAM-001")
    assert refused.code == ExitCode.BAD_INPUT
    file.write_text(file.read_text().replace("TEAM-001", "TEAM-002"))
    assert 'accept[0].rule: there is no rule "TEAM-002"; did you mean "TEAM-001"?' in groundplan("check").err


def test_a_rule_of_ones_own_that_fails_is_an_error_and_the_others_go_on(groundplan: Command, write: Write) -> None:
    write(accepting("{rule: TEAM-001, reason: its module is broken}"))
    own_rule("import nothing_of_that_name\n")
    result = groundplan("check", "--format", "github")
    assert result.code == ExitCode.FINDINGS
    assert "::error file=checks/services.py,line=1,col=1,title=GP-OPS-091 " in result.out
    assert "title=GP-SEC-008 " in result.out
    own_rule(RULE.replace("        print", "        1 / 0\n        print"))
    result = groundplan("check", "--format", "github")
    assert "::error file=checks/services.py,line=14,col=9,title=TEAM-001 " in result.out
    assert "ZeroDivisionError" in result.out
    assert "title=GP-SEC-008 " in result.out


def test_only_what_is_new_since_a_revision(groundplan: Command, write: Write) -> None:
    file = write(SMALL)
    commit("first")
    same = groundplan("check", "--since", "first", "--format", "json")
    assert (same.code, same.json["findings"], same.json["since"]) == (
        ExitCode.FINE, [], {"revision": "first", "gone": 0}
    )  # fmt: skip
    file.write_text(file.read_text().replace("public: {tls: false}", "environment: {DEBUG: 'true'}"))
    changed = groundplan("check", "--since", "HEAD", "--format", "json")
    assert changed.json["since"]["gone"] >= 1
    assert {item["rule"] for item in changed.json["findings"]} < {
        item["rule"] for item in groundplan("check", "--format", "json").json["findings"]
    }
    commit("second")
    file.write_text(
        file.read_text().replace("profile: poc\n", "").replace("services:", "environments: {poc: {}}\nservices:")
    )
    table = groundplan("check", "--since", "second", *ONLY)
    assert table.out.splitlines()[-1].endswith("new: 0 error, 0 warning, 0 info, 0 accepted; 0 gone since second")
    assert table.err == "the revision second has no environment poc: everything in it is new\n"


def test_a_python_blueprint_of_a_revision_imports_the_modules_of_that_revision(groundplan: Command) -> None:
    Path("shop.py").write_text(
        "import groundplan\nfrom parts import PUBLIC\n"
        "shop = groundplan.Blueprint(project='shop', region='eu-central-1', profile='poc', services={'web': "
        "{'image': {'repository': 'web', 'tag': '1'}, 'port': 80, 'public': PUBLIC}})\n"
    )
    Path("parts.py").write_text("PUBLIC = {'domain': 'shop.groundplan.dev'}\n")
    commit("first")
    Path("parts.py").write_text("PUBLIC = {'tls': False}\n")
    result = groundplan("check", "-f", "shop.py", "--since", "first", *ONLY, "--format", "json")
    assert (result.code, [item["rule"] for item in result.json["findings"]]) == (ExitCode.FINDINGS, ["GP-SEC-008"])
    assert groundplan("check", "-f", "shop.py", *ONLY, "--skip", "GP-SEC-008").code == ExitCode.FINE
    commit("second")
    assert groundplan("check", "-f", "shop.py", "--since", "second", *ONLY).code == ExitCode.FINE
    good = Path("parts.py").read_text()
    for bad, said in (
        ("PUBLIC = {'domain': 'a.example.com'}", "error: third:shop.py:3:"),
        ("1 / 0", "error: third:parts.py:1:1:"),
    ):
        Path("parts.py").write_text(bad)
        commit("third")
        Path("parts.py").write_text(good)
        result = groundplan("check", "-f", "shop.py", "--since", "third")
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
        assert result.err.startswith(said), result.err


def test_a_revision_that_cannot_be_read(groundplan: Command, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(SMALL)
    result = groundplan("check", "--since", "main")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert "groundplan.yaml lies in no git repository" in result.err
    Path("other").write_text("x")
    file.rename("later.yaml")
    commit("first")
    git("mv", "later.yaml", "groundplan.yaml")
    result = groundplan("check", "--since", "first")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert "groundplan.yaml was not in git at the revision first" in result.err
    for revision in ("nonsense", "--help", "HEAD~7", "first:other"):
        result = groundplan("check", f"--since={revision}")
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
        assert f'error: git has no revision "{revision}" here' in result.err
    good = file.read_text()
    file.write_text(good.replace("eu-central-1", "nowhere"))
    commit("broken")
    file.write_text(good)
    result = groundplan("check", "--since", "broken")
    assert result.code == ExitCode.BAD_INPUT
    assert result.err.startswith("error: broken:groundplan.yaml:2:9: region:")
    monkeypatch.setenv("PATH", "/nowhere")
    result = groundplan("check", "--since", "first")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert "there is no git on the PATH" in result.err


def test_into_a_file(groundplan: Command, write: Write) -> None:
    write(SMALL)
    result = groundplan("check", *ONLY, "--format", "sarif", "-o", "report.sarif")
    assert (result.code, result.out) == (ExitCode.FINDINGS, "")
    first = Path("report.sarif").read_bytes()
    document = json.loads(first)
    (found,) = document["runs"][0]["results"]
    assert found["locations"][0]["physicalLocation"]["region"]["startLine"] == 5
    groundplan("check", *ONLY, "--format", "sarif", "-o", "report.sarif")
    assert Path("report.sarif").read_bytes() == first
    groundplan("check", *ONLY, "-o", "report.txt")
    assert "GP-SEC-008" in Path("report.txt").read_text(encoding="utf-8")
    refused = groundplan("check", "-o", "nowhere/report.txt")
    assert (refused.code, refused.err) == (
        ExitCode.BAD_INPUT, "error: nowhere/report.txt cannot be written: no such file or directory\n"
    )  # fmt: skip
