"""JSON for scripts: ``{environment, findings, summary}``."""

from __future__ import annotations

import json

from groundplan.checks.report import Report, to_json


def render(report: Report, environment: str) -> str:
    """The report as JSON."""
    return json.dumps(to_json(report, environment), indent=2, ensure_ascii=False) + "\n"
