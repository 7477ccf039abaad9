"""Drills: something is taken away on purpose, and the time until it is back is measured and held against the model."""

from groundplan.operations.drills.kinds import Drill, choose, require_allowed
from groundplan.operations.drills.run import Outcome, prepare

__all__ = ["Drill", "Outcome", "choose", "prepare", "require_allowed"]
