"""What docs/checks.md shows works as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.commands import call

from groundplan.blueprint.yaml import read_yaml
from groundplan.checks import Options, custom
from groundplan.cli.check import CheckFormat
from groundplan.errors import ExitCode

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
BLUEPRINT = """
project: shop
region: eu-central-1
profile: poc
services: {web: {image: {repository: web, tag: "1"}, port: 80}}
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_rule_of_ones_own_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = blocks("python")
    name = re.match(r"# (checks/\w+\.py)\n", example)
    assert name
    (tmp_path / "checks").mkdir()
    (tmp_path / name[1]).write_text(example, encoding="utf-8")
    blueprint = tmp_path / "groundplan.yaml"
    blueprint.write_text(BLUEPRINT + "tags: {Team: nobody}\n", encoding="utf-8")
    result = call(capfd, "check", "--rule", "ACME-001", "--format", "json")
    assert (result.code, result.err) == (ExitCode.FINE, "")
    (finding,) = result.json["findings"]
    assert finding["message"] == "ecs_service.web has the team nobody; one of payments, search is right"
    assert (finding["where"]["path"], finding["where"]["line"]) == ("tags.Team", 6)
    blueprint.write_text(BLUEPRINT + "tags: {Team: search}\n", encoding="utf-8")
    assert call(capfd, "check", "--rule", "ACME-001", "--format", "json").json["findings"] == []


def test_what_it_accepts_can_be_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = (block for block in blocks("yaml") if block.startswith("accept:"))
    Path("groundplan.yaml").write_text(BLUEPRINT + example, encoding="utf-8")
    assert call(capfd, "validate").code == ExitCode.FINE


def test_its_other_examples_are_yaml_and_their_options_exist() -> None:
    for number, block in enumerate(blocks("yaml")):
        assert read_yaml(block, Path(f"{number}.yaml")).fields
    assert re.findall(r"^\| `(\w+)` \| (?!AWS|a risk|worth)", PAGE, re.MULTILINE) == [
        item.value for item in CheckFormat
    ]
    known = {"--format", "--since", "--severity", "--rule", "--skip", "--no-custom", "--set"}
    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) == known
    assert custom.FOLDER in PAGE
    assert Options().custom


def test_the_readme_leads_here() -> None:
    assert "(docs/checks.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
