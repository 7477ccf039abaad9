"""Queues become topics with one subscription each. What speaks to them speaks Pub/Sub instead of SQS."""

from __future__ import annotations

from groundplan.blueprint.queues import Queue
from groundplan.design.draft import identifier
from groundplan.design.google.pilot import Pilot
from groundplan.resources.google.messaging import GoogleSubscription, GoogleTopic
from groundplan.resources.values import Ref

LEAST_DEADLINE, MOST_DEADLINE = 10, 600
LEAST_RETENTION = 600
"""Seconds. Source: https://cloud.google.com/pubsub/docs/subscription-properties"""


def topic(name: str) -> Ref[GoogleTopic]:
    """The topic of a queue."""
    return Ref(GoogleTopic, identifier(name))


def subscription(name: str) -> Ref[GoogleSubscription]:
    """The subscription of a queue."""
    return Ref(GoogleSubscription, identifier(name))


def add_queues(pilot: Pilot) -> None:
    """Every queue that a service needs."""
    needed = {need.name for _, need in pilot.needs("queues")}
    for name, spec in pilot.draft.blueprint.queues.items():
        if name in needed:
            _add_queue(pilot, name, spec)


def _add_queue(pilot: Pilot, name: str, spec: Queue) -> None:
    draft, called = pilot.draft, pilot.called("google_pubsub", name, f"queues.{name}")
    draft.add(
        GoogleTopic(
            name=identifier(name), concern="messaging", topic_name=called, depends_on=(pilot.api("pubsub"),)
        )
    )  # fmt: skip
    draft.add(
        GoogleSubscription(
            name=identifier(name),
            concern="messaging",
            subscription_name=called,
            topic=topic(name),
            ack_deadline=min(max(spec.visibility.seconds, LEAST_DEADLINE), MOST_DEADLINE),
            message_retention=max(spec.keep.seconds, LEAST_RETENTION),
            enable_message_ordering=spec.fifo,
            enable_exactly_once_delivery=spec.fifo,
        )
    )
