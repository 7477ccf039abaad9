"""The report of a drill: Markdown for people, JSON for programs. Both are kept by whoever ran it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError
from groundplan.files import reason
from groundplan.operations.drills.run import Outcome

if TYPE_CHECKING:
    from groundplan.recovery import Seconds


def to_data(outcome: Outcome) -> dict[str, object]:
    """The outcome as JSON data. Times are seconds; what is not known is null."""
    model, found = outcome.expected, outcome.measurement
    return {
        "drill": outcome.drill.name,
        "environment": outcome.environment,
        "target": outcome.target,
        "by": outcome.by,
        "began": outcome.began.isoformat(timespec="seconds"),
        "ended": outcome.ended.isoformat(timespec="seconds"),
        "done": outcome.done,
        "fine": outcome.fine,
        "interrupted": outcome.interrupted,
        "findings": list(outcome.findings),
        "notes": list(outcome.notes),
        "expected": {
            "steps": list(model.steps),
            "users": _seconds(model.users),
            "whole": _seconds(model.whole),
            "objective": model.objective.seconds if model.objective else None,
            "sources": list(model.sources),
        },
        "measured": None
        if found is None
        else {
            "users": found.interrupted,
            "whole": found.whole,
            "every": found.every,
            "looks": found.looks,
            "events": [
                {"at": event.at.isoformat(timespec="milliseconds"), "seconds": event.seconds, "what": event.what}
                for event in found.events
            ],
        },
        "checks": [{"what": check.what, "ok": check.ok, "found": check.found} for check in outcome.checks],
    }


def _seconds(seconds: Seconds | None) -> dict[str, int] | None:
    if seconds is None:
        return None
    return {"low": seconds.low, "expected": seconds.expected, "high": seconds.high}


def to_markdown(outcome: Outcome) -> str:
    """The outcome for people."""
    return "\n".join(_lines(outcome)).rstrip() + "\n"


def _lines(outcome: Outcome) -> Iterator[str]:
    found, model = outcome.measurement, outcome.expected
    yield f"# Drill {outcome.drill.name}, {outcome.environment}, {outcome.began:%Y-%m-%d}"
    yield ""
    yield f"- Result: {result(outcome)}"
    yield f"- Done: {outcome.done}"
    yield f"- Where: {'AWS' if outcome.target == 'aws' else 'the local AWS'}, by {outcome.by}"
    yield f"- Began {outcome.began:%Y-%m-%d %H:%M:%S} UTC, ended {outcome.ended:%H:%M:%S} UTC"
    yield from (f"- {note}" for note in outcome.notes)
    yield ""
    yield "## Expected and measured"
    yield ""
    yield "| | least | expected | most | measured |"
    yield "| :--- | ---: | ---: | ---: | ---: |"
    yield _row("users wait, seconds", model.users, None if found is None else found.interrupted)
    yield _row("everything is back after, seconds", model.whole, None if found is None else found.whole)
    yield ""
    if model.objective:
        yield f"Objective: users wait {model.objective} at the most."
        yield ""
    if found is not None:
        yield f"Looked every {found.every:g} s, {found.looks} times; the figures are no finer."
        yield ""
    if outcome.findings:
        yield "## What did not go as it should"
        yield ""
        yield from (f"- {text}" for text in outcome.findings)
        yield ""
    if outcome.checks:
        yield "## What a takeover needs"
        yield ""
        yield "| | | found |"
        yield "| :--- | :--- | :--- |"
        words = {True: "ready", False: "not ready", None: "unknown"}
        yield from (f"| {check.what} | {words[check.ok]} | {check.found} |" for check in outcome.checks)
        yield ""
    if found is not None and found.events:
        yield "## What was seen"
        yield ""
        yield "| after | at, UTC | |"
        yield "| ---: | :--- | :--- |"
        yield from (f"| {event.seconds:.1f} s | {event.at:%H:%M:%S} | {event.what} |" for event in found.events)
        yield ""
    yield "## What the model says"
    yield ""
    yield from (f"{number}. {text}" for number, text in enumerate(model.steps, start=1))
    if model.sources:
        yield ""
        yield "Figures from:"
        yield ""
        yield from (f"- {source}" for source in model.sources)


def result(outcome: Outcome) -> str:
    """The result in a sentence."""
    found = outcome.measurement
    if outcome.interrupted:
        return "ended early by the one who ran it"
    if found is None:
        ready = sum(check.ok is True for check in outcome.checks)
        return f"{ready} of {len(outcome.checks)} things that a takeover needs are ready"
    if found.whole is None:
        return f"not everything came back within {found.waited:.0f} s"
    waited = f"users waited for {found.interrupted:.1f} s" if found.interrupted else "users noticed nothing"
    return f"everything was back after {found.whole:.1f} s; {waited}"


def _row(what: str, seconds: Seconds | None, measured: float | None) -> str:
    figures = ("?", "?", "?") if seconds is None else (seconds.low, seconds.expected, seconds.high)
    shown = "–" if measured is None else f"{measured:.1f}"
    return f"| {what} | {figures[0]} | {figures[1]} | {figures[2]} | {shown} |"


def keep(outcome: Outcome, folder: Path) -> tuple[Path, Path]:
    """Write both into a folder, beside what is there already. Returns the Markdown and the JSON file.

    Raises EnvironmentalError where they cannot be written.
    """
    name = f"{outcome.began:%Y-%m-%d}-{outcome.environment}-{outcome.drill.name}"
    number = 1
    while (folder / f"{name}.md").exists() or (folder / f"{name}.json").exists():
        number += 1
        name = f"{outcome.began:%Y-%m-%d}-{outcome.environment}-{outcome.drill.name}-{number}"
    text, data = folder / f"{name}.md", folder / f"{name}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text.write_text(to_markdown(outcome), encoding="utf-8")
        data.write_text(json.dumps(to_data(outcome), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise EnvironmentalError(f"The report cannot be written to {folder}: {reason(error)}") from error
    return text, data
