"""Who it could be, by events as CloudTrail has them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from botocore.exceptions import ClientError

from groundplan.operations.drift import Drift
from groundplan.operations.drift_authors import Author, find_authors
from groundplan.targets.connection import Connection

WHEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
Events = list[dict[str, object]]


class Trails:
    """A connection that has nothing but event histories, and remembers what it was asked."""

    def __init__(self, answer: Callable[[str, str], Events]) -> None:
        self.answer, self.asked = answer, list[tuple[str, str]]()

    def cloudtrail(self, region: str) -> Trails:
        """The history of a region."""
        self.region = region
        return self

    def lookup_events(self, LookupAttributes: list[dict[str, str]]) -> dict[str, Events]:  # noqa: N803 - boto3's name
        """What is asked for by the name of a resource."""
        name = LookupAttributes[0]["AttributeValue"]
        self.asked.append((self.region, name))
        return {"Events": self.answer(self.region, name)}


def _event(user: str, name: str, *, agent: str = "console.amazonaws.com", read: str = "false") -> dict[str, object]:
    details = json.dumps({"userAgent": agent, "sourceIPAddress": "203.0.113.7"})
    return {"Username": user, "EventName": name, "EventTime": WHEN, "ReadOnly": read, "CloudTrailEvent": details}


def _found(trails: Trails, *drifts: Drift) -> dict[str, Author]:
    return dict(find_authors(cast("Connection", trails), drifts))


def _drift(physical_id: str, kind: str = "AWS::SQS::Queue") -> Drift:
    return Drift("queue.mail", kind, "modified", "X", "1", "2", physical_id=physical_id, region="ap-south-1")


def test_the_last_who_was_no_engine() -> None:
    events = [
        _event("ci", "SetQueueAttributes", agent="cloudformation.amazonaws.com"),
        _event("ci", "SetQueueAttributes", agent="APN/1.0 HashiCorp/1.0 Terraform/1.13"),
        _event("jane", "GetQueueAttributes", read="true"),
        _event("jane", "SetQueueAttributes"),
        _event("joe", "SetQueueAttributes"),
    ]
    url = "https://sqs.ap-south-1.amazonaws.com/123456789012/shop-mail"
    trails = Trails(lambda _, name: events if name == "shop-mail" else [])
    drift = _drift(url)
    found = _found(trails, drift, drift)
    assert str(found[url]) == "jane, 2026-11-20 09:30 UTC, SetQueueAttributes"
    assert trails.asked == [("ap-south-1", url), ("ap-south-1", "shop-mail")], "each resource once, by all its names"


def test_global_services_are_asked_in_their_region() -> None:
    trails = Trails(lambda region, _: [_event("", "UpdateRole")] if region == "us-east-1" else [])
    found = _found(trails, _drift("shop-role", "AWS::IAM::Role"), _drift("shop-2", "aws_iam_role"))
    assert [author.user for author in found.values()] == ["somebody", "somebody"]


def test_nobody_known() -> None:
    def refused(region: str, name: str) -> Events:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "LookupEvents")

    (author,) = _found(Trails(refused), _drift("q")).values()
    assert str(author).startswith("unknown: Looking up who changed q: ")
    (author,) = _found(Trails(lambda *_: []), _drift("q")).values()
    assert str(author) == "unknown: CloudTrail has no event of it from the last 90 days"
    assert _found(Trails(lambda *_: []), Drift("x", "y", "deleted")) == {}
