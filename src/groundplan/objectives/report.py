"""Answers as Markdown, and a verdict in words."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.objectives.answer import Answer

SIGNS = {"met": "✅", "not met": "❌", "perhaps": "❔", "unknown": "❔"}


def verdict(answer: Answer) -> str:
    """``met``, ``not met``, ``perhaps`` (the interval lies on both sides) or ``unknown``."""
    if answer.met is None:
        return "unknown" if answer.predicted is None else "perhaps"
    return "met" if answer.met else "not met"


def between(answer: Answer) -> str:
    """The interval in words, or what is missing before anybody can judge; empty for an exact figure."""
    if answer.missing is not None:
        return f"add {answer.missing}"
    return f"{answer.interval[0].text} and {answer.interval[1].text}" if answer.interval else ""


def predicted(answer: Answer) -> str:
    """What is predicted, in words."""
    return answer.predicted.text if answer.predicted else "not known"


def markdown(answers: Sequence[Answer]) -> str:
    """A table for a comment in a pull request; a blank line parts it from what stands before."""
    lines = ["", "| | objective | required | predicted | between |", "| --- | --- | --- | --- | --- |"]
    for answer in answers:
        told = verdict(answer)
        cells = (f"{SIGNS[told]} {told}", answer.name, answer.required.text, predicted(answer), between(answer))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"
