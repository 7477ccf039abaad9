"""What happens when a region is gone, in which order, by whom and how long it takes."""

from groundplan.recovery.failover import Seconds, Step, promotion_steps
from groundplan.recovery.report import to_json
from groundplan.recovery.return_home import return_steps
from groundplan.recovery.timeline import Timeline, timeline

__all__ = ["Seconds", "Step", "Timeline", "promotion_steps", "return_steps", "timeline", "to_json"]
