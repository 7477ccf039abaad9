"""What is wrong with an architecture, found before anything exists."""

from groundplan.checks.discovery import all_rules, catalogue
from groundplan.checks.report import Finding, Report, Summary, as_rows, to_json
from groundplan.checks.rule import Described, Fix, References, Rule, Severity, Violation
from groundplan.checks.run import run

__all__ = [
    "Described",
    "Finding",
    "Fix",
    "References",
    "Report",
    "Rule",
    "Severity",
    "Summary",
    "Violation",
    "all_rules",
    "as_rows",
    "catalogue",
    "run",
    "to_json",
]
