"""An environment designed again with something changed, and what that does to price, findings and objectives."""

from groundplan.redesign.bench import Bench, Designed, State
from groundplan.redesign.price import difference
from groundplan.redesign.settings import Settings

__all__ = ["Bench", "Designed", "Settings", "State", "difference"]
