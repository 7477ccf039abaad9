"""Who it could be that changed something by hand, by the event history of CloudTrail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError
from groundplan.operations.drift import Drift
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail.type_defs import EventTypeDef

DAYS = 90
"""How far back CloudTrail's event history goes, for nothing and without a trail.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html"""
_GLOBAL = ("iam", "cloudfront", "route53")
"""Services whose events are in us-east-1 only."""
_ENGINES = ("cloudformation.amazonaws.com", "terraform")
"""What an engine does is no change by hand: it stands in the event as who asked, or in the name of the program."""


@dataclass(frozen=True, slots=True)
class Author:
    """The last who changed a resource, past CloudFormation and Terraform."""

    user: str
    when: datetime | None
    event: str
    """What was called, like ``SetQueueAttributes``. Where nobody is known: why not."""

    def __str__(self) -> str:
        if not self.user:
            return f"unknown: {self.event}"
        return f"{self.user}, {self.when:%Y-%m-%d %H:%M} UTC, {self.event}"


def find_authors(connection: Connection, drifts: Iterable[Drift]) -> Mapping[str, Author]:
    """Who changed each resource last, by its ``physical_id``. CloudTrail tells of resources, not of properties: that
    it was the same change is likely, not certain.

    Without the right to look (``cloudtrail:LookupEvents``) everybody is unknown, with the reason.
    """
    found: dict[str, Author] = {}
    for drift in drifts:
        if drift.physical_id and drift.physical_id not in found:
            found[drift.physical_id] = _author(connection, drift)
    return found


def _author(connection: Connection, drift: Drift) -> Author:
    region = drift.region
    if any(word in drift.type.lower() for word in _GLOBAL):
        region = "us-east-1"
    try:
        for name in dict.fromkeys(_names(drift.physical_id)):
            event = _last(connection, region, name)
            if event is not None:
                when = event.get("EventTime")
                user = event.get("Username") or _identity(event)
                return Author(user or "somebody", when.astimezone(UTC) if when else None, event.get("EventName", ""))
    except EnvironmentalError as error:
        return Author("", None, str(error))
    return Author("", None, f"CloudTrail has no event of it from the last {DAYS} days")


def _names(physical_id: str) -> tuple[str, ...]:
    """CloudTrail knows resources by their name or their ARN, CloudFormation some by a URL."""
    return physical_id, physical_id.rpartition("/")[2], physical_id.rpartition(":")[2]


def _last(connection: Connection, region: str, name: str) -> EventTypeDef | None:
    client = connection.cloudtrail(region)
    with explained(f"Looking up who changed {name}"):
        answer = client.lookup_events(LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": name}])
    for event in answer["Events"]:
        if event.get("ReadOnly") != "true" and not _by_engine(event):
            return event
    return None


def _details(event: EventTypeDef) -> Mapping[str, object]:
    try:
        read = json.loads(event.get("CloudTrailEvent", "{}"))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _by_engine(event: EventTypeDef) -> bool:
    details = _details(event)
    asked = f"{details.get('sourceIPAddress')} {details.get('userAgent')} {details.get('invokedBy')}".lower()
    return any(engine in asked for engine in _ENGINES)


def _identity(event: EventTypeDef) -> str:
    identity = _details(event).get("userIdentity")
    return str(identity.get("arn") or identity.get("principalId") or "") if isinstance(identity, dict) else ""
