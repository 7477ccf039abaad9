"""How the number of tasks moves: target tracking and steps of Application Auto Scaling, and the autoscaler of pods.

Each scaler sees one sample of the metrics per period and says how many tasks are wanted; every change, and every time
that a change is withheld, is written down with its reason.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, inf
from typing import Literal, Protocol

from groundplan.catalog import autoscaling
from groundplan.simulation.traffic.facts import Metric, Subject

Kind = Literal["out", "in", "held"]
Sample = Mapping[Metric, float | None]
"""The average of each metric; None: no data."""
UNITS: Mapping[Metric, str] = {"cpu": " %", "memory": " %", "requests": " requests a minute and task"}


@dataclass(slots=True)
class Decision:
    """What a scaler did, or did not do, and why."""

    at: int
    """Second of the simulation."""
    until: int
    """For what is withheld: how long the same reason held."""
    kind: Kind
    before: int
    after: int
    reason: str


class Scaler(Protocol):
    """Moves the number of tasks."""

    period: int
    """Seconds between two samples."""
    delay: int
    """Seconds after which a sample is seen."""
    decisions: list[Decision]

    def decide(self, at: int, sample: Sample, tasks: int, ready: int) -> int:
        """How many tasks are wanted, where ``tasks`` are wanted now and ``ready`` of them get requests."""


class _Log:
    """Decisions; what is withheld for the same reason is one of them."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self._held: tuple[str, int] | None = None

    def move(self, at: int, before: int, after: int, reason: str) -> int:
        self.decisions.append(Decision(at, at, "out" if after > before else "in", before, after, reason))
        self._held = None
        return after

    def hold(self, at: int, tasks: int, cause: str, reason: str) -> int:
        if self._held == (cause, tasks) and self.decisions[-1].kind == "held":
            self.decisions[-1].until = at
            if cause.startswith("wait"):  # minutes are counted; what else is told is how it began
                self.decisions[-1].reason = reason
        else:
            self.decisions.append(Decision(at, at, "held", tasks, tasks, reason))
        self._held = (cause, tasks)
        return tasks

    def settle(self) -> None:
        """Nothing is wanted."""
        self._held = None


class TargetTracking(_Log):
    """Target tracking of Application Auto Scaling, with one policy for each metric.

    Out after some datapoints in a row above the target, in after some below 90 % of it. The capacity becomes what
    brings the average to the target, rounded up. Of several policies the one that wants most decides; in only when all
    agree. The base is the wanted number, whether those tasks serve already or not.
    While the cooldown after scaling out lasts, what it added counts as there: only a larger wish goes on. The cooldown
    after scaling in stops scaling in alone. No data: nothing happens.

    Source: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
    """

    def __init__(self, targets: Mapping[Metric, float], least: int, most: int, cooldown_in: int, cooldown_out: int):
        super().__init__()
        self.period = int(autoscaling.value("metric_period"))
        self.delay = int(autoscaling.value("metric_delay"))
        self._targets = targets
        self._least, self._most = least, most
        self._cooldown_in, self._cooldown_out = cooldown_in, cooldown_out
        self._high, self._low = int(autoscaling.value("high_datapoints")), int(autoscaling.value("low_datapoints"))
        self._share = autoscaling.value("low_share")
        self._above = dict.fromkeys(targets, 0)
        self._below = dict.fromkeys(targets, 0)
        self._out_until = self._in_until = -inf
        self._base = 0

    def decide(self, at: int, sample: Sample, tasks: int, ready: int) -> int:
        """How many tasks are wanted after one more datapoint of each metric; those that start count as there."""
        for metric, target in self._targets.items():
            value = sample.get(metric)
            self._above[metric] = self._above[metric] + 1 if value is not None and value > target else 0
            low = value is not None and value < target * self._share
            self._below[metric] = self._below[metric] + 1 if low else 0
        high = [metric for metric in self._targets if self._above[metric] >= self._high]
        if high:
            return self._out(at, sample, tasks, high)
        return self._in(at, sample, tasks)

    def _wish(self, sample: Sample, metric: Metric, tasks: int) -> int:
        value = sample.get(metric)
        return tasks if value is None else ceil(tasks * value / self._targets[metric] - 1e-9)

    def _out(self, at: int, sample: Sample, tasks: int, high: list[Metric]) -> int:
        cooling = at < self._out_until
        base = self._base if cooling else tasks
        metric = max(high, key=lambda each: self._wish(sample, each, base))
        wish = self._wish(sample, metric, base)
        wanted = min(max(wish, self._least), self._most)
        value, target = sample[metric] or 0.0, self._targets[metric]
        said = f"{metric} {value:.4g}{UNITS[metric]}, above {target:g} for {self._above[metric]} minutes"
        if wanted > tasks:
            self._base, self._out_until = base, at + self._cooldown_out
            self._in_until = -inf
            return self.move(at, tasks, wanted, f"{said}: {base} x {value:.4g} / {target:g} = {wish}")
        if wish > tasks:
            return self.hold(at, tasks, "most", f"{said} asks for {wish} tasks, and {self._most} are the most")
        if cooling:
            return self.hold(at, tasks, "cooldown out", f"{said}: what was added is waited for (cooldown)")
        self.settle()
        return tasks

    def _in(self, at: int, sample: Sample, tasks: int) -> int:
        wishes = {metric: self._wish(sample, metric, tasks) for metric in self._targets}
        if not wishes or max(wishes.values()) >= tasks:
            against = [metric for metric, wish in wishes.items() if wish >= tasks]
            some_low = any(self._below[metric] >= self._low for metric in self._targets)
            if some_low and tasks > self._least and against:
                return self.hold(at, tasks, f"no {against[0]}", self._disagrees(sample, against[0]))
            self.settle()
            return tasks
        if tasks <= self._least:
            fewer = max(wishes.values())
            return self.hold(at, tasks, "least", f"{fewer} tasks would do, and {self._least} are the fewest")
        waiting = min(self._targets, key=lambda metric: self._below[metric])
        if self._below[waiting] < self._low:
            minutes = self._below[waiting]
            if not minutes:
                return self.hold(at, tasks, f"no {waiting}", self._disagrees(sample, waiting))
            limit = self._targets[waiting] * self._share
            reason = f"{waiting} is below {limit:g}{UNITS[waiting]} for {minutes} of {self._low} minutes"
            return self.hold(at, tasks, f"wait {waiting}", reason)
        if at < self._in_until:
            return self.hold(at, tasks, "cooldown in", "the cooldown after scaling in is not over")
        metric = max(wishes, key=lambda each: wishes[each])
        wanted = max(wishes[metric], self._least)
        value = sample[metric] or 0.0
        said = f"every metric is below 90 % of its target for {self._low} minutes; {metric} {value:.4g}{UNITS[metric]}"
        self._in_until = at + self._cooldown_in
        return self.move(at, tasks, wanted, f"{said}: {tasks} x {value:.4g} / {self._targets[metric]:g} = {wanted}")

    def _disagrees(self, sample: Sample, metric: Metric) -> str:
        value = sample.get(metric)
        if value is None:
            return f"{metric} has no data, and all policies have to agree"
        limit = self._targets[metric] * self._share
        return f"{metric} {value:.4g}{UNITS[metric]} is not below {limit:g}, 90 % of its target; all have to agree"


class Steps(_Log):
    """One task more while any metric was above its target long enough, one less while all were below 90 % of theirs.

    Source: https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
    """

    def __init__(self, targets: Mapping[Metric, float], least: int, most: int, cooldown_in: int, cooldown_out: int):
        super().__init__()
        self.period = int(autoscaling.value("metric_period"))
        self.delay = int(autoscaling.value("metric_delay"))
        self._targets, self._least, self._most = targets, least, most
        self._cooldowns = {"out": cooldown_out, "in": cooldown_in}
        self._share = autoscaling.value("low_share")
        self._above = dict.fromkeys(targets, 0)
        self._below = 0
        self._until = {"out": -inf, "in": -inf}

    def decide(self, at: int, sample: Sample, tasks: int, ready: int) -> int:
        """How many tasks are wanted after one more datapoint of each metric; those that start count as there."""
        for metric, target in self._targets.items():
            value = sample.get(metric)
            self._above[metric] = self._above[metric] + 1 if value is not None and value > target else 0
        low = all(
            value is not None and value < target * self._share
            for value, target in ((sample.get(metric), target) for metric, target in self._targets.items())
        )
        self._below = self._below + 1 if low else 0
        minutes = {way: max(1, seconds // self.period) for way, seconds in self._cooldowns.items()}
        for metric, above in self._above.items():
            if above >= minutes["out"]:
                said = f"{metric} above {self._targets[metric]:g}{UNITS[metric]} for {above} minutes"
                return self._step(at, tasks, "out", 1, said)
        if self._below >= minutes["in"]:
            return self._step(at, tasks, "in", -1, f"every metric below 90 % of its target for {self._below} minutes")
        self.settle()
        return tasks

    def _step(self, at: int, tasks: int, way: Literal["out", "in"], change: int, said: str) -> int:
        if not self._least <= tasks + change <= self._most:
            bound = f"{self._most} are the most" if change > 0 else f"{self._least} are the fewest"
            return self.hold(at, tasks, bound, f"{said}, and {bound}")
        if at < self._until[way]:
            return self.hold(at, tasks, f"cooldown {way}", f"{said}: the cooldown is not over")
        self._until[way] = at + self._cooldowns[way]
        return self.move(at, tasks, tasks + change, f"{said}: one task {'more' if change > 0 else 'less'}")


class PodAutoscaler(_Log):
    """The HorizontalPodAutoscaler: it looks every 15 seconds, does nothing within 10 % of the target, and takes the
    lowest wish of the time ``out`` before it adds pods, the highest of the time ``in`` before it removes some.
    In 15 seconds it adds 4 pods at the most, or as many as there are.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """

    def __init__(self, targets: Mapping[Metric, float], least: int, most: int, cooldown_in: int, cooldown_out: int):
        super().__init__()
        self.period = int(autoscaling.value("hpa_sync"))
        self.delay = int(autoscaling.value("metrics_server"))
        self._targets, self._least, self._most = targets, least, most
        self._windows = (cooldown_out, cooldown_in)
        self._tolerance = autoscaling.value("hpa_tolerance")
        self._pods = int(autoscaling.value("hpa_pods"))
        self._wishes: deque[tuple[int, int]] = deque()

    def decide(self, at: int, sample: Sample, tasks: int, ready: int) -> int:
        """How many pods are wanted after one more look. Pods that are not ready count as idle."""
        found: list[tuple[int, Metric, float]] = []
        for metric, target in self._targets.items():
            value = sample.get(metric)
            if value is not None:
                found.append((self._wish(value / target, tasks, min(ready, tasks)), metric, value))
        if not found:
            return tasks
        wish, metric, value = max(found)
        said = f"{metric} {value:.4g}{UNITS[metric]}, target {self._targets[metric]:g}"
        self._wishes.append((at, min(max(wish, self._least), self._most)))
        while self._wishes[0][0] < at - max(self._windows):
            self._wishes.popleft()
        up = min(each for when, each in self._wishes if when > at - max(self._windows[0], 1))
        down = max(each for when, each in self._wishes if when > at - max(self._windows[1], 1))
        if up > tasks:
            wanted = min(up, max(tasks + self._pods, tasks * 2))
            return self.move(at, tasks, wanted, f"{said}: {wish} wanted")
        if down < tasks:
            return self.move(at, tasks, down, f"{said}: the most that was wanted in {self._windows[1]} s is {down}")
        if wish > self._most:
            return self.hold(at, tasks, "most", f"{said} asks for {wish} pods, and {self._most} are the most")
        if wish > tasks:
            return self.hold(at, tasks, "out", f"{said}: {wish} wanted, but not for all of {self._windows[0]} s")
        if wish < tasks and tasks > self._least:
            return self.hold(at, tasks, "in", f"{said}: in the last {self._windows[1]} s {down} were wanted")
        self.settle()
        return tasks

    def _wish(self, ratio: float, tasks: int, ready: int) -> int:
        """Pods that are not ready count as idle where that makes fewer of more, and not at all where fewer are wanted.

        Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
        """
        if abs(ratio - 1) <= self._tolerance + 1e-12:
            return tasks
        if ratio > 1:
            ratio *= ready / tasks
            return tasks if ratio <= 1 + self._tolerance + 1e-12 else ceil(tasks * ratio - 1e-9)
        return ceil(ready * ratio - 1e-9)


def scaler(subject: Subject) -> Scaler | None:
    """What moves the number of a service's tasks; None: nothing does."""
    if not subject.targets:
        return None
    kind = PodAutoscaler if subject.platform == "pods" else Steps if subject.steps else TargetTracking
    return kind(subject.targets, subject.least, subject.most, subject.cooldown_in, subject.cooldown_out)
