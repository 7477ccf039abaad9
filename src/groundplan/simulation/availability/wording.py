"""Figures of availability in words."""

from __future__ import annotations

from groundplan.simulation.availability.loss import Left, Loss


def percent(availability: float) -> str:
    """``99.9765 %``: with so many digits that what is missing shows."""
    value = availability * 100
    text = f"{value:.4f}" if value > 99.5 else f"{value:.2f}"
    return f"{text.rstrip('0').rstrip('.')} %"


def span(seconds: float) -> str:
    """``40 min``, ``2.1 h``, ``25 s``: as precise as a person wants it."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        minutes = seconds / 60
        return f"{minutes:.1f} min" if minutes < 10 else f"{minutes:.0f} min"
    return f"{seconds / 3600:.1f} h"


def verdict(loss: Loss) -> str:
    """What becomes of requests, in a sentence."""
    if loss.missing and loss.standby_after is None:
        return f"nothing is answered: too little is left of {', '.join(loss.missing)}"
    if loss.standby_after is not None:
        return (
            f"nothing is answered for {span(loss.standby_after)}, until the standby has taken over "
            f"(too little is left of {', '.join(loss.missing)})"
        )
    if not loss.interrupted:
        if loss.does_without:
            return "answers without it"
        return "goes on as if nothing had happened" if loss.away else "has nothing to do with it"
    worst = loss.interrupted[0]
    if worst.seconds is None:
        return f"{worst.share * 100:.0f} % of the requests fail as long as it is away: {worst.what}"
    return (
        f"{worst.share * 100:.0f} % of the requests fail for {span(worst.seconds)}, then all are answered: {worst.what}"
    )


def tasks(left: Left) -> str:
    """How many tasks are left, and what each carries."""
    kind = f"{left.kind}s" if left.before != 1 else left.kind
    if left.at_once == left.before:
        return f"{left.service}: {left.before} of {left.before} {kind}"
    if left.load is None:
        text = f"{left.service}: none of {left.before} {kind} left"
    else:
        text = f"{left.service}: {left.at_once} of {left.before} {kind} left, each with {left.load:.2g} times its load"
    if left.later > left.at_once:
        text += f"; {left.later} again after {span(left.replaced)}"
    return text
