"""Trying one change by itself: whether it saves anything, and what it costs beside money."""

from __future__ import annotations

from decimal import Decimal

from groundplan.cost import Unpriced
from groundplan.errors import InputError
from groundplan.redesign import Bench, difference
from groundplan.savings.change import Change
from groundplan.savings.result import Refusal, Saving


def attempt(bench: Bench, change: Change) -> Saving | Refusal:
    """Try a change by itself."""
    before = bench.now
    if change.unknown:
        return Refusal(change, f"what it saves is not known: {change.unknown}")
    try:
        after = bench.with_settings(change.settings, change.at_best)
    except InputError as error:
        return Refusal(change, "; ".join(dict.fromkeys(problem.message for problem in error.problems)))
    saved, uncounted = difference(before.estimate, after.estimate)
    if saved <= 0:
        return Refusal(change, _why_not(saved, uncounted))
    if change.at_best:
        after = bench.with_settings(change.settings)
    new = after.report.new_since(before.report, "")
    errors = [finding for finding in new.standing if finding.severity == "error"]
    if errors:
        told = "; ".join(f"{error.rule} {error.message}" for error in errors)
        return Refusal(change, f"it would be an error: {told}")
    return Saving(
        change=change,
        monthly=saved,
        findings=new.standing,
        gone=new.since.gone if new.since else 0,
        objectives=tuple(name for name in after.lost if name not in before.lost),
        uncounted=uncounted,
    )


def _why_not(saved: Decimal, uncounted: tuple[Unpriced, ...]) -> str:
    if uncounted:
        return f"what it saves is not known: {'; '.join(dict.fromkeys(item.why for item in uncounted))}"
    if not saved:
        return "it saves nothing that is priced"
    return f"it costs {-saved.quantize(Decimal('0.01'))} USD a month more"
