"""Amazon EventBridge: what happens when something has happened.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html
"""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.security import Role
from groundplan.resources.values import JsonDocument, Ref, Textual


@dataclass(frozen=True, kw_only=True)
class EventTarget(Record):
    """Who is told of an event."""

    target_id: str
    arn: Textual
    """Of a topic, a queue, another event bus, the definition of an automation."""
    role: Ref[Role] | None = None
    """What EventBridge calls the target as, where the target has no policy of its own."""
    input: JsonDocument | None = None
    """What the target gets instead of the event."""


@dataclass(frozen=True, kw_only=True)
class EventRule(Resource):
    """A rule on the default event bus of its region: which events go where."""

    title: ClassVar[str] = "EventBridge rule"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    rule_name: str
    description: str
    event_pattern: JsonDocument
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html"""
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"
    targets: tuple[EventTarget, ...]
