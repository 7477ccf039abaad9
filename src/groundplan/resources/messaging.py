"""Amazon SQS.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
"""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import Key
from groundplan.resources.values import Pseudo, Ref, Textual, text


@dataclass(frozen=True, kw_only=True)
class Queue(Resource):
    """A queue. Times in seconds. Its ``id`` is its URL, which every call takes."""

    title: ClassVar[str] = "SQS queue"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    holds_data: ClassVar[bool] = True
    queue_name: str
    """Ends with ``.fifo`` where it is a FIFO queue."""
    fifo_queue: bool = False
    content_based_deduplication: bool = False
    """FIFO: whether messages without an id of their own are told apart by their content."""
    visibility_timeout: int = 30
    message_retention_period: int = 345_600
    delay_seconds: int = 0
    receive_message_wait_time: int = 0
    kms_key: Ref[Key] | None = None
    """None: encrypted with a key that SQS keeps (SSE-SQS)."""
    dead_letter_queue: Ref[Queue] | None = None
    max_receive_count: int | None = None
    """Receives until a message goes to ``dead_letter_queue``."""
    dead_letters_of: tuple[Textual, ...] = ()
    """ARNs of the queues whose dead letters it takes. Empty: of none."""

    def arn_by_name(self) -> Textual:
        """Its ARN put together from its name, for what exists before it and yet has to name it."""
        return text("arn:", Pseudo.PARTITION, ":sqs:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, f":{self.queue_name}")


@dataclass(frozen=True, kw_only=True)
class QueuePolicy(Resource):
    """The resource policy of a queue."""

    title: ClassVar[str] = "SQS queue policy"
    taggable: ClassVar[bool] = False
    queue: Ref[Queue]
    policy: PolicyDocument
