"""What would meet an objective that does not hold: the smallest change of the blueprint, found by redesign."""

from groundplan.remedies.report import to_data
from groundplan.remedies.search import Remedy, Search, find, searches

__all__ = ["Remedy", "Search", "find", "searches", "to_data"]
