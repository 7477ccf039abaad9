"""docs/tour.md shows what the commands really say: each is run, and its output compared but for times and addresses."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from groundplan.cli.main import run

DOCUMENT = Path(__file__).parents[2] / "docs" / "tour.md"
BLOCK = re.compile(r"```console\n\$ ([^\n]*)\n(.*?)```", re.DOTALL)


def say(command: str) -> str:
    """What a command says, stdout and stderr as a terminal shows them; of a pipe, stdout alone goes through it."""
    words = shlex.split(command)
    called, pipe = (words[1 : words.index("|")], words[words.index("|") + 1 :]) if "|" in words else (words[1:], [])
    said = io.StringIO()
    if words[0] == "cat":
        said.write(Path(called[0]).read_text(encoding="utf-8"))
    else:
        assert words[0] == "groundplan", f"the tour cannot run {words[0]}"
        with redirect_stdout(said), redirect_stderr(io.StringIO() if pipe else said):
            run(called)
    # Without its last column a table would end in spaces, which no document keeps.
    lines = [line.rstrip() for line in said.getvalue().splitlines()]
    match pipe:
        case ["head", count]:
            lines = lines[: -int(count)]
        case ["tail", count]:
            lines = lines[int(count) :]
        case ["wc", "-l"]:
            lines = [str(len(lines))]
        case _:
            assert not pipe, f"the tour knows no {pipe}"
    return "".join(f"{line}\n" for line in lines)


def masked(text: str) -> str:
    """Without what differs from run to run and machine to machine."""
    for pattern, stand_in in (
        (r"\d{4}-\d\d-\d\d \d\d:\d\d", "DAY TIME"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"\b\d+(\.\d+)? s\b", "N s"),
        (r"\bby \S+:", "by SOMEBODY:"),
    ):
        text = re.sub(pattern, stand_in, text)
    return text


@pytest.fixture
def no_local_aws_left() -> Iterator[None]:
    """The local AWS that the tour starts has stopped afterwards."""
    yield
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        run(["local", "stop"])


@pytest.mark.usefixtures("no_local_aws_left")
def test_the_tour_is_true(update_golden: bool) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    shown = dict(BLOCK.findall(text))
    assert len(shown) > 10
    really = {command: say(command) for command in shown}
    if update_golden:
        text = BLOCK.sub(lambda block: f"```console\n$ {block[1]}\n{really[block[1]]}```", text)
        DOCUMENT.write_text(text, encoding="utf-8")
        shown = really
    assert {command: masked(said) for command, said in shown.items()} == {
        command: masked(said) for command, said in really.items()
    }
