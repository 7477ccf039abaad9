"""The examples of docs/python.md work."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from groundplan import InputError
from groundplan.api.files import read_source

DOCUMENT = Path(__file__).parents[2] / "docs/python.md"
BLUEPRINT, RESULTS, CDK = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*examples: str) -> dict[str, object]:
    """The names that the examples make, one after the other in one file."""
    file = Path("infrastructure.py")
    file.write_text("\n".join(examples), encoding="utf-8")
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)  # what a person does with the example
    return names


def test_the_blueprint_is_one(folder: Path) -> None:
    (folder / "infrastructure.py").write_text(BLUEPRINT, encoding="utf-8")
    source = read_source(Path("infrastructure.py"))
    assert [loaded.name for loaded in source.all()] == ["production", "development"]


def test_the_message_is_what_it_says(folder: Path) -> None:
    (said,) = re.findall(r"```\n(infrastructure.*)\n```", DOCUMENT.read_text(encoding="utf-8"))
    (folder / "infrastructure.py").write_text(BLUEPRINT.replace("8080", "0"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_source(Path("infrastructure.py")).environment("production")
    assert str(caught.value.problems[0]) == said


def test_what_can_be_made_of_it(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(BLUEPRINT, RESULTS)
    assert "hello-production-network" in capfd.readouterr().out
    assert list((folder / "infrastructure").glob("*.tf"))


@pytest.mark.skipif(find_spec("aws_cdk") is None, reason="aws-cdk-lib is not installed (extra cdk)")
def test_the_stack(folder: Path) -> None:
    app = run(BLUEPRINT, CDK)["app"]
    assert type(app).__name__ == "App"
