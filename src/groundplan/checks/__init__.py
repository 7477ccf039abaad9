"""What is wrong with an architecture, found before anything exists."""

from groundplan.checks.discovery import all_rules, catalogue
from groundplan.checks.examination import Examination, Options, examine
from groundplan.checks.origin import located
from groundplan.checks.report import Finding, Report, Since, Summary, as_rows, to_json
from groundplan.checks.rule import Described, Fix, References, Rule, Severity, Violation
from groundplan.checks.run import run

__all__ = [
    "Described",
    "Examination",
    "Finding",
    "Fix",
    "Options",
    "References",
    "Report",
    "Rule",
    "Severity",
    "Since",
    "Summary",
    "Violation",
    "all_rules",
    "as_rows",
    "catalogue",
    "examine",
    "located",
    "run",
    "to_json",
]
