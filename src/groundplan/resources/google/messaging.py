"""Pub/Sub: what a queue becomes."""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.google.base import OnGoogleCloud
from groundplan.resources.values import Ref


@dataclass(frozen=True, kw_only=True)
class GoogleTopic(OnGoogleCloud, Resource):
    """Where messages are sent to."""

    title: ClassVar[str] = "Pub/Sub topic"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "topic_name"})
    topic_name: str


@dataclass(frozen=True, kw_only=True)
class GoogleSubscription(OnGoogleCloud, Resource):
    """Where the messages of a topic wait for a worker, who pulls them.

    Source: https://cloud.google.com/pubsub/docs/subscription-properties
    """

    title: ClassVar[str] = "Pub/Sub subscription"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "subscription_name"})
    subscription_name: str
    topic: Ref[GoogleTopic]
    ack_deadline: int
    """Seconds until an unacknowledged message is delivered again: 10 to 600."""
    message_retention: int
    """Seconds: 10 minutes to 31 days."""
    enable_message_ordering: bool = False
    enable_exactly_once_delivery: bool = False
