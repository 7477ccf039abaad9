"""Pub/Sub in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.google.base import row
from groundplan.engines.terraform.hcl import Argument, Block
from groundplan.resources.google.messaging import GoogleSubscription, GoogleTopic

FILE = "google_pubsub.tf"


def _subscription(subscription: GoogleSubscription, _: Context) -> dict[str, object]:
    return {
        "ack_deadline_seconds": subscription.ack_deadline,
        "message_retention_duration": f"{subscription.message_retention}s",
    }


def _never_expires(_: GoogleSubscription, __: Context) -> Iterator[Block]:
    """A subscription that nobody pulls from is deleted after 31 days, unless it has no time to live."""
    yield Block("expiration_policy", (), (Argument("ttl", ""),))


ROWS = (
    row(
        GoogleTopic,
        "google_pubsub_topic",
        FILE,
        attributes={"topic_name": "name"},
        rename={"topic_name": "name"},
    ),
    row(
        GoogleSubscription,
        "google_pubsub_subscription",
        FILE,
        attributes={"subscription_name": "name"},
        rename={"subscription_name": "name"},
        arguments=_subscription,
        blocks=_never_expires,
        written=frozenset({"ack_deadline", "message_retention"}),
        section=1,
    ),
)
