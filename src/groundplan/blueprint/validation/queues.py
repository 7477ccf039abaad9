"""Queues: the ranges that Amazon SQS takes.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding
from groundplan.errors import suggestion
from groundplan.units import Duration

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
LONGEST = Duration(14 * _DAY)
"""How long SQS keeps a message at most."""


def check_queues(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Each queue for itself, and the messages that usage counts."""
    for name, queue in blueprint.queues.items():
        at: Steps = ("queues", name)
        yield from _check(queue.visibility, 0, 12 * _HOUR, (*at, "visibility"), "up to 12 hours")
        yield from _check(queue.keep, _MINUTE, 14 * _DAY, (*at, "keep"), "1 minute to 14 days")
        yield from _check(queue.delay, 0, 15 * _MINUTE, (*at, "delay"), "up to 15 minutes")
        yield from _check(queue.wait, 0, 20, (*at, "wait"), "up to 20 seconds")
        if queue.delay >= queue.keep:
            yield Finding((*at, "delay"), f"a message would be gone after {queue.keep}, before anyone can receive it")
        if queue.late is not None and not queue.delay < queue.late < queue.keep:
            yield Finding(
                (*at, "late"), f"has to be longer than delay ({queue.delay}) and shorter than keep ({queue.keep}), "
                f"and is {queue.late}",
            )  # fmt: skip
        dead = queue.dead_letters
        if dead is None:
            continue
        path: Steps = (*at, "dead_letters", "keep")
        yield from _check(dead.keep, _MINUTE, 14 * _DAY, path, "1 minute to 14 days")
        if dead.keep < queue.keep <= LONGEST:
            # Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
            yield Finding(
                path,
                f"a message's age counts from when it was sent: kept for {dead.keep} here and {queue.keep} in the "
                f"queue, one could be gone before anyone sees it; write {queue.keep} at least",
            )
    for name in blueprint.usage.messages:
        if name not in blueprint.queues and tree.find(("queues", name)) is None:
            yield Finding(
                ("usage", "messages", name), f'there is no queue "{name}"{suggestion(name, blueprint.queues)}',
                at_key=True,
            )  # fmt: skip


def _check(value: Duration, least: int, most: int, path: Steps, said: str) -> Iterator[Finding]:
    if not least <= value.seconds <= most:
        yield Finding(path, f"SQS takes {said}, and it is {value}")
