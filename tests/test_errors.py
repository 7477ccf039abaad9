from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.errors import (
    DeploymentError,
    EnvironmentalError,
    ExitCode,
    GroundplanError,
    InputError,
    Position,
    Problem,
    suggestion,
)

HERE = Position(Path("groundplan.yaml"), 12, 5)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("is wrong"), "is wrong"),
        (Problem("is wrong", HERE), "groundplan.yaml:12:5: is wrong"),
        (Problem("is wrong", None, "services.api"), "services.api: is wrong"),
        (Problem("is wrong", HERE, "services.api"), "groundplan.yaml:12:5: services.api: is wrong"),
    ],
)
def test_a_problem_says_where_and_what(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_an_input_error_reports_all_problems() -> None:
    error = InputError([Problem("one", HERE), Problem("two")])
    assert str(error) == "groundplan.yaml:12:5: one\ntwo"
    assert [problem.message for problem in error.problems] == ["one", "two"]


def test_an_input_error_takes_a_plain_text() -> None:
    assert InputError("nothing there").problems == (Problem("nothing there"),)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("x"), ExitCode.BAD_INPUT),
        (EnvironmentalError("x"), ExitCode.BAD_INPUT),
        (DeploymentError("x"), ExitCode.DEPLOYMENT_FAILED),
    ],
)
def test_exit_codes_are_the_contract(error: GroundplanError, code: ExitCode) -> None:
    assert error.exit_code is code
    assert (ExitCode.FINE, ExitCode.FINDINGS, ExitCode.BAD_INPUT, ExitCode.DEPLOYMENT_FAILED) == (0, 1, 2, 3)


def test_positions_sort_as_in_the_file() -> None:
    file = Path("a")
    assert sorted([Position(file, 10, 1), Position(file, 2, 9), Position(file, 2, 1)]) == [
        Position(file, 2, 1),
        Position(file, 2, 9),
        Position(file, 10, 1),
    ]


@pytest.mark.parametrize(
    ("word", "known", "text"),
    [
        ("memroy", ["cpu", "memory"], '; did you mean "memory"?'),
        ("xyz", ["memory", "cpu"], "; known here: cpu, memory"),
        ("xyz", [], ""),
    ],
)
def test_suggestion(word: str, known: list[str], text: str) -> None:
    assert suggestion(word, known) == text


def test_a_long_list_of_words_would_hide_the_message() -> None:
    assert suggestion("nothing-like-it", ["a", "b"]) == "; known here: a, b"
    assert suggestion("nothing-like-it", map(str, range(51))) == ""
    assert suggestion("mian", [*map(str, range(51)), "main"]) == '; did you mean "main"?'
