"""``groundplan -f infrastructure.py``: what the command line makes of a Python file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from tests.cli.commands import Command, Result, call

from groundplan.api.files import read_source
from groundplan.errors import ExitCode

FILE = Path("infrastructure.py")
GOOD = """\
import groundplan

blueprint = groundplan.Blueprint(
    project="shop",
    region="eu-central-1",
    services={"web": {"image": {"repository": "web", "tag": "1"}, "port": 80}},
    environments={"production": {}, "development": {"profile": "development"}},
)
"""
MAKES = 'import groundplan\n{name} = groundplan.Blueprint(project="shop", region="eu-central-1")\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def groundplan(capfd: pytest.CaptureFixture[str]) -> Command:
    return partial(call, capfd)


def refused(groundplan: Command, text: str | bytes) -> str:
    """What the command says about a file that it cannot take."""
    FILE.write_bytes(text if isinstance(text, bytes) else text.encode())
    result: Result = groundplan("explain", "-f", FILE)
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    return result.err.removeprefix("error: ").rstrip("\n")


def test_the_commands_take_it(groundplan: Command) -> None:
    FILE.write_text(GOOD)
    validated = groundplan("validate", "-f", FILE, "--format", "json").json
    assert [one["name"] for one in validated["environments"]] == ["production", "development"]
    assert groundplan("check", "-f", FILE, "-e", "production", "--format", "json").json["environment"] == "production"
    assert groundplan("cost", "-f", FILE, "-e", "development").code == ExitCode.FINE
    assert groundplan("render", "-f", FILE, "-e", "production", "--out", "out").code == ExitCode.FINE
    assert list(Path("out").glob("*.tf"))


def test_explain_names_the_lines_of_the_file(groundplan: Command) -> None:
    FILE.write_text(GOOD)
    explained = groundplan("explain", "-f", FILE, "-e", "development", "--format", "json").json
    origins = {row["path"]: row["origin"] for row in explained["values"]}
    assert origins["services.web.port"] == "infrastructure.py:6:75"
    assert origins["profile"] == "environment development, infrastructure.py:7:64"
    assert origins["services.web.tasks.desired"] == "profile development"


def test_settings_go_over_it(groundplan: Command) -> None:
    FILE.write_text(GOOD)
    arguments = ("-f", FILE, "-e", "production", "--set", "services.web.port=81", "--format", "json")
    values = {row["path"]: row["value"] for row in groundplan("explain", *arguments).json["values"]}
    assert values["services.web.port"] == "81"


def test_mistakes_have_their_place(groundplan: Command) -> None:
    said = refused(groundplan, GOOD.replace('"port": 80', '"prot": 80').replace('"production": {}, ', ""))
    assert said == 'infrastructure.py:6:67: services.web.prot: unknown key "prot"; did you mean "port"?'


def test_one_of_several_environments_has_to_be_chosen(groundplan: Command) -> None:
    assert refused(groundplan, GOOD) == (
        "infrastructure.py has several environments; choose one with -e: production, development"
    )


def test_prints_of_the_file_do_not_disturb_the_result(groundplan: Command) -> None:
    FILE.write_text('print("hello")\n' + GOOD)
    result = groundplan("validate", "-f", FILE, "--format", "json")
    assert json.loads(result.out)["file"] == "infrastructure.py"
    assert result.err == "hello\n"


def test_it_knows_who_runs_it_and_its_neighbours(groundplan: Command) -> None:
    Path("regions_of_shop.py").write_text('HOME = "eu-central-1"\n')
    FILE.write_text(
        "import sys\nfrom regions_of_shop import HOME\n"
        + GOOD.replace('"eu-central-1"', "HOME")
        + 'assert sys.argv == ["infrastructure.py"]\nif __name__ == "__main__":\n    sys.exit("run")\n'
    )
    before = list(sys.path), list(sys.argv)
    assert groundplan("validate", "-f", FILE).code == ExitCode.FINE
    assert (sys.path, sys.argv) == before


def test_the_same_blueprint_by_two_names_is_one(groundplan: Command) -> None:
    FILE.write_text(GOOD + "shop = blueprint\n")
    assert groundplan("validate", "-f", FILE).code == ExitCode.FINE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n", "1:1: the file makes no blueprint; write blueprint = groundplan.Blueprint(...)"),
        ("", "1:1: the file makes no blueprint; write blueprint = groundplan.Blueprint(...)"),
        (
            MAKES.format(name="first") + MAKES.format(name="second"),
            "1:1: the file makes several blueprints, and has to make one: first, second",
        ),
        ("x = (\n", "1:5: this is not Python: '(' was never closed"),
        ("x = 1\n  y = 2\n", "2:#: this is not Python: unexpected indent"),
        ("import groundplan\ngroundplan.Service(\n    port=1 / 0)\n", "3:10: ZeroDivisionError: division by zero"),
        ("import nothing_like_it\n", "1:1: ModuleNotFoundError: No module named 'nothing_like_it'"),
        ("x = 1\nimport sys; sys.exit(3)\n", "2:13: the file ended itself with 3 (SystemExit)"),
        ("raise SystemExit\n", "1:1: the file ended itself (SystemExit)"),
        ("def f(): f()\nf()\n", "1:10: RecursionError: maximum recursion depth exceeded"),
        ("import groundplan\ngroundplan.Servize()\n", "2:1: AttributeError: module 'groundplan' has no attribute"),
        (
            "import json\njson.loads('{')\n",
            "2:1: JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (b"x = '\xff'\n", "1:#: this is not Python: (unicode error) 'utf-8' codec can't decode byte 0xff"),
        (
            "from groundplan import Blueprint\nBlueprint(project=1.5, region='x').environment()\n",
            "2:19: project: 1.5 is a float",
        ),
    ],
)
def test_what_is_wrong_with_the_file_is_said_with_its_place(groundplan: Command, text: str | bytes, said: str) -> None:
    """``#`` stands for a column that the versions of Python do not agree on."""
    pattern = re.escape(f"infrastructure.py:{said}").replace(r"\#", r"\d+")
    assert re.match(pattern, refused(groundplan, text))


def test_a_mistake_in_a_neighbour_has_the_neighbours_place(groundplan: Command) -> None:
    Path("broken_neighbour.py").write_text("x = 1\nx.y\n")
    said = refused(groundplan, "import broken_neighbour\n")
    assert said.endswith("broken_neighbour.py:2:1: AttributeError: 'int' object has no attribute 'y'")
    Path("unreadable_neighbour.py").write_text("x = = 1\n")
    assert "unreadable_neighbour.py:1:5: this is not Python: " in refused(groundplan, "import unreadable_neighbour\n")


def test_a_null_byte(groundplan: Command) -> None:
    assert refused(groundplan, b"x = 1\x00\n").startswith("infrastructure.py:1:1: ")


def test_files_that_are_none(groundplan: Command) -> None:
    missing = groundplan("validate", "-f", FILE)
    assert missing.code == ExitCode.BAD_INPUT
    assert missing.err == (
        "error: infrastructure.py does not exist; groundplan init writes a first blueprint, "
        "-f/--file names another file\n"
    )
    FILE.mkdir()
    assert groundplan("validate", "-f", FILE).err == "error: infrastructure.py is a folder; name the blueprint in it\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(groundplan: Command) -> None:
    FILE.write_text(GOOD)
    FILE.chmod(0)
    assert groundplan("validate", "-f", FILE).err == "error: infrastructure.py cannot be read: permission denied\n"


def test_yaml_is_read_as_before(tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text("project: shop\nregion: eu-central-1\n")
    assert read_source(file).environment().blueprint.project == "shop"


def test_an_interrupt_in_the_file_is_an_interrupt(groundplan: Command) -> None:
    FILE.write_text("raise KeyboardInterrupt\n")
    assert groundplan("validate", "-f", FILE).code == 130


def test_a_cold_start_stays_fast() -> None:
    """What a Python file costs beside YAML is the file itself: nothing heavy is loaded to read it."""
    FILE.write_text(GOOD)
    program = (
        "import sys; from pathlib import Path; from groundplan.api.files import read_source; "
        "read_source(Path('infrastructure.py')).all(); "
        "print(*({'boto3', 'rich', 'numpy', 'aws_cdk', 'jsii'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
