"""Amazon SQS: forgotten settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import Any

from groundplan.targets.local.corrections.once import once

ALLOWED = "RedriveAllowPolicy"


@once
def queue_echoes() -> None:
    """moto forgets who may use a queue for dead letters, and a queue's policy when any other attribute is set."""
    from moto.sqs.models import Queue

    set_attributes = Queue._set_attributes

    @wraps(set_attributes)
    def keep_policy(self: Any, attributes: Mapping[str, Any], now: float | None = None) -> None:
        policy = getattr(self, "policy", None)
        set_attributes(self, dict(attributes), now)
        if "Policy" not in attributes:
            self.policy = policy

    setattr(Queue, "_set_attributes", keep_policy)  # noqa: B010 - mypy forbids assigning to a method
    setattr(Queue, "redrive_allow_policy", None)  # noqa: B010 - queues that were made without
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, ALLOWED]
