"""Queues on Amazon SQS, each with its dead-letter queue."""

from __future__ import annotations

from groundplan.blueprint.queues import Queue as QueueSpec
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import main_key
from groundplan.resources.messaging import Queue, QueuePolicy
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.values import Ref

RECEIVE_WAIT_OF_DEAD_LETTERS = 20


def queue(name: str) -> Ref[Queue]:
    """A queue, by its name in the blueprint."""
    return Ref(Queue, identifier(name))


def dead_letter_queue(name: str) -> Ref[Queue]:
    """The dead-letter queue of a queue, by the queue's name in the blueprint."""
    return Ref(Queue, f"{identifier(name)}_dead_letters")


def late_after(spec: QueueSpec) -> int:
    """Seconds from which the age of the oldest message is worth an alarm."""
    return spec.late.seconds if spec.late is not None else min(3600, spec.keep.seconds // 2)


def add_queues(draft: Draft) -> None:
    """Every queue of the blueprint."""
    for name, spec in draft.blueprint.queues.items():
        _add_queue(draft, name, spec)


def queue_name(draft: Draft, called: str, path: str, *, fifo: bool = False) -> str:
    """A queue's name by the convention; SQS demands ``.fifo`` at the end of a FIFO queue's."""
    return draft.legal("sqs_queue", draft.plain(called) + (".fifo" if fifo else ""), path)


def add_policy(draft: Draft, target: Ref[Queue], because: str) -> None:
    """Refuses plain HTTP.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html#enforce-encryption-data-in-transit
    """
    tls_only = Statement(
        sid="TlsOnly",
        effect="Deny",
        actions=("sqs:*",),
        resources=(target.arn,),
        principals=(Principal("*", ("*",)),),
        conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
    )
    policy = QueuePolicy(name=target.name, concern="messaging", queue=target, policy=PolicyDocument((tls_only,)))
    draft.add(policy, because=because)


def _add_queue(draft: Draft, name: str, spec: QueueSpec) -> None:
    place, called = f"queues.{name}", spec.name or name
    full_name = queue_name(draft, called, f"{place}.name", fifo=spec.fifo)
    made = Queue(
        name=identifier(name),
        concern="messaging",
        queue_name=full_name,
        fifo_queue=spec.fifo,
        content_based_deduplication=spec.fifo,
        visibility_timeout=spec.visibility.seconds,
        message_retention_period=spec.keep.seconds,
        delay_seconds=spec.delay.seconds,
        receive_message_wait_time=spec.wait.seconds,
        kms_key=main_key(draft) if spec.encryption == "kms" else None,
        dead_letter_queue=dead_letter_queue(name) if spec.dead_letters else None,
        max_receive_count=spec.dead_letters.after if spec.dead_letters else None,
        tags=draft.name_tag(called),
    )
    if spec.dead_letters:
        draft.add(
            Queue(
                name=dead_letter_queue(name).name,
                concern="messaging",
                queue_name=queue_name(draft, f"{called}-dead-letters", f"{place}.name", fifo=spec.fifo),
                fifo_queue=spec.fifo,
                content_based_deduplication=spec.fifo,
                message_retention_period=spec.dead_letters.keep.seconds,
                receive_message_wait_time=RECEIVE_WAIT_OF_DEAD_LETTERS,
                kms_key=made.kms_key,
                # By name: the queue refers to this one already.
                dead_letters_of=(made.arn_by_name(),),
                tags=draft.name_tag(f"{called}-dead-letters"),
            )
        )
        add_policy(draft, dead_letter_queue(name), place)
        draft.output(
            f"{identifier(name)}_dead_letters_url",
            f"URL of the queue of what no worker of {name} could handle",
            dead_letter_queue(name).attribute("id"),
        )
    target = draft.add(made)
    add_policy(draft, target, place)
    draft.output(f"{identifier(name)}_queue_url", f"URL of the queue {name}", target.attribute("id"))
