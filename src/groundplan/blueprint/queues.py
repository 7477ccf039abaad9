"""Queues: messages that wait for a worker.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-queue-parameters.html
"""

from typing import Literal

from pydantic import Field

from groundplan.blueprint.base import Part
from groundplan.units import Duration


class DeadLetters(Part):
    """Where messages go that no worker could handle."""

    after: int = Field(default=5, ge=1, le=1000)
    """Times that a message is received until it is taken out of the queue."""
    keep: Duration = Duration(14 * 86400)
    """How long such messages are kept: 1 minute to 14 days, at least as long as the queue keeps its own, because a
    message's age counts from when it was sent."""


class Queue(Part):
    """An Amazon SQS queue: encrypted, TLS only. What ``needs`` it gets ``<NAME>_QUEUE_URL``."""

    name: str | None = None
    """What the queue is called in AWS behind the project's name. Default: its name in the blueprint."""
    fifo: bool = False
    """Whether messages keep their order (within a message group) and are delivered once: those of the same content
    within 5 minutes count as one, unless the sender gives them ids of their own."""
    visibility: Duration = Duration(60)
    """How long a received message is hidden from other workers: longer than handling one takes. Up to 12 hours."""
    keep: Duration = Duration(4 * 86400)
    """How long a message waits to be received: 1 minute to 14 days."""
    delay: Duration = Duration(0)
    """How long a message waits before it can be received: up to 15 minutes."""
    wait: Duration = Duration(20)
    """How long a request for messages waits where there are none (long polling): up to 20 seconds."""
    late: Duration | None = None
    """Age of the oldest message from which an alarm speaks, because the workers do not keep up. Default: 1 hour, or
    half of ``keep`` where that is less."""
    dead_letters: DeadLetters | None = Field(default_factory=DeadLetters.model_construct)
    """The dead-letter queue. ``null``: a message that cannot be handled comes back until ``keep`` is over."""
    encryption: Literal["kms", "sqs"] = "kms"
    """``kms``: the key of this environment; ``sqs``: keys that SQS keeps."""
