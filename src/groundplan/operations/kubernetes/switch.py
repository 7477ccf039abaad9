"""The switch between blue and green: new pods first, then the requests, and back again where something is wrong."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groundplan.engines.kubernetes.colours import Colour, other, turns
from groundplan.errors import DeploymentError, EnvironmentalError, InputError
from groundplan.operations.events import Report
from groundplan.operations.kubernetes.pods import Pods
from groundplan.operations.kubernetes.requests import Requests, find_requests
from groundplan.resources import Architecture
from groundplan.resources.workloads import PodShift, ServiceWorkload
from groundplan.targets.connection import Connection
from groundplan.units import Duration

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

START = 900.0
"""Seconds that new pods may take until the load balancer finds all of them healthy. Chosen: nodes may have to come."""


@dataclass(frozen=True)
class Switched:
    """A switch that went well."""

    service: str
    before: Colour
    now: Colour
    image: str
    """What the pods run that have the requests now."""

    @property
    def changed(self) -> bool:
        """Whether any request moved."""
        return self.before != self.now


@dataclass(frozen=True)
class Pace:
    """How long a switch waits. Times in seconds."""

    start: float = START
    poll: float = 5.0
    minute: float = 60.0
    """How long a minute of the blueprint takes."""


@dataclass
class _Switch:
    requests: Requests
    pods: Pods
    service: ServiceWorkload
    shift: PodShift
    report: Report
    pace: Pace
    moved: bool = field(default=False, init=False)

    def start(self, new: Colour, replicas: int) -> None:
        """Run the new pods, and wait until the cluster and the load balancer find them well."""
        self.pods.scale(new, replicas)
        deadline = time.monotonic() + self.pace.start
        while True:
            rollout, health = self.pods.rollout(new), self.requests.health(new)
            # An autoscaler may want more of them by now; it is none of a switch's business to wait for those.
            if rollout.available >= replicas and health.healthy >= replicas:
                self.report(f"{self.service.name}: {replicas} {new} pods run and are healthy")
                return
            said = f"{rollout.available} of {replicas} {new} pods run, {health.healthy} are healthy"
            if rollout.stuck or time.monotonic() > deadline:
                why = rollout.stuck or health.why or f"after {Duration(round(self.pace.start))}"
                raise DeploymentError(f"{said}: {why}")
            self.report(f"{self.service.name}: {said}", passing=True)
            time.sleep(self.pace.poll)

    def move(self, new: Colour, share: int) -> None:
        """Move the requests by the steps of the strategy, from the share that the new pods may have already."""
        steps = [step for step in steps_of(self.shift) if step > share]
        for step in steps:
            self.moved = True
            self.requests.move(new, step)
            self.report(f"{self.service.name}: {step} % of the requests go to {new}")
            if step < 100 and self.shift.gradual:
                self.watch(new, self.shift.gradual.bake_time)

    def watch(self, new: Colour, minutes: int) -> None:
        """Look after the new pods for some time. Raises DeploymentError as soon as something is wrong with them."""
        deadline = time.monotonic() + minutes * self.pace.minute
        while True:
            rollout, health, alarm = self.pods.rollout(new), self.requests.health(new), self.requests.alarm()
            if rollout.stuck:
                raise DeploymentError(rollout.stuck)
            if health.unhealthy or not health.healthy:
                raise DeploymentError(
                    f"the load balancer finds {health.unhealthy} {new} pods unhealthy and {health.healthy} healthy"
                    f"{': ' if health.why else ''}{health.why}"
                )
            if alarm:
                raise DeploymentError(f"the alarm is on: {alarm}")
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self.report(f"{self.service.name}: watching the {new} pods for {Duration(round(left))}", passing=True)
            time.sleep(min(self.pace.poll, left))

    def back(self, old: Colour) -> None:
        """All requests to the old pods, which are still there; none of the new."""
        if self.moved:
            self.requests.move(old, 100)
        self.pods.call(old)
        self.pods.scale(other(old), 0)


def steps_of(shift: PodShift) -> list[int]:
    """Percent of the requests that the new pods have got after each move."""
    if shift.gradual is None:
        return [100]
    step = int(shift.gradual.percent)
    return [step, 100] if shift.strategy == "CANARY" else [*range(step, 100, step), 100]


def switch(
    connection: Connection,
    architecture: Architecture,
    api: ApiClient,
    service: ServiceWorkload,
    report: Report,
    *,
    to: Colour | None = None,
    pace: Pace | None = None,
) -> Switched:
    """Let the other colour of a service, or the one that is said, have its requests.

    Its pods are started and waited for; requests move, at once or by steps; others in the cluster call it; after the
    bake time the old pods go. Where anything goes wrong until then, or the switch is interrupted, everything is as
    before, and DeploymentError says why. A switch that found its end cut off is taken up where it stands.
    """
    each, pace = turns(service), pace or Pace()
    if each is None or service.shift is None:
        raise InputError(f"{service.name} has no colours to switch between; write deployment: {{strategy: blue-green}}")
    requests = find_requests(connection, architecture, service)
    pods = Pods(api, each)
    shares = requests.shares()
    before: Colour = "green" if shares["green"] > shares["blue"] else "blue"
    new = to or other(before)
    old = other(new)
    work = _Switch(requests, pods, service, service.shift, report, pace)
    rollout = pods.rollout(new)
    image = rollout.image
    if shares[new] < 100:
        _shift(work, new, old, shares[new])
    elif not rollout.available:
        raise DeploymentError(f"{service.name}: {new} has all requests already, and none of its pods run")
    pods.call(new)
    pods.scale(old, 0)
    report(f"{service.name}: {new} has all requests and runs {image}; no {old} pods are left")
    return Switched(service.name, before, new, image)


def _shift(work: _Switch, new: Colour, old: Colour, share: int) -> None:
    """Start, move, watch; or back."""
    service = work.service
    fewest = service.autoscaling.min if service.autoscaling else service.replicas
    replicas = max(work.pods.rollout(old).replicas, fewest, 1)
    try:
        work.start(new, replicas)
        work.move(new, share)
        work.pods.call(new)
        work.watch(new, work.shift.bake_time)
    except BaseException as error:
        why = str(error) or type(error).__name__
        try:
            work.back(old)
        except (DeploymentError, EnvironmentalError) as worse:
            raise DeploymentError(
                f"{service.name}: {why}. Going back to {old} failed as well: {worse}. Run groundplan kubernetes switch "
                f"{service.name} --to {old}"
            ) from error
        if isinstance(error, (DeploymentError, EnvironmentalError)):
            raise DeploymentError(f"{service.name}: {why}. {old} has all requests again") from error
        work.report(f"{service.name}: interrupted; {old} has all requests again")
        raise
