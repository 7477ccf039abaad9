"""What happens when something is lost, in which order, by whom, how long it takes and what is gone."""

from groundplan.recovery.failover import promotion_steps
from groundplan.recovery.points import Point
from groundplan.recovery.report import to_json
from groundplan.recovery.return_home import return_steps
from groundplan.recovery.steps import Given, Seconds, Step
from groundplan.recovery.survey import DISRUPTIONS, Recovery, survey
from groundplan.recovery.timeline import Timeline, timeline

__all__ = [
    "DISRUPTIONS", "Given", "Point", "Recovery", "Seconds", "Step", "Timeline", "promotion_steps", "return_steps",
    "survey", "timeline", "to_json",
]  # fmt: skip
