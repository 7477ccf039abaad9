"""Savings found by redesign: each is a change of the blueprint that is loaded, designed, checked and priced again.

Nothing here is advice by rule of thumb. A change that the blueprint refuses, that makes an error of the checks, or
whose saving nobody can quote is listed as refused, with the reason.
"""

from groundplan.savings.change import CONCERNS, Change, Concern
from groundplan.savings.report import to_json
from groundplan.savings.result import Combination, Refusal, Saving, Savings, Term
from groundplan.savings.search import find

__all__ = [
    "CONCERNS",
    "Change",
    "Combination",
    "Concern",
    "Refusal",
    "Saving",
    "Savings",
    "Term",
    "find",
    "to_json",
]
