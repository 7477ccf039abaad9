"""Following a stack: what is told, when the end is seen, how often it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from groundplan.errors import DeploymentError
from groundplan.operations import events
from groundplan.operations.events import Watch, delete_stack
from groundplan.targets.connection import Connection

STACK = "shop-storage"
GONE = ClientError({"Error": {"Code": "ValidationError", "Message": f"Stack [{STACK}] does not exist"}}, "Describe")
LOST = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def event(number: int, logical_id: str, status: str, reason: str = "") -> dict[str, str]:
    return {
        "EventId": str(number),
        "LogicalResourceId": logical_id,
        "ResourceType": "AWS::S3::Bucket",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


class Api:
    """A stack: what its events are and what its status is at each look."""

    def __init__(
        self, looks: Sequence[Sequence[dict[str, str]] | Exception], statuses: Sequence[str | Exception]
    ) -> None:
        self.looks, self.statuses = list(looks), list(statuses)
        self.asked: list[str] = []

    def get_paginator(self, operation: str) -> Api:
        assert operation == "describe_stack_events"
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        self.asked.append("events")
        found = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(found, Exception):
            raise found
        yield {"StackEvents": list(reversed(found))}

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        self.asked.append("stack")
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if isinstance(status, Exception):
            raise status
        return {"Stacks": [{"StackStatus": status}]}

    def delete_stack(self, **_: str) -> None:
        self.asked.append("delete")


def watching(api: Api, told: list[str], target: str = "aws") -> Watch:
    def report(text: str, *, passing: bool = False) -> None:
        told.append(f"{text}{' …' if passing else ''}")

    clients: dict[tuple[str, str], object] = {("cloudformation", "eu-west-1"): api}
    connection = Connection("aws" if target == "aws" else "local", {}, clients)
    return Watch(connection, STACK, "eu-west-1", report, {(STACK, "Files"): "bucket.files"})


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody waits; what would have been waited for."""
    found: list[float] = []
    monkeypatch.setattr("time.sleep", found.append)
    return found


BEGUN = event(1, STACK, "CREATE_IN_PROGRESS")
CREATING = event(2, "Files", "CREATE_IN_PROGRESS")
CREATED = event(3, "Files", "CREATE_COMPLETE")
DONE = event(4, STACK, "CREATE_COMPLETE")


def test_the_stack_is_looked_at_once_its_events_say_that_it_has_ended(pauses: list[float]) -> None:
    api, told = Api([[BEGUN], [BEGUN, CREATING], [BEGUN, CREATING, CREATED, DONE]], ["CREATE_COMPLETE"]), list[str]()
    assert watching(api, told).until_settled().status == "CREATE_COMPLETE"
    assert api.asked == ["events", "events", "events", "stack"]
    assert told == [f"{STACK}: bucket.files: waiting for create, usually 25 s …"], "each event once"
    assert len(pauses) == 2


def test_an_end_that_is_not_yet_in_the_status_is_waited_for() -> None:
    api = Api([[BEGUN, DONE]], ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"])
    assert watching(api, []).until_settled().status == "CREATE_COMPLETE"
    assert api.asked.count("stack") == 3


def test_a_stack_that_goes_on_after_a_failure_has_not_ended() -> None:
    failed = event(3, "Files", "CREATE_FAILED", "taken")
    back, end = event(4, STACK, "ROLLBACK_IN_PROGRESS"), event(5, STACK, "ROLLBACK_COMPLETE")
    api = Api([[BEGUN, CREATING, failed, back], [BEGUN, CREATING, failed, back, end]], ["ROLLBACK_COMPLETE"])
    told: list[str] = []
    watch = watching(api, told)
    assert watch.until_settled().status == "ROLLBACK_COMPLETE"
    assert api.asked == ["events", "events", "stack"]
    assert [str(failure) for failure in watch.failures] == ["bucket.files (AWS::S3::Bucket): taken"]
    assert told[-1] == f"{STACK}: bucket.files: CREATE_FAILED: taken"


def test_what_was_cancelled_is_no_reason() -> None:
    cancelled = event(3, "Files", "CREATE_FAILED", "Resource creation cancelled")
    watch = watching(Api([[BEGUN, cancelled, DONE]], ["ROLLBACK_COMPLETE"]), [])
    watch.until_settled()
    assert watch.failures == []


def test_events_that_do_not_tell_the_end_are_not_waited_for_for_ever() -> None:
    api = Api([[BEGUN]], ["CREATE_COMPLETE"])
    assert watching(api, []).until_settled().status == "CREATE_COMPLETE"
    assert api.asked.count("events") <= events._LOOK_ANYWAY + 1


def test_what_happened_before_is_passed_over() -> None:
    updating, end = event(5, STACK, "UPDATE_IN_PROGRESS"), event(6, STACK, "UPDATE_COMPLETE")
    before = [BEGUN, CREATING, CREATED, DONE]
    api, told = Api([before, before, [*before, updating], [*before, updating, end]], ["UPDATE_COMPLETE"]), list[str]()
    watch = watching(api, told)
    watch.skip_past()
    assert not watch.ended
    assert watch.until_settled().status == "UPDATE_COMPLETE"
    assert api.asked == ["events", "events", "events", "events", "stack"], "the old end is not taken for the new"
    assert told == []


def test_a_deleted_stack_has_ended() -> None:
    api, told = Api([[BEGUN, DONE], GONE], [GONE]), list[str]()
    watch = watching(api, told)
    delete_stack(watch.connection, STACK, "eu-west-1", watch.report)
    assert api.asked == ["events", "delete", "events", "stack"]
    assert told[-1].startswith(f"{STACK}: deleted in ")


def test_a_stack_that_refuses_to_go_says_why() -> None:
    refused, end = event(6, "Files", "DELETE_FAILED", "not empty"), event(7, STACK, "DELETE_FAILED")
    watch = watching(Api([[], [refused, end]], ["DELETE_FAILED"]), [])
    with pytest.raises(DeploymentError) as error:
        delete_stack(watch.connection, STACK, "eu-west-1", watch.report)
    assert str(error.value) == f"{STACK}: Files (AWS::S3::Bucket): not empty. The stack is in DELETE_FAILED.\n" + (
        "what to do: it is not empty: `groundplan destroy --delete-data` empties what the environment has; what others "
        "put there they have to take away"
    )


@pytest.mark.parametrize(("target", "says"), [("local", "the local AWS has stopped answering"), ("aws", "Watching")])
def test_lost_sight_is_told_as_what_it_is(target: str, says: str) -> None:
    watch = watching(Api([[], LOST], ["DELETE_IN_PROGRESS"]), [], target)
    with pytest.raises(DeploymentError, match=f"{STACK}: {says}.*with the stack half done"):
        delete_stack(watch.connection, STACK, "eu-west-1", watch.report)


def test_what_takes_longest_is_told_again_as_long_as_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def pass_time(_: float) -> None:
        nonlocal now
        now += 45

    monkeypatch.setattr("time.sleep", pass_time)
    monkeypatch.setattr("time.monotonic", lambda: now)
    gateway = event(12, "Gateway", "CREATE_IN_PROGRESS") | {"ResourceType": "AWS::EC2::NatGateway"}
    rule = event(13, "Rule", "CREATE_IN_PROGRESS") | {"ResourceType": "AWS::EC2::Route"}
    there = event(14, "Gateway", "CREATE_COMPLETE")
    first, second = [BEGUN, gateway], [BEGUN, gateway, CREATING, rule]
    api, told = (
        Api(
            [first, second, second, [*second, there], [*second, there, event(15, STACK, "CREATE_COMPLETE")]],
            ["CREATE_COMPLETE"],
        ),
        list[str](),
    )
    watching(api, told).until_settled()
    assert told == [
        f"{STACK}: Gateway: waiting for create, usually 2 min …",
        f"{STACK}: bucket.files: waiting for create, usually 25 s …",
        f"{STACK}: Rule: waiting for create …",
        f"{STACK}: Gateway: waiting for create, usually 2 min …",
        f"{STACK}: Gateway: waiting for create for 1 min, usually 2 min …",
        f"{STACK}: bucket.files: waiting for create for 1 min, usually 25 s …",
        f"{STACK}: bucket.files: waiting for create for 2 min, usually 25 s …",
    ]


def test_the_first_failure_is_the_cause() -> None:
    lines = [event(3, "Files", "CREATE_FAILED", "taken"), event(4, "Other", "CREATE_FAILED", "Rate exceeded")]
    watch = watching(Api([[BEGUN, *lines, DONE]], ["ROLLBACK_COMPLETE"]), [])
    watch.until_settled()
    assert events.cause(watch.failures) == "bucket.files (AWS::S3::Bucket): taken (and 1 others: Other)"
    assert (
        events.what_to_do(watch.failures, "")
        == "what to do: mend that and give the command again: it goes on from there"
    )
    assert events.cause([]) is None
    assert events.what_to_do([], "Rate exceeded").startswith("what to do: AWS was asked too much at once")


def test_looks_grow_rarer_the_longer_it_takes() -> None:
    watch = watching(Api([[]], [""]), [])
    assert [watch._pause(elapsed) for elapsed in (0, 12, 24, 48, 3600)] == [0.75, 0.75, 1.5, 3.0, 3.0]
    local = watching(Api([[]], [""]), [], "local")
    assert [local._pause(elapsed) for elapsed in (0, 1.6, 60)] == pytest.approx([0.05, 0.1, 0.2])


class Clocked(Api):
    """A stack that AWS has finished after some seconds."""

    def __init__(self, takes: float, clock: Callable[[], float]) -> None:
        super().__init__([[BEGUN], [BEGUN, DONE]], ["CREATE_COMPLETE"])
        self.takes, self.clock = takes, clock

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        yield {"StackEvents": [DONE, BEGUN] if self.clock() >= self.takes else [BEGUN]}

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": f"CREATE_{'COMPLETE' if self.clock() >= self.takes else 'IN_PROGRESS'}"}]}


def test_looking_adds_less_than_a_tenth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our overhead over CloudFormation's time, whatever a stack takes from eight seconds to half an hour."""
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr("time.sleep", sleep)

    def clock() -> float:
        return now

    monkeypatch.setattr("time.monotonic", clock)
    worst = 0.0
    for takes in range(8, 1800, 7):
        now = 0.0
        assert watching(Clocked(takes, clock), []).until_settled().status == "CREATE_COMPLETE"
        worst = max(worst, now / takes - 1)
    assert 0 < worst < 0.1
