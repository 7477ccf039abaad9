"""Amazon SQS and Amazon EventBridge Scheduler.

Sources: https://aws.amazon.com/sqs/pricing/, https://aws.amazon.com/eventbridge/pricing/
"""

from __future__ import annotations

from decimal import Decimal

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.network import charge_public_addresses
from groundplan.cost.quantities import amount, count
from groundplan.resources.messaging import Queue
from groundplan.resources.schedules import ApiSchedule, Schedule

REQUESTS_PER_MESSAGE = 3
"""To send it, to receive it, to delete it: one message at a time, each of 64 KB at most, received once."""
MILLION = Decimal(1_000_000)


def _queues(bill: Bill, queues: tuple[Queue, ...]) -> None:
    messages = {name.replace("-", "_"): count for name, count in bill.usage.messages.items()}
    for queue in queues:
        if queue.name not in messages:
            continue
        sku = "sqs.fifo.per_1m" if queue.fifo_queue else "sqs.standard.per_1m"
        requests = amount(messages[queue.name], "messages") * amount(REQUESTS_PER_MESSAGE, "requests")
        note = "empty receives not counted: a worker that waits with long polling makes 131,400 a month"
        bill.charge(queue, sku, requests / amount(MILLION, "per unit"), "usage", note=note)
    unknown = tuple(queue for queue in queues if queue.name not in messages)
    if unknown:
        bill.add_unpriced(
            unknown, "usage.messages does not state their messages; an account's first million requests a month is free"
        )


def _schedules(bill: Bill, schedules: tuple[Schedule, ...]) -> None:
    hours = {name.replace("-", "_"): duration for name, duration in bill.usage.job_hours.items()}
    for schedule in schedules:
        task = bill.architecture[schedule.task_definition]
        size = f"{task.cpu} CPU units and {task.memory} MiB"
        if schedule.launch_type != "FARGATE" and any(
            share.capacity_provider != "FARGATE" for share in schedule.capacity_providers
        ):
            why = f"its tasks ({schedule.task_count} of {size}) run on instances or Spot, which are charged otherwise"
            bill.add_unpriced(schedule, why)
        elif schedule.name in hours:
            ran = amount(Decimal(hours[schedule.name].seconds) / 3600, "h")
            sku = "fargate.arm" if task.cpu_architecture == "ARM64" else "fargate"
            cpu, memory = amount(Decimal(task.cpu) / 1024, "vCPU"), amount(Decimal(task.memory) / 1024, "GB")
            bill.charge(schedule, f"{sku}.vcpu_hour", cpu * ran, "usage")
            bill.charge(schedule, f"{sku}.gb_hour", memory * ran, "usage")
            if schedule.assign_public_ip:
                charge_public_addresses(bill, schedule, count(1, "task"), ran, "usage")
        else:
            addresses = ", with a public IPv4 address each," if schedule.assign_public_ip else ""
            bill.add_unpriced(
                schedule,
                f"its tasks ({schedule.task_count} of {size}){addresses} are charged by the second, and "
                "usage.job_hours does not state how long they run; the schedule itself is within the 14 million "
                "invocations a month that are free per account",
            )


def _api_schedules(bill: Bill, schedules: tuple[ApiSchedule, ...]) -> None:
    why = "the calls are within the 14 million invocations a month that are free per account"
    for schedule in schedules:
        bill.add_free(schedule, why, "https://aws.amazon.com/eventbridge/pricing/")


PRICERS = (pricer(Queue, _queues), pricer(Schedule, _schedules), pricer(ApiSchedule, _api_schedules))
