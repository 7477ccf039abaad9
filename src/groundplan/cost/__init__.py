"""What an architecture costs per month: every line with its formula, source and date, and what is not known.

Only sourced prices of the environment's own region are quoted. What has no such price, or depends on a usage that the
blueprint does not state, is listed as unpriced with the reason and counts nothing.
"""

from groundplan.cost.bill import Allowances
from groundplan.cost.concerns import by_concern
from groundplan.cost.estimate import estimate
from groundplan.cost.model import Estimate, Free, Line, Range, Unpriced
from groundplan.cost.report import to_json
from groundplan.cost.together import estimate_together

__all__ = [
    "Allowances",
    "Estimate",
    "Free",
    "Line",
    "Range",
    "Unpriced",
    "by_concern",
    "estimate",
    "estimate_together",
    "to_json",
]
