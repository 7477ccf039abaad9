"""GP-REL-050."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import WHOLE_ARCHITECTURE, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture


class OffHoursInProduction(Rule):
    id = "GP-REL-050"
    title = "An environment with the posture of production is not stopped"
    severity = "warning"
    why = "Nobody is served at night and at weekends, and a start in the morning may fail."
    fix = Fix(
        blueprint="Write off_hours: null, or profile: development where it is no production.",
        terraform="Without aws_scheduler_schedule that stop nodes, tasks and databases",
        cloudformation="Without AWS::Scheduler::Schedule that stop nodes, tasks and databases",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        hours = architecture.off_hours
        if hours is not None and hours.profile == "production":
            week = hours.calendar.minutes_on() / 60
            yield Violation(
                WHOLE_ARCHITECTURE,
                f"the environment has the posture of production and runs {week:g} of 168 hours a week; all are right",
            )
