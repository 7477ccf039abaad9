"""Tests that hold in several environments of an example."""

from __future__ import annotations

import pytest


def in_each(*names: str) -> pytest.MarkDecorator:
    """Runs a test in each environment; its name is the argument ``environment``."""
    cases = [pytest.param(name, marks=pytest.mark.environment(name), id=name) for name in names]
    return pytest.mark.parametrize("environment", cases)
