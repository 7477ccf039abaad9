"""Each format says all of a report, in the words of its standard, and nothing that a finding says breaks out of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator
from tests.checks.reports import EMPTY, FILE, NASTY, REPORT, EverySubnet, finding

from groundplan.checks import Report, Since
from groundplan.checks.formats import FORMATS, render
from groundplan.checks.formats.markdown import LONGEST
from groundplan.checks.formats.words import repository_path
from groundplan.errors import Position

SCHEMA = Path(__file__).parent / "data/sarif-2.1.0-rtm.5.json"
"""The schema of SARIF 2.1.0 that https://json.schemastore.org/sarif-2.1.0.json gives and GitHub names. Its source:
https://raw.githubusercontent.com/schemastore/schemastore/master/src/schemas/json/sarif-2.1.0-rtm.5.json, as in the npm
package @microsoft/jest-sarif 1.0.0-beta.0 (MIT)."""
NEW = replace(REPORT, since=Since("main", 4))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder in no repository."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sarif(report: Report) -> Any:
    return json.loads(render("sarif", report, "production"))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", [REPORT, EMPTY, NEW], ids=["full", "empty", "new"])
def test_the_same_report_gives_the_same_bytes(name: Any, report: Report) -> None:
    text = render(name, report, "production")
    assert text.endswith("\n")
    assert not text.endswith("\n\n") or name == "markdown"
    backwards = Report(report.findings[::-1], report.rules[::-1], report.since)
    assert render(name, backwards, "production") == text


def test_the_schema_refuses_what_is_no_sarif() -> None:
    validator = Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    document = sarif(REPORT)
    document["runs"][0]["results"][0]["level"] = "terrible"
    assert [error.message for error in validator.iter_errors(document)] == [
        "'terrible' is not one of ['none', 'note', 'warning', 'error']"
    ]


@pytest.mark.parametrize("report", [REPORT, EMPTY, NEW], ids=["full", "empty", "new"])
def test_sarif_is_valid(report: Report) -> None:
    validator = Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(sarif(report))] == []


def test_sarif_points_to_the_blueprint_and_names_the_resource() -> None:
    (run,) = sarif(REPORT)["runs"]
    assert run["automationDetails"] == {"id": "groundplan/check/production/"}
    first = next(result for result in run["results"] if result["ruleId"] == "TEAM-001")
    assert first["level"] == "error"
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {
                    "uri": "plans/with%20a%20space%20%26%20100%20%25/groundplan.yaml",
                    "uriBaseId": "%SRCROOT%",
                },
                "region": {"startLine": 3, "startColumn": 5},
            },
            "logicalLocations": [{"fullyQualifiedName": "vpc.main", "kind": "resource"}],
        }
    ]
    assert first["message"]["text"].startswith(NASTY)
    rule = run["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert (rule["id"], rule["helpUri"]) == ("TEAM-001", "https://example.com/why")
    assert rule["help"]["text"] == "In the blueprint: Set network.nat to none."
    assert rule["properties"]["tags"] == ["Security", "Security Hub EC2.2", "CIS 1.2.3", "CKV_AWS_1"]


def test_sarif_suppresses_what_is_accepted_and_tells_findings_apart() -> None:
    results = sarif(REPORT)["runs"][0]["results"]
    suppressed = [result for result in results if "suppressions" in result]
    assert [result["suppressions"] for result in suppressed] == [
        [{"kind": "inSource", "status": "accepted", "justification": f"because {NASTY}"}]
    ]
    prints = [result["partialFingerprints"]["ruleAndResource/v1"] for result in results]
    assert len(set(prints)) == len(results) == 5
    moved = replace(REPORT, findings=tuple(replace(item, where=None) for item in REPORT.findings))
    assert [r["partialFingerprints"]["ruleAndResource/v1"] for r in sarif(moved)["runs"][0]["results"]] == prints
    assert {result["baselineState"] for result in sarif(NEW)["runs"][0]["results"]} == {"new"}


def test_a_file_outside_of_the_repository_is_named_in_full() -> None:
    outside = replace(REPORT.findings[0], where=Position(Path("/far/off.yaml"), 1, 1))
    (result,) = sarif(Report((outside,)))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///far/off.yaml"}


def test_paths_begin_at_the_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert repository_path(Path("groundplan.yaml")) == "groundplan.yaml"
    (folder / ".git").mkdir()
    (folder / "infra").mkdir()
    monkeypatch.chdir(folder / "infra")
    assert repository_path(Path("groundplan.yaml")) == "infra/groundplan.yaml"
    assert repository_path(folder / "other/groundplan.yaml") == "other/groundplan.yaml"


def test_junit_fails_where_the_exit_code_is_1() -> None:
    root = ElementTree.fromstring(render("junit", REPORT, "production"))
    (suite,) = root
    assert suite.attrib == {
        "name": "groundplan check production", "tests": "5", "failures": "1", "errors": "1", "skipped": "1"
    }  # fmt: skip
    assert len(suite) == 5
    results = [(case.get("classname"), case.get("name"), [child.tag for child in case]) for case in suite]
    assert results == [
        ("GP-OPS-091", "architecture", ["error"]),
        ("TEAM-001", "vpc.main", ["failure"]),
        ("TEAM-001", "vpc.other", ["skipped"]),
        ("TEAM-002", "subnet.private[a]", ["system-out"]),
        ("TEAM-002", "subnet.private[a]", ["system-out"]),
    ]
    failure = next(suite.iter("failure"))
    # What XML cannot hold is replaced, everything else is there.
    assert failure.get("message") == NASTY.replace("\x07", "\ufffd")
    assert (failure.text or "").startswith(NASTY.replace("\x07", "\ufffd"))
    case = next(case for case in suite if case.find("failure") is not None)
    assert (case.get("file"), case.get("line")) == (str(FILE), "3")


def test_junit_counts_silent_rules_as_tests_that_pass_but_not_in_a_comparison() -> None:
    (suite,) = ElementTree.fromstring(render("junit", EMPTY, "production"))
    assert [(case.get("classname"), case.get("name"), len(case)) for case in suite] == [
        ("TEAM-001", "There is no network", 0), ("TEAM-002", "There is no subnet", 0)
    ]  # fmt: skip
    (compared,) = ElementTree.fromstring(render("junit", replace(EMPTY, since=Since("main", 0)), "production"))
    assert len(compared) == 0


def test_github_has_a_command_for_each_standing_finding_and_a_line_for_people() -> None:
    *commands, last = render("github", REPORT, "production").splitlines()
    assert last == "production: 2 errors, 0 warnings, 2 infos, 1 accepted"
    assert [command.partition(" ")[0] for command in commands] == ["::error", "::error", "::notice", "::notice"]
    mine = next(command for command in commands if "TEAM-001" in command)
    assert mine.startswith(
        "::error file=plans/with a space & 100 %25/groundplan.yaml,line=3,col=5,"
        "title=TEAM-001 There is no network (production)::a | b%0A`c` <script>, 50 %25 of @everybody: "
    )
    assert render("github", NEW, "production").splitlines()[-1] == (
        "production: new since main: 2 errors, 0 warnings, 2 infos, 1 accepted; gone: 4"
    )


def test_a_title_cannot_end_a_github_command() -> None:
    class Tricky(EverySubnet):
        """With signs that separate properties."""

        title = "a::b,file=/etc/passwd\r\n::error::c"

    (command, _) = render("github", Report((finding(Tricky, "x", "y"),), (Tricky,)), "production").splitlines()
    assert "title=TEAM-002 a%3A%3Ab%2Cfile=/etc/passwd%0D%0A%3A%3Aerror%3A%3Ac (production)::y" in command


def test_markdown_is_a_table_whose_cells_mean_only_themselves() -> None:
    lines = render("markdown", REPORT, "production").splitlines()
    assert lines[0] == "<!-- groundplan check production -->"
    assert lines[3] == "❌ 2 errors, 0 warnings, 2 infos, 1 accepted"
    rows = [line for line in lines if re.match(r"\| (error|warning|info) ", line)]
    assert len(rows) == 5
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 5, row
    nasty = next(row for row in rows if "vpc.main" in row)
    assert r"a \| b \`c\` \<script\>, 50 % of \@everybody: " in nasty
    assert "<br>Set network.nat to none." in nasty
    assert r"<details><summary>accepted: 1</summary>" in lines
    assert render("markdown", EMPTY, "production").splitlines()[3].startswith("✅ 0 errors")


def test_markdown_is_never_longer_than_a_comment_may_be() -> None:
    many = tuple(finding(EverySubnet, f"subnet.s{number}", "x" * 200) for number in range(600))
    accepted = tuple(replace(item, accepted=True, reason="because of it all") for item in many)
    text = render("markdown", Report((*many, *accepted)), "production")
    assert len(text) <= LONGEST + 500 < 65536
    shown = text.count("| info | TEAM-002 |")
    assert f"… and {600 - shown} more: see `groundplan check`." in text
    assert "… and 600 more" in text


def test_json_is_the_contract_of_scripts() -> None:
    document = json.loads(render("json", NEW, "production"))
    assert list(document) == ["environment", "findings", "summary", "since"]
    assert document["since"] == {"revision": "main", "gone": 4}
    assert document["findings"][-1]["where"] == {"path": "network", "file": str(FILE), "line": 3, "column": 5}
    assert "since" not in json.loads(render("json", REPORT, "production"))
