"""What queues and jobs cost: messages by usage, tasks that nobody said the length of."""

from __future__ import annotations

from decimal import Decimal

from tests.design.blueprints import loaded

from groundplan.cost import Estimate, estimate
from groundplan.design import design

SHOP = """
project: shop
region: us-east-1
services:
  api: {image: {repository: api, tag: "1"}, needs: [{emails: write}, {order-lines: write}]}
jobs:
  nightly: {image: {repository: api, tag: "1"}, schedule: rate(1 day), tasks: 2, needs: [emails, order-lines]}
queues: {emails: {}, order-lines: {fifo: true}}
"""


def priced(rest: str = "") -> Estimate:
    environment = loaded(SHOP + rest)
    return estimate(design(environment), environment.blueprint.usage, None)


def test_messages_cost_three_requests_each_beyond_the_first_million() -> None:
    found = priced("usage: {messages: {emails: 2000000, order-lines: 1000000}}\n")
    (emails,) = found.of("queue.emails")
    assert (emails.sku, emails.quantity, emails.kind) == ("sqs.standard.per_1m", Decimal(5), "usage")
    assert emails.monthly == 5 * emails.unit_price
    (orders,) = found.of("queue.order_lines")
    assert (orders.sku, orders.quantity) == ("sqs.fifo.per_1m", Decimal(3))


def test_few_messages_cost_nothing() -> None:
    (emails,) = priced("usage: {messages: {emails: 300000}}\n").of("queue.emails")
    assert emails.monthly == 0


def test_what_is_not_stated_is_said() -> None:
    reasons = {item.resource: item.why for item in priced().unpriced}
    assert "usage.messages does not state their messages" in reasons["queue.*"]
    assert "its tasks (2 of 256 CPU units and 512 MiB) are charged by the second" in reasons["schedule.nightly"]


def test_what_has_no_charge_of_its_own() -> None:
    free = {item.resource for item in priced().free}
    assert {"queue_policy.emails", "schedule_group.jobs"} <= free
