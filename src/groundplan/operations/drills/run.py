"""A drill from its first word to its result."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError, InputError
from groundplan.operations.drills.disruptions import ACTION_MINUTE, Disruption, action_minutes, disruption
from groundplan.operations.drills.kinds import Drill
from groundplan.operations.drills.looks import Look, look, not_deployed
from groundplan.operations.drills.measure import Measurement, measure
from groundplan.operations.drills.model import Expected, expected
from groundplan.operations.drills.rehearsal import Check, rehearse
from groundplan.operations.events import Report
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.resources import Architecture

TIMEOUT = {"task": 900.0, "database": 1800.0, "node": 1800.0, "zone": 3600.0, "region": 0.0}
"""Seconds after which nobody waits any longer, by the kind of drill."""


@dataclass(frozen=True)
class Outcome:
    """What came of a drill."""

    drill: Drill
    environment: str
    target: str
    by: str
    """ARN of the one who ran it."""
    began: datetime
    ended: datetime
    expected: Expected
    done: str
    """What was taken away, in a sentence."""
    measurement: Measurement | None
    """None: nothing was taken away, it was rehearsed."""
    checks: tuple[Check, ...] = ()
    """Of a rehearsal."""
    findings: tuple[str, ...] = ()
    """What did not go as it should; empty: nothing."""
    notes: tuple[str, ...] = ()
    """What has to be known to read the figures."""
    interrupted: bool = False
    """Whether somebody ended it early."""

    @property
    def fine(self) -> bool:
        """Whether everything came back as expected."""
        return not self.findings and not self.interrupted


@dataclass(frozen=True)
class Prepared:
    """A drill that is ready to be run: what would happen can be said."""

    drill: Drill
    expected: Expected
    what: tuple[str, ...]
    """What is taken away."""
    cost: float
    """USD for the experiment, at the most."""
    loaded: LoadedEnvironment
    architecture: Architecture

    def run(
        self,
        connection: Connection,
        report: Report,
        *,
        sleep: Callable[[float], None] = time.sleep,
        timeout: float | None = None,
    ) -> Outcome:
        """Take it away, measure, compare. Ctrl-C ends it early and is told in the outcome.

        Raises InputError where the environment is not whole before it begins, EnvironmentalError where AWS refuses.
        """
        from groundplan.operations.record import caller

        by = caller(connection, self.architecture.region)
        if self.drill.kind == "region":
            return self._rehearsed(connection, by)
        before = look(connection, self.architecture)
        missing = not_deployed(self.architecture, before)
        if missing:
            raise InputError(f"{self.architecture.stage} is not whole: {', '.join(missing)} not deployed")
        if before.lacking:
            raise InputError(
                f"{self.architecture.stage} is not whole: {'; '.join(before.lacking)}. A drill now would be an outage; "
                "wait, or look with groundplan status"
            )
        acting = disruption(connection, self.architecture, self.drill, before)
        return self._measured(connection, acting, before, by, report, sleep, timeout)

    def _measured(
        self,
        connection: Connection,
        acting: Disruption,
        before: Look,
        by: str,
        report: Report,
        sleep: Callable[[float], None],
        timeout: float | None,
    ) -> Outcome:
        began, start = datetime.now(UTC), time.monotonic()
        done = acting.begin()
        report(done)
        found, notes, broken = Measurement(began, every=connection.poll_seconds), _notes(connection), False
        try:
            measure(
                lambda: look(connection, self.architecture),
                effective=acting.effective,
                over=acting.over,
                before=before,
                found=found,
                start=start,
                timeout=TIMEOUT[self.drill.kind] if timeout is None else timeout,
                report=report,
                sleep=sleep,
            )
        except KeyboardInterrupt:
            broken = True
            notes.append(acting.stop())
            report(notes[-1])
        except EnvironmentalError as error:
            raise EnvironmentalError(f"{error}. {acting.stop()}") from error
        notes += acting.left_out()
        findings = [*acting.findings(), *self._verdict(connection, found, broken=broken)]
        return Outcome(
            drill=self.drill,
            environment=self.architecture.environment,
            target=connection.target,
            by=by,
            began=began,
            ended=datetime.now(UTC),
            expected=self.expected,
            done=done,
            measurement=found,
            findings=tuple(findings),
            notes=tuple(notes),
            interrupted=broken,
        )

    def _verdict(self, connection: Connection, found: Measurement, *, broken: bool) -> list[str]:
        """Where the recovery was not what the model, or the objective, says."""
        if broken:
            return []
        if found.whole is None:
            return [f"not everything was back after {found.waited:.0f} s, when nobody looked any longer"]
        if connection.target == "local":
            return []
        told = []
        model, objective = self.expected, self.expected.objective
        if model.whole is not None and found.whole > model.whole.high:
            told.append(f"everything was back after {found.whole:.0f} s; the model says {model.whole.high} at the most")
        if model.users is not None and found.interrupted > model.users.high + found.every:
            told.append(f"users waited for {found.interrupted:.0f} s; the model says {model.users.high} at the most")
        if objective is not None and found.interrupted > objective.seconds:
            told.append(f"users waited for {found.interrupted:.0f} s; the objective is {objective}")
        return told

    def _rehearsed(self, connection: Connection, by: str) -> Outcome:
        assert self.architecture.standby is not None
        began = datetime.now(UTC)
        checks = rehearse(connection, self.architecture)
        return Outcome(
            drill=self.drill,
            environment=self.architecture.environment,
            target=connection.target,
            by=by,
            began=began,
            ended=datetime.now(UTC),
            expected=self.expected,
            done=f"the takeover by {self.architecture.standby.region} was rehearsed; nothing was promoted",
            measurement=None,
            checks=checks,
            findings=tuple(f"{check.what}: {check.found}" for check in checks if not check.ok),
            notes=tuple(_notes(connection)),
        )


def prepare(loaded: LoadedEnvironment, architecture: Architecture, drill: Drill) -> Prepared:
    """What would be taken away, and what the model expects of it. Nothing is done yet."""
    cost = action_minutes(drill.template) * ACTION_MINUTE if drill.template else 0.0
    return Prepared(
        drill, expected(loaded, architecture, drill), _what(architecture, drill), cost, loaded, architecture
    )


def _what(architecture: Architecture, drill: Drill) -> tuple[str, ...]:
    if drill.service is not None:
        return (f"One task of {drill.service.service_name} is stopped, the one that has run longest.",)
    if drill.database is not None:
        how = "its standby takes over" if drill.database.multi_az else "it has no standby, and restarts where it is"
        return (f"{drill.database.identifier} is rebooted: {how}.",)
    if drill.template is not None:
        alarms = ", ".join(architecture[ref].alarm_name for ref in drill.template.stop_alarms)
        actions = tuple(f"{action.description}." for action in drill.template.actions)
        return (*actions, f"It stops by itself while one of these alarms is on: {alarms}.")
    return ("Nothing is taken away: what a takeover needs is looked at, and nothing is promoted.",)


def _notes(connection: Connection) -> list[str]:
    if connection.target == "aws":
        return []
    return [
        "The local AWS runs neither tasks nor databases. They come back in AWS's order and in a fraction of its time: "
        "this shows that the way leads back, not how long AWS takes"
    ]
