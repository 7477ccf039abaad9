"""One mistake each: tests/cases/blueprint/mistakes holds what is written, with ▸ before the place that is pointed at,
and behind => what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.blueprint.conftest import Problems

CASES = Path(__file__).parents[1] / "cases" / "blueprint" / "mistakes"
BASE = "project: shop\nregion: eu-west-1\n"
MARK, ARROW = "▸", "=> "


def mistakes() -> list[pytest.ParameterSet]:
    found = []
    for file in sorted(CASES.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").strip().split("\n\n"):
            text, _, message = block.partition(f"\n{ARROW}")
            found.append(pytest.param(text, message, id=f"{file.stem}-{message[:60]}"))
    return found


@pytest.mark.parametrize(("text", "message"), mistakes())
def test_a_mistake_is_said_with_its_place(text: str, message: str, problems: Problems) -> None:
    written = BASE + text
    line = written[: written.index(MARK)].count("\n") + 1
    column = written.split("\n")[line - 1].index(MARK) + 1
    assert written.count(MARK) == 1
    assert problems(written.replace(MARK, "") + "\n") == [f"groundplan.yaml:{line}:{column}: {message}"]


def test_there_are_mistakes() -> None:
    assert len(mistakes()) > 100


DIGITS = "9" * 5000
"""More than Python makes a number of: ``sys.get_int_max_str_digits()``."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs: {report: {image: {repository: web}, schedule: 'rate(%s days)'}}", "is longer than a hundred years"),
        ("usage: {requests: %s}", "a month is more than 380,000 a second; the most is 1,000,000,000,000"),
        ("reliability: {causes: {zone: {failures: %s/year}}}", "is more than once an hour"),
        ("network: {flow_logs: %sd}", "is longer than a hundred years"),
        ("services: {web: {image: {repository: web}, tasks: {max: %s}}}", "is too large a number"),
    ],
)
def test_digits_without_end_are_told_as_every_number(text: str, said: str, problems: Problems) -> None:
    (told,) = problems(BASE + text % DIGITS + "\n")
    assert said in told
    assert len(told) < 300


def test_what_is_no_name_of_a_secret_is_not_offered_as_one(problems: Problems) -> None:
    text = "services: {web: {image: {repository: web}, secrets: {KEY: [key]}}}\nsecrets: {key: {generate: 32}}\n"
    assert problems(BASE + text) == [
        "groundplan.yaml:3:59: services.web.secrets.KEY: has to be a text, and is a list",
        'groundplan.yaml:4:11: secrets.key: no service or job names "key" under its secrets; remove it',
    ]
