"""``groundplan simulate availability``: tables, JSON, pictures, exit codes, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.simulation.availability.shop import SHOP, merged

from groundplan.cli.main import run

FEW = ["--years", "100"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "groundplan.yaml"
    file.write_text(json.dumps(merged(SHOP, {"objectives": {"availability": "99.9%"}})))
    return file


def call(file: Path, *more: str) -> int:
    return run(["simulate", "availability", "-f", str(file), *more])


def test_the_table_names_causes_contract_simulation_and_objective(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(shop, *FEW) == 0
    told = capsys.readouterr().out
    assert told.index("release of api") < told.index("upgrade of main")
    for text in (
        "alone takes all down",
        "100 simulated years (seed 1)",
        "AWS's agreements commit to 99.8291 %",
        "Objective 99.9 %: held",
        "Assumed, until a measurement replaces it:",
        "reliability.causes.zone replaces it",
        "database main: 99.95 % for an instance with a standby in another zone; https://aws.amazon.com/rds/sla/",
    ):
        assert text in told, text


def test_same_seed_same_bytes(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for seed in ("7", "7", "8"):
        assert call(shop, *FEW, "--seed", seed, "--format", "json") == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] != said[2]
    (found,) = json.loads(said[0])["paths"]
    assert found["met"] is True
    assert found["interval"][0] < found["availability"] < found["interval"][1]
    assert found["simulation"]["years"] == 100
    assert found["causes"][0] == {
        "element": "release of api", "cause": "deployment", "downtime": pytest.approx(2400, rel=0.01),
        "single_point_of_failure": True,
    }  # fmt: skip


def test_an_objective_that_does_not_hold_is_a_finding(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(shop, *FEW, "--set", "objectives.availability=99.999%") == 1
    assert "Objective 99.999 %: not held" in capsys.readouterr().out
    assert call(shop, *FEW, "--set", "objectives.availability=99.95%") == 1
    assert "not certain: the interval lies on both sides" in capsys.readouterr().out


def test_a_loss_is_told_and_what_answers_nothing_is_a_finding(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(shop, "--without", "zone-a") == 0
    told = capsys.readouterr().out
    assert "1 of 3 tasks left, each with 3 times its load" in " ".join(told.split())
    assert "production without zone-a: all that is public is answered" in told
    assert call(shop, "--without", "zone-a", "--without", "zone-b", "--format", "json") == 1
    (found,) = json.loads(capsys.readouterr().out)["paths"]
    assert (found["works"], found["availability"], found["tasks"][0]["load"]) == (False, 0, None)


def test_a_picture_is_readable_and_has_the_same_bytes_each_time(shop: Path) -> None:
    first, second, third = (shop.parent / name for name in ("1.svg", "2.svg", "3.png"))
    for picture in (first, second, third):
        assert call(shop, *FEW, "--out", str(picture)) == 0
    assert first.read_bytes() == second.read_bytes()
    text = first.read_text()
    for told in ("Availability of production", "release of api", "99.9 % allows 8.8 h", "minutes a year"):
        assert told in text, told
    assert third.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--years", "1"], "--years"),
        (["--seed", "-1"], "--seed"),
        (["--without", "zone-q"], '--without zone-q: no request crosses that; did you mean "zone-'),
        (["--out", "picture.gif"], "picture.gif: a picture is written as SVG or PNG"),
        (["--out", "/nowhere/at/all/p.svg"], "there is no folder /nowhere/at/all"),
        (["--out", "p.svg", "--without", "zone-a"], "leave one of them out"),
        (["--set", "services.api.public=null", "--set", "services.api.port=null"], "answers nobody"),
    ],
)
def test_bad_input(shop: Path, more: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(shop, *more) == 2
    assert message in capsys.readouterr().err
