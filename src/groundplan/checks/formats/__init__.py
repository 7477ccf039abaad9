"""Reports as other programs read them. Each module has ``render(report, environment) -> str``: the same bytes for the
same report."""

from __future__ import annotations

from importlib import import_module
from typing import Literal, Protocol, cast, get_args

from groundplan.checks.report import Report

FormatName = Literal["json", "sarif", "junit", "markdown", "github"]
FORMATS: tuple[FormatName, ...] = get_args(FormatName)


class Format(Protocol):
    """A module of this package."""

    def render(self, report: Report, environment: str) -> str:
        """The report of an environment as a text that ends with a line feed."""
        ...


def render(name: FormatName, report: Report, environment: str) -> str:
    """The report of an environment in a format. Findings should be :func:`groundplan.checks.located`."""
    module = cast(Format, import_module(f"{__name__}.{name}"))
    return module.render(report, environment)


__all__ = ["FORMATS", "FormatName", "render"]
