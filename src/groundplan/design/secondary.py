"""The pilot light on another cloud."""

from __future__ import annotations

from groundplan.design.draft import Draft


def add_secondary(draft: Draft) -> None:
    """What ``secondary:`` asks for."""
    if draft.blueprint.secondary is None:
        return
    from groundplan.design.google import add_google  # here, since few environments have one

    add_google(draft, draft.blueprint.secondary.google)
