"""The events of a stack, each told once, and the end of what AWS does with it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, takewhile
from threading import Event, Lock
from typing import TYPE_CHECKING, Protocol

from groundplan.catalog.creation_times import usual_seconds
from groundplan.errors import DeploymentError, EnvironmentalError
from groundplan.operations import stacks
from groundplan.operations.advice import advice
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

_LOOK_ANYWAY = 10
"""Looks at the events after which the stack itself is looked at, even where no event says that it has ended."""


class Report(Protocol):
    """Tells a person what is happening."""

    def __call__(self, text: str, *, passing: bool = False) -> None:
        """One line. ``passing``: what is waited for just now; a terminal may show it until the next one comes."""


class OneVoice:
    """A report for several threads: a line at a time, and none once it has fallen silent."""

    def __init__(self, report: Report, silent: Event) -> None:
        self._report = report
        self._silent = silent
        self._lock = Lock()

    def __call__(self, text: str, *, passing: bool = False) -> None:
        """One line; see ``Report``."""
        with self._lock:
            if not self._silent.is_set():
                self._report(text, passing=passing)

    def wait(self) -> None:
        """Return once no line is half told."""
        with self._lock:
            return


@contextmanager
def underway(connection: Connection, stack: str) -> Iterator[None]:
    """Turn lost sight of work that has begun into what it is: a deployment whose end nobody saw."""
    try:
        yield
    except EnvironmentalError as error:
        lost = "the local AWS has stopped answering" if connection.target == "local" else str(error)
        raise DeploymentError(
            f"{stack}: {lost}, with the stack half done. "
            "The next command says what state it finds and goes on from there"
        ) from error


@dataclass(frozen=True)
class Failure:
    """A resource that failed, and why."""

    name: str
    type: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} ({self.type}): {self.reason}"


@dataclass(frozen=True)
class Waiting:
    """A resource that AWS is at work on."""

    name: str
    doing: str
    began: float
    usual: int | None
    """Seconds that it usually takes; None: not known, or soon done."""

    @property
    def line(self) -> str:
        """What is waited for, for how long by now, and how long that usually takes."""
        minutes = int(time.monotonic() - self.began) // 60
        so_far = f" for {minutes if minutes < 5 else minutes - minutes % 5} min" if minutes else ""
        usually = f", usually {shortly(self.usual)}" if self.usual else ""
        return f"{self.name}: waiting for {self.doing}{so_far}{usually}"


def shortly(seconds: float) -> str:
    """``45 s``, ``8 min``."""
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


@dataclass
class Watch:
    """Follows the events of a stack and reports each once; and what takes long, again, as long as it does."""

    connection: Connection
    stack: str
    region: str
    report: Report
    known: Mapping[tuple[str, str], str]
    failures: list[Failure] = field(default_factory=list)
    """In the order in which they failed. The first is the cause; what AWS gave up because of it is not among them."""
    waiting: dict[str, Waiting] = field(default_factory=dict)
    """By logical id."""
    seen: set[str] = field(default_factory=set)
    _passed: str = ""
    ended: bool = False
    """Whether the events say that AWS has ended its work on the stack."""

    def skip_past(self) -> None:
        """Pass over what happened before now. The last event will do: the newest are told first."""
        with explained(f"Reading the events of the stack {self.stack}"):
            self.seen.update(event["EventId"] for event in islice(self._newest_first(), 1))
        self.ended = False

    def _events(self) -> list[StackEventTypeDef]:
        """New events, oldest first."""
        return list(takewhile(lambda event: event["EventId"] not in self.seen, self._newest_first()))[::-1]

    def _newest_first(self) -> Iterator[StackEventTypeDef]:
        """Every event of the stack, asked for page by page."""
        from botocore.exceptions import ClientError

        client = self.connection.cloudformation(self.region)
        try:
            for page in client.get_paginator("describe_stack_events").paginate(StackName=self.stack):
                yield from page["StackEvents"]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            self.ended = True

    def until_settled(self) -> stacks.DeployedStack:
        """Report events until AWS has ended its work on the stack."""
        started, looks = time.monotonic(), 0
        while True:
            looks += 1
            with explained(f"Watching the stack {self.stack}"):
                for event in self._events():
                    self._tell(event)
                self._tell_longest()
                if self.ended or looks % _LOOK_ANYWAY == 0:
                    state = stacks.look_at(self.connection, self.stack, self.region)
                    if not state.busy:
                        for event in () if self.ended else self._events():
                            self._tell(event)
                        return state
            time.sleep(self._pause(time.monotonic() - started))

    def _pause(self, elapsed: float) -> float:
        """Seconds until the next look: a short while at first, so that what is quickly done is quickly seen, and never
        so long that the look itself adds a tenth to what a stack takes."""
        longest = self.connection.poll_seconds
        return min(longest, max(longest / 4, elapsed / 16))

    def _tell(self, event: StackEventTypeDef) -> None:
        self.seen.add(event["EventId"])
        status, logical_id = event.get("ResourceStatus", ""), event.get("LogicalResourceId", "")
        if logical_id == self.stack:
            self.ended = not status.endswith("_IN_PROGRESS")
            return
        name = self.known.get((self.stack, logical_id), logical_id)
        reason, type = event.get("ResourceStatusReason", ""), event.get("ResourceType", "")
        self.waiting.pop(logical_id, None)
        if status.endswith("_FAILED"):
            if "cancelled" not in reason.lower():
                self.failures.append(Failure(name, type, reason))
            self.report(f"{self.stack}: {name}: {status}: {reason}")
        elif status.endswith("_IN_PROGRESS"):
            doing = status.removesuffix("_IN_PROGRESS").lower()
            # The local AWS is quick with everything.
            usual = usual_seconds(type) if doing == "create" and self.connection.target == "aws" else None
            self.waiting[logical_id] = Waiting(name, doing, time.monotonic(), usual)
            self._pass(self.waiting[logical_id])

    def _tell_longest(self) -> None:
        """Of all that is waited for, what will be waited for longest, where that is known."""
        known = [item for item in self.waiting.values() if item.usual]
        if known:
            self._pass(max(known, key=lambda item: item.began + (item.usual or 0)))

    def _pass(self, waiting: Waiting) -> None:
        line = f"{self.stack}: {waiting.line}"
        if line != self._passed:
            self._passed = line
            self.report(line, passing=True)


def cause(failures: Sequence[Failure]) -> str | None:
    """The first failure, and how many others there are; None: nothing failed."""
    if not failures:
        return None
    first, *others = failures
    also = f" (and {len(others)} others: {', '.join(item.name for item in others)})" if others else ""
    return f"{first}{also}"


def what_to_do(failures: Sequence[Failure], reason: str) -> str:
    """A line that says what to do about the first failure, or about the reason that a stack gives."""
    said, type = (failures[0].reason, failures[0].type) if failures else (reason, "")
    return f"what to do: {advice(type, said)}"


def delete_stack(connection: Connection, name: str, region: str, report: Report) -> None:
    """Delete a stack and wait until it is gone.

    Raises DeploymentError with the resource and the reason where something refuses to go.
    """
    started = time.monotonic()
    watch = Watch(connection, name, region, report, {})
    watch.skip_past()
    with explained(f"Deleting the stack {name}"):
        connection.cloudformation(region).delete_stack(StackName=name)
    with underway(connection, name):
        after = watch.until_settled()
    if after.exists:
        why = cause(watch.failures) or after.reason or after.status
        todo = what_to_do(watch.failures, after.reason)
        raise DeploymentError(f"{name}: {why}. The stack is in {after.status}.\n{todo}")
    report(f"{name}: deleted in {time.monotonic() - started:.1f} s")
